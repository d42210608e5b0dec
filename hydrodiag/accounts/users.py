"""Accounts: made, changed and blocked by administrators, passwords by their owners."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hydrodiag.accounts.audit import note_event
from hydrodiag.accounts.passwords import hash_password, verify_password
from hydrodiag.accounts.roles import ALLOWED, Actor, Permission, Role, require
from hydrodiag.accounts.sessions import end_sessions_of
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "users.sql")
USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")
COMMAND_LINE = Actor("command line", Role.ADMINISTRATOR)


@dataclass(frozen=True)
class User:
    id: int
    user_name: str
    full_name: str
    role: str
    is_disabled: bool
    has_password: bool
    must_change_password: bool
    is_from_provider: bool
    created_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True)
class UserDraft:
    """No password: the account is for single sign-on only."""

    user_name: str
    role: Role
    full_name: str = ""
    password: str | None = None
    must_change_password: bool = False
    oidc_subject: str | None = None


def has_users(db: Database) -> bool:
    """Whether anybody could sign in at all."""
    with db.write() as connection:
        return bool(connection.execute(SQL["has_users"]).scalar())


def list_users(db: Database, actor: Actor) -> list[User]:
    require(actor, Permission.MANAGE_USERS)
    with db.write() as connection:
        return [User(**row._mapping) for row in connection.execute(SQL["list_users"])]


@dataclass(frozen=True)
class Colleague:
    """Somebody that work can be given to."""

    id: int
    user_name: str
    full_name: str

    @property
    def label(self) -> str:
        return f"{self.full_name} ({self.user_name})" if self.full_name else self.user_name


def list_colleagues(db: Database, actor: Actor, permission: Permission) -> list[Colleague]:
    """Those whose role has the permission, as the actor's must."""
    require(actor, permission)
    roles = [role.value for role in Role if permission in ALLOWED[role]]
    with db.write() as connection:
        rows = connection.execute(SQL["list_colleagues"], {"roles": roles})
        return [Colleague(**row._mapping) for row in rows]


def create_user(db: Database, actor: Actor, draft: UserDraft) -> int:
    """The id of a new account. Raises Refused, InvalidInput for name, password or a taken name."""
    require(actor, Permission.MANAGE_USERS)
    check_user_name(draft.user_name)
    password_hash = _hash(draft)
    with db.write() as connection:
        user_id = insert_user(connection, draft, password_hash)
        detail = {"role": draft.role, "full_name": draft.full_name}
        note_event(connection, actor, "create user", draft.user_name, detail)
    return user_id


def create_administrator(db: Database, user_name: str, password: str, full_name: str = "") -> int:
    """For the command line: who can run it owns the installation."""
    draft = UserDraft(user_name, Role.ADMINISTRATOR, full_name, password)
    return create_user(db, COMMAND_LINE, draft)


def set_role(db: Database, actor: Actor, user_id: int, role: Role) -> None:
    """Holds from the user's next click. The last administrator stays one."""
    require(actor, Permission.MANAGE_USERS)
    with db.write() as connection:
        user_name = _find_name(connection, user_id)
        if role is not Role.ADMINISTRATOR:
            _keep_an_administrator(connection, user_id)
        connection.execute(SQL["set_role"], {"user_id": user_id, "role": role.value})
        note_event(connection, actor, "change role", user_name, {"role": role})


def disable_user(db: Database, actor: Actor, user_id: int) -> None:
    """Ends the user's sessions at once. The last administrator cannot be disabled."""
    require(actor, Permission.MANAGE_USERS)
    with db.write() as connection:
        user_name = _find_name(connection, user_id)
        _keep_an_administrator(connection, user_id)
        connection.execute(SQL["disable_user"], {"user_id": user_id})
        end_sessions_of(connection, user_id)
        note_event(connection, actor, "disable user", user_name)


def enable_user(db: Database, actor: Actor, user_id: int) -> None:
    require(actor, Permission.MANAGE_USERS)
    with db.write() as connection:
        user_name = _find_name(connection, user_id)
        connection.execute(SQL["enable_user"], {"user_id": user_id})
        note_event(connection, actor, "enable user", user_name)


def reset_password(db: Database, actor: Actor, user_id: int) -> str:
    """A random password, to be changed at the next sign-in; ends the user's sessions."""
    require(actor, Permission.MANAGE_USERS)
    password = secrets.token_urlsafe(15)
    with db.write() as connection:
        user_name = _find_name(connection, user_id)
        _store_password(connection, user_id, hash_password(password), must_change=True)
        end_sessions_of(connection, user_id)
        note_event(connection, actor, "reset password", user_name)
    return password


def change_password(
    db: Database, actor: Actor, current: str, new: str, *, session_id: str | None = None
) -> None:
    """One's own; ends one's other sessions. Raises InvalidInput, also for a wrong current one."""
    with db.write() as connection:
        stored = connection.execute(SQL["find_password"], {"user_id": actor.user_id}).scalar()
    if not verify_password(current, stored):
        raise InvalidInput("The current password is wrong.", hint="Nothing was changed.")
    if new == current:
        raise InvalidInput("The new password is the current one.", hint="Choose another one.")
    password_hash = hash_password(new, user_name=actor.name)
    with db.write() as connection:
        user_id = actor.user_id or 0
        _store_password(connection, user_id, password_hash, must_change=False)
        end_sessions_of(connection, user_id, but=session_id)
        note_event(connection, actor, "change password", actor.name)


def check_user_name(user_name: str) -> None:
    if not USER_NAME.fullmatch(user_name):
        raise InvalidInput(
            f"{user_name!r} is no user name.",
            hint="Use 2 to 64 letters, digits and . _ @ -, starting with a letter or digit.",
        )


def insert_user(connection: Connection, draft: UserDraft, password_hash: str | None) -> int:
    """Raises InvalidInput where the name is taken, whatever its case."""
    values = {
        "user_name": draft.user_name,
        "full_name": draft.full_name,
        "role": draft.role.value,
        "password_hash": password_hash,
        "must_change_password": draft.must_change_password,
        "oidc_subject": draft.oidc_subject,
    }
    user_id: int | None = connection.execute(SQL["insert_user"], values).scalar()
    if user_id is None:
        raise InvalidInput(f"The user name {draft.user_name!r} is taken.", hint="Choose another.")
    return user_id


def _hash(draft: UserDraft) -> str | None:
    if draft.password is None:
        return None
    return hash_password(draft.password, user_name=draft.user_name)


def _store_password(
    connection: Connection, user_id: int, password_hash: str, *, must_change: bool
) -> None:
    values = {"user_id": user_id, "password_hash": password_hash, "must_change": must_change}
    connection.execute(SQL["set_password"], values)


def _find_name(connection: Connection, user_id: int) -> str:
    name: str | None = connection.execute(SQL["find_name"], {"user_id": user_id}).scalar()
    if name is None:
        raise NotFound(f"There is no user {user_id}.", hint="The list may be old; load it again.")
    return name


def _keep_an_administrator(connection: Connection, user_id: int) -> None:
    """The rows stay locked until the change commits: two at once cannot remove both."""
    others = connection.execute(SQL["lock_administrators"]).scalars().all()
    if set(others) <= {user_id} and others:
        raise InvalidInput(
            "This is the last administrator.", hint="Make somebody else administrator first."
        )
