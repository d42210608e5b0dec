"""Keys of machines: shown once, kept as a hash, ended by expiry, revocation or their system."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hydrodiag.accounts import Actor, AuditFilter, Role, list_events
from hydrodiag.accounts.api_keys import (
    KeyDraft,
    Scope,
    authenticate_key,
    create_key,
    list_keys,
    revoke_key,
)
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound, Refused
from hydrodiag.fleet import SystemDraft, create_system, delete_system

ADA = Actor("ada", Role.ADMINISTRATOR)
BOTH = (Scope.READ, Scope.WRITE)


def change(db: Database, statement: str) -> None:
    with db.write() as connection:
        connection.execute(text(statement))


def last_use(db: Database) -> datetime | None:
    return list_keys(db, ADA)[0].last_used_at


def test_a_key_opens_to_its_scopes_and_system(database: Database) -> None:
    system = create_system(database, SystemDraft(code="HPU1", name="HPU 1", kind="hpu"))
    key = create_key(database, ADA, KeyDraft("gateway", [Scope.WRITE], system.id))
    holder = authenticate_key(database, key)
    assert holder is not None
    assert (holder.name, holder.scopes) == ("gateway", {Scope.WRITE})
    assert (holder.system_id, holder.system_code) == (system.id, "HPU1")


def test_the_secret_is_nowhere_in_the_database(database: Database) -> None:
    key = create_key(database, ADA, KeyDraft("gateway", BOTH))
    secret = key.split("_", 2)[2]
    with database.write() as connection:
        kept = connection.execute(text("SELECT CAST(k AS text) FROM api_key AS k")).scalar_one()
        events = connection.execute(text("SELECT CAST(e AS text) FROM audit_event AS e"))
        assert secret not in kept + "".join(events.scalars())
    assert secret.encode().hex() not in kept


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("hdk_1_", "hdk_2_"),
        lambda key: key.replace("hdk_1_", "hdk_01_"),
        lambda key: key.replace("hdk_1_", "hdk_999999999999_"),
        lambda key: key + "\n",
        lambda key: key.upper(),
        lambda _: "hdk_1_" + "ä" * 43,
        lambda _: "",
    ],
)
def test_nothing_but_the_key_opens(database: Database, spoil: "object") -> None:
    key = create_key(database, ADA, KeyDraft("gateway", BOTH))
    assert key.startswith("hdk_1_")
    assert authenticate_key(database, spoil(key)) is None  # type: ignore[operator]
    assert last_use(database) is None


def test_a_key_ends_when_it_is_revoked(database: Database) -> None:
    key = create_key(database, ADA, KeyDraft("gateway", BOTH))
    revoke_key(database, Actor("bob", Role.ADMINISTRATOR), 1)
    assert authenticate_key(database, key) is None
    (line,) = list_keys(database, ADA)
    assert (line.revoked_by, line.holds(datetime.now(UTC))) == ("bob", False)
    with pytest.raises(NotFound):
        revoke_key(database, ADA, 1)


def test_a_key_ends_when_it_expires(database: Database) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    key = create_key(database, ADA, KeyDraft("gateway", BOTH, expires_at=soon))
    assert authenticate_key(database, key) is not None
    change(database, "UPDATE api_key SET expires_at = now()")
    assert authenticate_key(database, key) is None


def test_a_key_goes_with_its_system_instead_of_growing_to_all(database: Database) -> None:
    system = create_system(database, SystemDraft(code="HPU1", name="HPU 1", kind="hpu"))
    key = create_key(database, ADA, KeyDraft("gateway", BOTH, system.id))
    delete_system(database, system.id)
    assert authenticate_key(database, key) is None
    assert list_keys(database, ADA) == []


def test_the_last_use_is_noted_once_a_minute_at_most(database: Database) -> None:
    key = create_key(database, ADA, KeyDraft("gateway", BOTH))
    authenticate_key(database, key)
    first = last_use(database)
    assert first is not None
    authenticate_key(database, key)
    assert last_use(database) == first
    change(database, "UPDATE api_key SET last_used_at = now() - interval '61 seconds'")
    authenticate_key(database, key)
    now = last_use(database)
    assert now is not None
    assert now > first


def test_making_and_revoking_is_audited(database: Database) -> None:
    create_key(database, ADA, KeyDraft("gateway", [Scope.WRITE]))
    revoke_key(database, ADA, 1)
    events = list_events(database, AuditFilter(subject="gateway"))
    assert [each.action for each in events] == ["revoke API key", "create API key"]
    assert events[1].detail["scopes"] == ["write"]


def test_only_who_may_manage_keys_can(database: Database) -> None:
    operator = Actor("olga", Role.OPERATOR)
    with pytest.raises(Refused):
        create_key(database, operator, KeyDraft("gateway", BOTH))
    with pytest.raises(Refused):
        list_keys(database, operator)
    with pytest.raises(Refused):
        revoke_key(database, operator, 1)


@pytest.mark.parametrize(
    "draft",
    [
        KeyDraft(" ", BOTH),
        KeyDraft("x" * 101, BOTH),
        KeyDraft("a\0b", BOTH),
        KeyDraft("gateway", ()),
        KeyDraft("gateway", BOTH, expires_at=datetime(2020, 1, 1, tzinfo=UTC)),
        KeyDraft("gateway", BOTH, expires_at=datetime(2120, 1, 1)),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(database: Database, draft: KeyDraft) -> None:
    with pytest.raises(InvalidInput):
        create_key(database, ADA, draft)


def test_a_key_for_no_system_is_refused(database: Database) -> None:
    with pytest.raises(NotFound):
        create_key(database, ADA, KeyDraft("gateway", BOTH, system_id=7))
