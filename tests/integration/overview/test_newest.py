"""The fleet beside its newest readings while others change it, and with few connections."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, event

from hydrodiag.db import Database, connections
from hydrodiag.db.roles import Role
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.newest import SQL, find_newest

NOW = datetime.now(UTC)


def create_machine(db: Database, code: str) -> None:
    system = create_system(db, SystemDraft(code=code, name=code.upper(), kind="press"))
    draft = SensorDraft(tag="PS1", name="Pressure", quantity="pressure", unit="bar")
    create_sensor(db, system.id, draft)


def list_codes(db: Database) -> list[str]:
    return sorted(each.system.code for each in find_newest(db, NOW))


@contextmanager
def created_after(block: str, db: Database, code: str) -> Iterator[None]:
    """Somebody creates the machine right after the statement `block` has been answered."""
    waiting = [code]

    def create(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement == SQL.sources[block] and waiting:
            create_machine(db, waiting.pop())

    event.listen(Engine, "after_cursor_execute", create)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", create)
    assert not waiting, f"{block} was not asked"


@pytest.fixture
def narrow_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Has one connection to read with; who asks for a second one is refused at once."""
    monkeypatch.setitem(connections.POOL_SIZE, Role.READ, 1)
    monkeypatch.setattr(connections, "POOL_WAIT_S", 0)
    database = Database(database_url, application="test")
    yield database
    database.dispose()


def test_a_machine_created_while_the_fleet_is_loaded_is_there_the_next_time(
    database: Database,
) -> None:
    create_machine(database, "a")
    with created_after("list_fleet_systems", database, "b"):
        assert list_codes(database) == ["a"]
    assert list_codes(database) == ["a", "b"]


def test_callers_hold_no_connection_that_the_loading_of_the_fleet_waits_for(
    narrow_database: Database,
) -> None:
    """As many callers as there are connections would each hold one and wait for another."""
    create_machine(narrow_database, "a")
    assert list_codes(narrow_database) == ["a"]
