from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.overview import (
    SQL,
    MachineState,
    latest,
    list_machines,
    load_sparklines,
    with_keys,
)

NEWEST = ("list_fleet_systems", "list_fleet_sensors", "fetch_newest")
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def press(database: Database) -> int:
    draft = SystemDraft(code="press-1", name="Press 1", kind="press", site="Plant A")
    return create_system(database, draft).id


def add_sensor(database: Database, system_id: int, tag: str = "T_TANK", **changes: object) -> int:
    fields: dict[str, object] = {
        "tag": tag,
        "name": f"Oil {tag}",
        "quantity": "temperature",
        "unit": "°C",
        "resolution": 0.1,
        "warn_high": 60.0,
        "critical_high": 65.0,
        "warn_low": 5.0,
        "sampling_interval_s": 1.0,
        "is_key": True,
    }
    return create_sensor(database, system_id, SensorDraft(**{**fields, **changes})).id


def record(database: Database, sensor_id: int, value: float, age: timedelta = timedelta()) -> None:
    us = int((NOW - age).timestamp() * 1e6)
    load_columns(database, [sensor_id], [us], [value], origin="test")


def the_machine(database: Database) -> MachineState:
    (machine,) = with_keys(database, list_machines(database, NOW))
    return machine


def test_no_systems_no_machines(database: Database) -> None:
    assert list_machines(database, NOW) == []


def test_a_new_system_says_what_it_lacks(database: Database, press: int) -> None:
    assert (the_machine(database).state, the_machine(database).reason) == (
        "no_data",
        "no sensors yet",
    )
    add_sensor(database, press)
    assert the_machine(database).reason == "no readings yet"


@pytest.mark.parametrize(
    ("value", "state", "reason"),
    [
        (45.0, "ok", ""),
        (60.0, "ok", ""),
        (61.3, "warning", "Oil T_TANK 61.3 °C, above the warning limit of 60.0 °C"),
        (70.0, "critical", "Oil T_TANK 70.0 °C, above the critical limit of 65.0 °C"),
        (-3.0, "warning", "Oil T_TANK -3.0 °C, below the warning limit of 5.0 °C"),
    ],
)
def test_the_newest_value_is_held_against_the_limits(
    database: Database, press: int, value: float, state: str, reason: str
) -> None:
    record(database, add_sensor(database, press), value)
    machine = the_machine(database)
    assert (machine.state, machine.reason) == (state, reason)
    assert machine.keys[0].value == pytest.approx(value, abs=0.05)
    assert (machine.keys[0].state, machine.keys[0].at) == (state, NOW)


def test_a_silent_machine_is_stale_whatever_its_last_value_was(
    database: Database, press: int
) -> None:
    record(database, add_sensor(database, press), 70.0, timedelta(minutes=6))
    machine = the_machine(database)
    assert (machine.state, machine.keys[0].state) == ("stale", "stale")
    assert machine.newest_at == NOW - timedelta(minutes=6)


def test_a_slow_sensor_is_given_five_of_its_intervals(database: Database, press: int) -> None:
    sensor = add_sensor(database, press, sampling_interval_s=3600.0)
    record(database, sensor, 45.0, timedelta(hours=4))
    assert the_machine(database).state == "ok"


def test_a_sensor_that_fell_silent_does_not_alarm_any_more(database: Database, press: int) -> None:
    record(database, add_sensor(database, press, "T_OLD"), 90.0, timedelta(hours=1))
    record(database, add_sensor(database, press, "T_NEW"), 45.0)
    machine = the_machine(database)
    assert machine.state == "ok"
    assert [key.state for key in machine.keys] == ["ok", "stale"]


def test_machines_are_ranked_by_severity_then_name(database: Database) -> None:
    values = {"b": 45.0, "a": 45.0, "w": 62.0, "c": 80.0}
    for code, value in values.items():
        system = create_system(database, SystemDraft(code=code, name=code.upper(), kind="press"))
        record(database, add_sensor(database, system.id), value)
    create_system(database, SystemDraft(code="n", name="N", kind="press"))
    assert [each.code for each in list_machines(database, NOW)] == ["c", "w", "a", "b", "n"]


def test_machines_and_limits_that_come_and_go_are_seen_at_once(
    database: Database, press: int
) -> None:
    record(database, add_sensor(database, press, "T_A"), 45.0)
    assert the_machine(database).state == "ok"
    record(database, add_sensor(database, press, "T_B", critical_high=40.0, warn_high=None), 45.0)
    machine = the_machine(database)
    assert (machine.state, machine.sensor_count) == ("critical", 2)
    create_system(database, SystemDraft(code="n", name="N", kind="press"))
    assert [each.code for each in list_machines(database, NOW)] == ["press-1", "n"]


def test_latest_gives_each_sensor_once(database: Database, press: int) -> None:
    sensor = add_sensor(database, press)
    for age_s in (30, 0, 60):
        record(database, sensor, 40.0 + age_s / 100, timedelta(seconds=age_s))
    (reading,) = latest(database, press)
    assert (reading.tag, reading.time, reading.value) == ("T_TANK", NOW, 40.0)


def test_sparklines_are_hourly_means_of_the_last_day(database: Database, press: int) -> None:
    sensor = add_sensor(database, press)
    insert = text("INSERT INTO sensor_data_1h VALUES (:id, :bucket, 2, :sum, 0, 0, 0)")
    hour = NOW.replace(minute=0, second=0)
    with database.write() as connection:
        for age_h, total in ((30, 1.0), (2, 80.0), (1, 90.0), (0, 7.0)):
            bucket = hour - timedelta(hours=age_h)
            connection.execute(insert, {"id": sensor, "bucket": bucket, "sum": total})
    assert load_sparklines(database, [sensor, 999], NOW) == {sensor: [40.0, 45.0]}


def test_the_overview_reads_no_readings_table(database: Database, press: int) -> None:
    """It stays fast however long the history is."""
    sensor = add_sensor(database, press)
    load_columns(
        database,
        np.full(100, sensor),
        (np.arange(100) + int(NOW.timestamp()) - 100) * 1_000_000,
        np.full(100, 45.0),
        origin="test",
    )
    with database.read() as connection:
        for block in (*NEWEST, "list_key_sensors"):
            asked = text(f"EXPLAIN {SQL.sources[block]}")
            given = {"system_ids": [press], "sensor_ids": [sensor]}
            values = {name: ids for name, ids in given.items() if f":{name}" in asked.text}
            plan = connection.execute(asked, values).scalars()
            assert "_hyper_" not in "\n".join(plan)
