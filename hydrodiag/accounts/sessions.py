"""Sessions of signed-in browsers: kept here, known to the browser by a random token only."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from hydrodiag.accounts.roles import Actor, Role
from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__, "sessions.sql")
IDLE = timedelta(hours=4)
ABSOLUTE = timedelta(hours=12)
CHANNEL = "hydrodiag_sessions"
MAX_AGENT = 300


@dataclass(frozen=True)
class Session:
    """A living session with its user; `id` may be known to pages, the token may not."""

    id: str
    user_id: int
    user_name: str
    full_name: str
    role: Role
    must_change_password: bool
    address: str

    @property
    def actor(self) -> Actor:
        return Actor(self.user_name, self.role, self.user_id, self.address)


@dataclass(frozen=True)
class SessionLine:
    """One of a user's sessions, as the user sees it."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True)
class Visitor:
    """From where somebody signs in."""

    address: str = ""
    user_agent: str = ""


def start_session(connection: Connection, user_id: int, visitor: Visitor) -> str:
    """The token of a new session: for the browser's cookie and nowhere else."""
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": hash_token(token),
        "user_id": user_id,
        "lifetime": ABSOLUTE,
        "address": visitor.address,
        "user_agent": visitor.user_agent[:MAX_AGENT],
    }
    connection.execute(SQL["insert_session"], values)
    return token


def resolve_token(db: Database, token: str) -> Session | None:
    """The living session of a token."""
    return _find(db, "find_by_token", {"token_hash": hash_token(token)})


def find_session(db: Database, session_id: str) -> Session | None:
    """The living session of an id; None also for a text that is no id."""
    try:
        UUID(session_id)
    except ValueError:
        return None
    return _find(db, "find_by_id", {"id": session_id})


def list_living(db: Database, session_ids: Collection[str]) -> set[str]:
    """Those of the sessions that still live."""
    with db.write() as connection:
        values = {"ids": list(session_ids), "idle": IDLE}
        return set(connection.execute(SQL["list_living"], values).scalars())


def touch_sessions(db: Database, session_ids: Collection[str]) -> None:
    """A person has done something in them just now."""
    with db.write() as connection:
        connection.execute(SQL["touch_sessions"], {"ids": list(session_ids)})


def list_sessions(db: Database, user_id: int) -> list[SessionLine]:
    """A user's living sessions, the last used first."""
    with db.write() as connection:
        rows = connection.execute(SQL["list_sessions"], {"user_id": user_id, "idle": IDLE})
        return [SessionLine(**row._mapping) for row in rows]


def end_session(db: Database, session_id: str, *, user_id: int | None = None) -> bool:
    """End a session, of `user_id` if given; every process hears of it at once."""
    with db.write() as connection:
        values = {"id": session_id, "user_id": user_id, "channel": CHANNEL}
        return connection.execute(SQL["end_session"], values).scalar() is not None


def end_sessions_of(connection: Connection, user_id: int, *, but: str | None = None) -> None:
    values = {"user_id": user_id, "but": but, "channel": CHANNEL}
    connection.execute(SQL["end_sessions_of"], values)


def forget_old(db: Database) -> int:
    """Remove sessions, attempts and invitations that ended long ago; return how many."""
    with db.write() as connection:
        return sum(
            connection.execute(SQL[name]).rowcount
            for name in ("forget_sessions", "forget_attempts", "forget_invitations")
        )


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _find(db: Database, block: str, values: dict[str, Any]) -> Session | None:
    with db.write() as connection:
        row = connection.execute(SQL[block], {**values, "idle": IDLE}).one_or_none()
    return _build(row) if row else None


def _build(row: Row[Any]) -> Session:
    return Session(**{**row._mapping, "role": Role(row.role)})
