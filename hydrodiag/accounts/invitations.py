"""Invitations: a link by which somebody makes an account of a given role."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from hydrodiag.accounts.audit import note_event
from hydrodiag.accounts.passwords import hash_password
from hydrodiag.accounts.roles import Actor, Permission, Role, require
from hydrodiag.accounts.sessions import hash_token
from hydrodiag.accounts.users import UserDraft, check_user_name, insert_user
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "invitations.sql")
LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    id: int
    role: str
    note: str
    invited_by: str
    created_at: datetime
    expires_at: datetime


def invite(db: Database, actor: Actor, role: Role, note: str = "") -> str:
    """The token of the link; it is shown once. `note`: for whom it is."""
    require(actor, Permission.MANAGE_USERS)
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": hash_token(token),
        "role": role.value,
        "note": note,
        "invited_by": actor.name,
        "lifetime": LIFETIME,
    }
    with db.write() as connection:
        connection.execute(SQL["insert_invitation"], values)
        note_event(connection, actor, "invite", note or role, {"role": role})
    return token


def list_invitations(db: Database, actor: Actor) -> list[Invitation]:
    """Those that can still be used, newest first."""
    require(actor, Permission.MANAGE_USERS)
    with db.write() as connection:
        rows = connection.execute(SQL["list_invitations"])
        return [Invitation(**row._mapping) for row in rows]


def withdraw_invitation(db: Database, actor: Actor, invitation_id: int) -> None:
    require(actor, Permission.MANAGE_USERS)
    with db.write() as connection:
        connection.execute(SQL["withdraw_invitation"], {"id": invitation_id})
        note_event(connection, actor, "withdraw invitation", str(invitation_id))


def find_invitation(db: Database, token: str) -> Invitation:
    """Raises NotFound for one that was used, withdrawn, has run out or never was."""
    with db.write() as connection:
        row = connection.execute(
            SQL["find_invitation"], {"token_hash": hash_token(token)}
        ).one_or_none()
    if row is None:
        raise _gone()
    return Invitation(**row._mapping)


def accept_invitation(
    db: Database, token: str, user_name: str, full_name: str, password: str, *, address: str = ""
) -> int:
    """The id of the new account. Raises NotFound, or InvalidInput, which uses nothing up."""
    find_invitation(db, token)
    check_user_name(user_name)
    if len(full_name) > 200:
        raise InvalidInput("The full name is longer than 200 characters.", hint="Shorten it.")
    password_hash = hash_password(password, user_name=user_name)
    with db.write() as connection:
        values = {"token_hash": hash_token(token)}
        row = connection.execute(SQL["use_invitation"], values).one_or_none()
        if row is None:
            raise _gone()
        draft = UserDraft(user_name, Role(row.role), full_name)
        user_id = insert_user(connection, draft, password_hash)
        actor = Actor(user_name, draft.role, user_id, address)
        note_event(connection, actor, "accept invitation", user_name, {"from": row.invited_by})
    return user_id


def _gone() -> NotFound:
    return NotFound(
        "This invitation does not hold (any more).", hint="Ask an administrator for a new one."
    )
