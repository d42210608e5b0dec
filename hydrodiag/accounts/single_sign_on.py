"""Accounts of people who come from an OpenID Connect provider."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from hydrodiag.accounts.audit import note_event
from hydrodiag.accounts.roles import Actor, Role
from hydrodiag.accounts.sessions import Visitor, start_session
from hydrodiag.accounts.sign_in import SignInFailed
from hydrodiag.accounts.users import USER_NAME, UserDraft, insert_user
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput

SQL = NamedQueries(__file__, "single_sign_on.sql")
STRONGEST_FIRST = (Role.ADMINISTRATOR, Role.OPERATOR, Role.ENGINEER, Role.VIEWER)


def pick_role(claims: Mapping[str, Any], claim: str, roles: Mapping[str, str]) -> Role | None:
    """The strongest role that a value of the claim stands for."""
    said = claims.get(claim) or ()
    values = [said] if isinstance(said, str) else list(said)
    found = {roles[value] for value in values if isinstance(value, str) and value in roles}
    return next((role for role in STRONGEST_FIRST if role.value in found), None)


def sign_in_from_provider(
    db: Database, claims: Mapping[str, Any], role: Role | None, visitor: Visitor
) -> str:
    """The token of a new session. Raises SignInFailed without a role or for a disabled account.

    The account is made at the first sign-in and gets the claim's role at each. An account with
    a password and the same name stays somebody else's: names at a provider prove nothing here.
    """
    if role is None:
        raise SignInFailed(
            "Your identity provider gives you no role in HydroDiag.",
            hint="Ask an administrator which group you need.",
        )
    subject = f"{claims['iss']}|{claims['sub']}"
    with db.write() as connection:
        user_id, name = _find_or_create(connection, subject, claims, role)
        connection.execute(SQL["set_provider_role"], {"user_id": user_id, "role": role.value})
        token = start_session(connection, user_id, visitor)
        actor = Actor(name, role, user_id, visitor.address)
        note_event(connection, actor, "sign in", name, {"by": "identity provider"})
    return token


def _find_or_create(
    connection: Connection, subject: str, claims: Mapping[str, Any], role: Role
) -> tuple[int, str]:
    row = connection.execute(SQL["find_by_subject"], {"subject": subject}).one_or_none()
    if row is None:
        return _create(connection, subject, claims, role)
    if row.is_disabled:
        raise SignInFailed("This account is disabled.", hint="Ask an administrator.")
    return row.id, row.user_name


def _create(
    connection: Connection, subject: str, claims: Mapping[str, Any], role: Role
) -> tuple[int, str]:
    said = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    name = said if USER_NAME.fullmatch(said) else f"sso-{str(claims['sub'])[:40]}"
    taken = connection.execute(SQL["is_taken"], {"user_name": name}).scalar()
    draft = UserDraft(
        f"{name[:59]}@sso" if taken else name,
        role,
        str(claims.get("name") or "")[:200],
        oidc_subject=subject,
    )
    try:
        return insert_user(connection, draft, None), draft.user_name
    except InvalidInput:
        raise SignInFailed(
            f"Another account is called {draft.user_name}.", hint="Ask an administrator."
        ) from None
