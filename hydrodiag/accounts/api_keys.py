"""API keys: how machines sign in. Known in full to their holder only, kept here as a hash.

A key reads `hdk_<id>_<secret>`. The secret is 32 random bytes: no hash of it can be guessed
back, so that a fast one will do.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hydrodiag.accounts.audit import note_event
from hydrodiag.accounts.roles import Actor, Permission, require
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "api_keys.sql")
SECRET_BYTES = 32
FORM = re.compile(r"hdk_([1-9][0-9]{0,8})_([A-Za-z0-9_-]{43})", re.ASCII)
MAX_NAME = 100
# The last use is noted at most so often: it must not cost each request a write.
USE_SETTLED = timedelta(minutes=1)


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class KeyDraft:
    """`system_id` None: for all systems; `expires_at` None: until revoked."""

    name: str
    scopes: Collection[Scope]
    system_id: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class ApiKey:
    """A key as administrators see it: without its secret."""

    id: int
    name: str
    system_id: int | None
    system_code: str | None
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str

    def holds(self, now: datetime) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not is_over


@dataclass(frozen=True)
class KeyHolder:
    """Who has shown a key that holds. `system_id` None: may use all systems."""

    key_id: int
    name: str
    scopes: frozenset[Scope]
    system_id: int | None = None
    system_code: str | None = None


def create_key(db: Database, actor: Actor, draft: KeyDraft) -> str:
    """The key in full; it is shown once. Raises Refused and InvalidInput."""
    require(actor, Permission.MANAGE_KEYS)
    _check_draft(draft)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    scopes = sorted({Scope(each) for each in draft.scopes})
    values = {
        "name": draft.name.strip(),
        "secret_hash": _hash(secret),
        "system_id": draft.system_id,
        "scopes": scopes,
        "created_by": actor.name,
        "expires_at": draft.expires_at,
    }
    detail = {"scopes": scopes, "system_id": draft.system_id, "expires_at": draft.expires_at}
    with db.write() as connection:
        key_id: int | None = connection.execute(SQL["insert_key"], values).scalar()
        if key_id is None:
            raise NotFound(f"There is no system {draft.system_id}.", hint="Choose another one.")
        note_event(connection, actor, "create API key", _subject(key_id, draft.name), detail)
    return f"hdk_{key_id}_{secret}"


def list_keys(db: Database, actor: Actor) -> list[ApiKey]:
    """All of them, revoked ones last."""
    require(actor, Permission.MANAGE_KEYS)
    with db.write() as connection:
        rows = connection.execute(SQL["list_keys"])
        return [
            ApiKey(**{**row._mapping, "scopes": tuple(Scope(each) for each in row.scopes)})
            for row in rows
        ]


def revoke_key(db: Database, actor: Actor, key_id: int) -> None:
    """From the next request on it does not hold. Raises NotFound if it did not anyway."""
    require(actor, Permission.MANAGE_KEYS)
    with db.write() as connection:
        values = {"id": key_id, "by": actor.name}
        name = connection.execute(SQL["revoke_key"], values).scalar()
        if name is None:
            raise NotFound(f"There is no API key {key_id} to revoke.", hint="Look at the list.")
        note_event(connection, actor, "revoke API key", _subject(key_id, name))


def authenticate_key(db: Database, text: str) -> KeyHolder | None:
    """Who shows this key; None if it is no key, or one that does not hold."""
    form = FORM.fullmatch(text)
    if form is None:
        return None
    values = {"id": int(form[1]), "settled": USE_SETTLED}
    with db.write() as connection:
        row = connection.execute(SQL["find_secret"], values).one_or_none()
        known = bytes(row.secret_hash) if row else bytes(32)
        if not hmac.compare_digest(known, _hash(form[2])) or row is None:
            return None
        if row.is_use_due:
            connection.execute(SQL["note_use"], values)
    scopes = frozenset(Scope(each) for each in row.scopes)
    return KeyHolder(row.id, row.name, scopes, row.system_id, row.system_code)


def _check_draft(draft: KeyDraft) -> None:
    if not 0 < len(draft.name.strip()) <= MAX_NAME or not draft.name.isprintable():
        raise InvalidInput(
            f"A key needs a name of 1 to {MAX_NAME} characters.",
            hint="Name the machine or program that uses it.",
        )
    if not draft.scopes:
        raise InvalidInput("The key may do nothing.", hint="Let it read, write or both.")
    if draft.expires_at is not None:
        if draft.expires_at.tzinfo is None:
            raise InvalidInput("The expiry has no time zone.", hint="Add one.")
        if draft.expires_at <= datetime.now(UTC):
            raise InvalidInput("The key would have expired already.", hint="Choose a later day.")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _subject(key_id: int, name: str) -> str:
    return f"{name.strip()} ({key_id})"
