from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.demo import init_demo, simulate_live
from hydrodiag.demo.machines import MACHINES
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import list_sensors, list_systems

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
SMALL = {"days": 2, "fine": timedelta(minutes=10)}


def count_readings(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM sensor_data")).scalar_one())


def scalar(database: Database, sql: str) -> object:
    with database.read() as connection:
        return connection.execute(text(sql)).scalar_one()


def times(count: int) -> Callable[[], bool]:
    """should_stop that lets `count` ticks pass."""
    left = iter([False] * count)
    return lambda: next(left, True)


def test_the_fleet_has_history_and_a_second_run_writes_nothing(database: Database) -> None:
    said: list[str] = []
    first = init_demo(database, NOW, said.append, **SMALL)
    assert first.readings == count_readings(database) > 200_000
    assert {system.code for system in list_systems(database)} == {each.code for each in MACHINES}
    again = init_demo(database, NOW, said.append, **SMALL)
    assert again.readings == 0
    assert said[-1] == "demo fleet: 6 machines, history already there"
    assert count_readings(database) == first.readings


def test_a_history_that_was_broken_off_is_completed(database: Database) -> None:
    whole = init_demo(database, NOW, **SMALL).readings
    sensor = list_sensors(database)[-1].id
    with database.write() as connection:
        for table in ("sensor_data", "sensor_latest"):
            connection.execute(text(f"DELETE FROM {table} WHERE sensor_id = :id"), {"id": sensor})
    lost = whole - count_readings(database)
    assert init_demo(database, NOW + timedelta(hours=1), **SMALL).readings == lost
    assert count_readings(database) == whole


def test_live_simulation_closes_the_gap_and_goes_on_by_the_second(database: Database) -> None:
    init_demo(database, NOW - timedelta(hours=2), **SMALL)
    clock = iter([NOW.timestamp()] * 2 + [NOW.timestamp() + 5] * 2)
    written = simulate_live(database, times(2), now=lambda: next(clock), tick_s=0.01)
    assert written > 0
    sensor = next(each for each in list_sensors(database) if each.tag == "T_TANK").id
    seen = f"FROM sensor_data WHERE sensor_id = {sensor} AND time >= "
    gap = f"'{NOW - timedelta(hours=2)}' AND time < '{NOW}'"
    assert scalar(database, f"SELECT count(*) {seen} {gap}") == 120
    assert scalar(database, f"SELECT count(*) {seen} '{NOW}'") == 5


def test_live_simulation_wants_a_history(database: Database) -> None:
    with pytest.raises(InvalidInput, match="make init-data"):
        simulate_live(database, times(1))
