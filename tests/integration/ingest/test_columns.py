from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest import IngestReport, load_columns
from tests.integration.ingest.conftest import everything, rows, scalar, stored_readings

SECOND_US = 1_000_000


def us(instant: datetime) -> int:
    return int(instant.timestamp()) * SECOND_US


def adds_up(report: IngestReport) -> bool:
    parts = report.inserted + report.already_there + report.quarantined + report.empty
    return report.rows == parts and sum(report.reasons.values()) == report.quarantined


def ids_of(catalog: SensorCatalog, *tags: str) -> list[int]:
    return [catalog.match(tag)[0].id for tag in tags]


def test_readings_are_stored_on_the_grid_of_their_sensor(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    ids = ids_of(catalog, "PS1", "N1")
    report = load_columns(database, ids, [us(start_at)] * 2, [120.01, 1499.123456], origin="test")
    assert (report.rows, report.inserted) == (2, 2)
    stored = {tag: value for tag, _, value in stored_readings(database)}
    assert stored["N1"] == 1499.123456
    assert stored["PS1"] * 128 == round(stored["PS1"] * 128)
    assert round(stored["PS1"], 2) == 120.01


def test_a_second_load_changes_nothing(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    ids = np.repeat(ids_of(catalog, "PS1", "TS1"), 500)
    times = np.tile(us(start_at) + np.arange(500) * SECOND_US, 2)
    values = np.linspace(10, 100, 1000)
    first = load_columns(database, ids, times, values, origin="test", assume_sorted=True)
    before = everything(database)
    second = load_columns(database, ids, times, values, origin="test")
    assert (first.inserted, second.inserted, second.already_there) == (1000, 0, 1000)
    assert adds_up(second)
    assert everything(database) == before


def test_rows_end_in_exactly_one_outcome(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    now = datetime.now(UTC)
    ps1, ps2 = ids_of(catalog, "PS1", "PS2")
    table = [
        (ps1, us(start_at), 100.0),
        (ps1, us(start_at), 100.0),
        (ps1, us(start_at), 101.0),
        (ps1, us(start_at) + 1, 401.0),
        (ps1, us(start_at) + 2, np.nan),
        (ps1, us(start_at) + 3, np.inf),
        (999_999, us(start_at), 1.0),
        (ps2, us(now + timedelta(minutes=6)), 1.0),
        (ps2, us(now + timedelta(minutes=4)), 1.0),
        (ps2, us(now - timedelta(days=366)), 1.0),
        (ps2, -(2**62), 1.0),
        (ps2, 2**62, 1.0),
    ]
    report = load_columns(database, *zip(*table, strict=True), origin="test")
    assert adds_up(report)
    assert (report.rows, report.inserted, report.already_there) == (12, 2, 1)
    assert report.reasons == {
        "bad_value": 2,
        "conflicting_value": 1,
        "in_future": 2,
        "older_than_retention": 2,
        "out_of_range": 1,
        "unknown_sensor": 1,
    }
    details = dict(rows(database, "SELECT reason, detail FROM quarantined_reading ORDER BY id"))
    assert details["out_of_range"] == "401 bar is outside 0 to 400 bar of PS1."


def test_another_value_for_a_stored_instant_is_a_conflict(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    (ps1,) = ids_of(catalog, "PS1")
    load_columns(database, [ps1], [us(start_at)], [100.0], origin="a")
    ids, times = [ps1] * 2, [us(start_at), us(start_at) + 1]
    report = load_columns(database, ids, times, [105.0, 105.0], origin="b")
    assert (report.inserted, report.reasons) == (1, {"conflicting_value": 1})
    detail = scalar(database, "SELECT detail FROM quarantined_reading")
    assert detail == "105 bar, but 100 bar is stored for this instant."
    assert [value for _, _, value in stored_readings(database)] == [100.0, 105.0]


def test_latest_values_never_go_back_in_time(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    (ps1,) = ids_of(catalog, "PS1")
    later = us(start_at) + 60 * SECOND_US
    load_columns(database, [ps1], [later], [50.0], origin="a")
    load_columns(database, [ps1], [us(start_at)], [40.0], origin="a")
    assert rows(database, "SELECT time, value FROM sensor_latest") == [
        (start_at + timedelta(minutes=1), 50.0)
    ]


def test_only_what_is_new_becomes_dirty(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    (ps1,) = ids_of(catalog, "PS1")
    times = us(start_at) + np.arange(100) * SECOND_US
    load_columns(database, [ps1] * 50, times[:50], np.ones(50), origin="a")
    report = load_columns(database, [ps1] * 100, times, np.ones(100), origin="b")
    assert (report.inserted, report.already_there) == (50, 50)
    ranges = rows(database, "SELECT lo, hi FROM rollup_dirty ORDER BY id")
    microsecond = timedelta(microseconds=1)
    assert ranges == [
        (start_at, start_at + timedelta(seconds=49) + microsecond),
        (start_at + timedelta(seconds=50), start_at + timedelta(seconds=99) + microsecond),
    ]


def test_scattered_readings_make_scattered_ranges(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    (ps1,) = ids_of(catalog, "PS1")
    times = [us(start_at - timedelta(days=day)) for day in (60, 30, 0)]
    load_columns(database, [ps1] * 3, times, [1, 2, 3], origin="a")
    widest = scalar(database, "SELECT max(hi - lo) FROM rollup_dirty")
    assert (scalar(database, "SELECT count(*) FROM rollup_dirty"), widest) == (
        3,
        timedelta(microseconds=1),
    )


def test_the_generation_of_the_system_advances_with_new_readings_only(
    database: Database, catalog: SensorCatalog, system_id: int, start_at: datetime
) -> None:
    query = "SELECT generation FROM data_generation WHERE topic = :topic"
    topic = f"readings:{system_id}"
    (ps1,) = ids_of(catalog, "PS1")
    load_columns(database, [ps1], [us(start_at)], [1.0], origin="a")
    assert scalar(database, query, topic=topic) == 1
    load_columns(database, [ps1], [us(start_at)], [1.0], origin="a")
    assert scalar(database, query, topic=topic) == 1


def test_only_what_reaches_back_is_noted_as_a_batch(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    (ps1,) = ids_of(catalog, "PS1")
    load_columns(database, [ps1], [us(datetime.now(UTC))], [1.0], origin="live")
    assert scalar(database, "SELECT count(*) FROM ingest_batch") == 0
    load_columns(database, [ps1], [us(start_at)], [1.0], origin="import")
    assert rows(database, "SELECT origin, inserted, first_at FROM ingest_batch") == [
        ("import", 1, start_at)
    ]


def test_old_readings_come_in_under_a_hold_or_on_demand(
    database: Database, catalog: SensorCatalog
) -> None:
    (ps1,) = ids_of(catalog, "PS1")
    old = us(datetime(2018, 3, 1, tzinfo=UTC))
    refused = load_columns(database, [ps1], [old], [1.0], origin="a")
    assert refused.reasons == {"older_than_retention": 1}
    wanted = load_columns(database, [ps1], [old], [1.0], origin="a", keep_old=True)
    assert wanted.inserted == 1
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO retention_hold (during, reason) "
            "VALUES ('[2018-01-01, 2018-12-31)', 'study')"
        )
    held = load_columns(database, [ps1], [old + 1], [1.0], origin="a")
    assert held.inserted == 1


def test_nothing_is_nothing(database: Database, catalog: SensorCatalog) -> None:
    assert load_columns(database, [], [], [], origin="a").rows == 0


def test_arrays_of_different_length_are_refused(database: Database, system_id: int) -> None:
    with pytest.raises(InvalidInput, match="shapes"):
        load_columns(database, [1], [1, 2], [1.0], origin="a")
