"""The audit finds what is wrong with the rollups, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import psycopg
import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.db.url import libpq_url
from hydrodiag.errors import NotFound, RollupsWrong
from hydrodiag.readings.rollup_audit import AuditReport, audit_rollups, rebuild_rollups
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.timescale import cleanup_old_partitions

from .conftest import feed, is_true

SPOIL = {
    "wrong": "UPDATE {table} SET vmax = vmax + 1 WHERE sensor_id = :id",
    "missing": "DELETE FROM {table} WHERE sensor_id = :id",
    "ghost": "INSERT INTO {table} SELECT sensor_id + 1, bucket, n, vsum, vmin, vmax, vlast "
    "FROM {table} WHERE sensor_id = :id",
}
AGE_CHUNKS = "UPDATE _timescaledb_catalog.chunk SET creation_time = now() - interval '1 year'"
LEVELS = {"1m": "sensor_data_1m", "1h": "sensor_data_1h", "1d": "sensor_data_1d"}


@pytest.fixture
def fed(database: Database, sensor_ids: list[int], start_at: datetime) -> int:
    """The only sensor with readings, five days of them up to four days ago, all rolled up."""
    feed(database, sensor_ids[:1], start_at, timedelta(days=5), step_s=60)
    refresh_rollups(database)
    return sensor_ids[0]


def run(database: Database, statement: str, **values: object) -> None:
    with database.maintain() as connection:
        connection.execute(text(statement), values)


def list_buckets(database: Database) -> set[tuple[object, ...]]:
    with database.read() as connection:
        return {
            (table, *row)
            for table in LEVELS.values()
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        }


def look(database: Database) -> AuditReport:
    return audit_rollups(database, random=Random(7), places=400)  # noqa: S311


def test_true_rollups_have_no_faults(database: Database, fed: int) -> None:
    report = look(database)
    assert report.faults == ()
    assert report.buckets > 1000
    assert report.to_dict() == {
        "buckets": report.buckets, "wrong": 0, "missing": 0, "ghosts": 0,
    }  # fmt: skip
    report.check()


def test_an_empty_database_has_no_faults(database: Database) -> None:
    assert audit_rollups(database) == AuditReport(0, ())


@pytest.mark.parametrize("kind", SPOIL)
@pytest.mark.parametrize("level", LEVELS)
def test_each_planted_fault_is_found(
    database: Database, fed: int, sensor_ids: list[int], kind: str, level: str
) -> None:
    run(database, SPOIL[kind].format(table=LEVELS[level]), id=fed)
    report = look(database)
    spoilt = sensor_ids[1] if kind == "ghost" else fed
    found = {(each.kind, each.sensor_id, each.level) for each in report.faults}
    assert (kind, spoilt, level) in found
    with pytest.raises(RollupsWrong, match=rf"rebuild-rollups {spoilt} \d{{4}}-\d\d-\d\d`"):
        report.check()


@pytest.mark.parametrize("level", LEVELS)
def test_a_wrong_spread_is_found_and_an_unknown_one_is_not_wrong(
    database: Database, fed: int, level: str
) -> None:
    spoil = f"UPDATE {LEVELS[level]} SET vssd = vssd + :off WHERE sensor_id = :id"
    run(database, spoil, off=1.0, id=fed)
    assert ("wrong", level) in {(each.kind, each.level) for each in look(database).faults}
    run(database, spoil, off=float("nan"), id=fed)
    assert look(database).faults == ()


def test_last_digits_of_the_spread_of_a_constant_are_not_wrong(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    """Sums of 0.1 in another order differ, and nothing else is left of their distances."""
    feed(database, sensor_ids[:1], start_at, timedelta(hours=5), step_s=60, value=0.1)
    refresh_rollups(database)
    run(database, "UPDATE sensor_data_1h SET vssd = vssd + 1e-27")
    assert look(database).faults == ()


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_pending_is_not_counted(database: Database, fed: int, level: str) -> None:
    run(database, SPOIL["wrong"].format(table=LEVELS[level]), id=fed)
    run(
        database,
        "INSERT INTO rollup_dirty (level, sensor_id, lo, hi) "
        "VALUES ('1m', :id, now() - interval '20 days', now())",
        id=fed,
    )
    assert look(database).faults == ()


def test_what_retention_has_dropped_is_not_judged(database: Database, fed: int) -> None:
    run(database, "SELECT drop_chunks('sensor_data', older_than => now() + interval '1 day')")
    assert look(database).faults == ()


def test_a_late_reading_past_retention_is_not_judged(database: Database, fed: int) -> None:
    """Its new chunk has that reading alone; the rollups know of those dropped before."""
    run(database, "SELECT drop_chunks('sensor_data', older_than => now() + interval '1 day')")
    run(
        database,
        "UPDATE lifecycle_policy SET retain_for = interval '1 day' "
        "WHERE table_name = 'sensor_data'",
    )
    run(database, "INSERT INTO sensor_data VALUES (now() - interval '6 days', :id, 1)", id=fed)
    assert look(database).faults == ()


def test_a_late_reading_after_a_longer_policy_is_not_judged(database: Database, fed: int) -> None:
    """The policy of now says the readings are kept; those of its chunk went under another."""
    with psycopg.connect(libpq_url(database.url), autocommit=True) as owner:
        owner.execute(AGE_CHUNKS)
    run(database, "UPDATE ingest_batch SET loaded_at = now() - interval '1 year'")
    report = cleanup_old_partitions(database, "sensor_data", timedelta(days=1), force=True)
    assert report.dropped
    gone = report.dropped[0]
    run(
        database,
        "INSERT INTO sensor_data VALUES (:at, :id, 1)",
        id=fed,
        at=max(gone.start, datetime.now(UTC) - timedelta(days=9)) + timedelta(hours=13),
    )
    assert look(database).faults == ()
    before = list_buckets(database)
    for day in range(7):
        rebuild_rollups(database, fed, gone.start.date() + timedelta(days=day))
    refresh_rollups(database)
    assert list_buckets(database) == before


def test_a_rebuild_repairs_every_fault_of_the_day(
    database: Database, fed: int, start_at: datetime
) -> None:
    for table in LEVELS.values():
        run(database, SPOIL["wrong"].format(table=table), id=fed)
    # A minute of the gap after the readings: deleted, not made anew.
    run(
        database,
        "INSERT INTO sensor_data_1m VALUES (:id, date_trunc('minute', "
        "CAST(:at AS timestamptz)), 1, 1, 1, 1, 1)",
        id=fed,
        at=start_at + timedelta(days=5, minutes=5),
    )
    for day in range(6):
        assert rebuild_rollups(database, fed, start_at.date() + timedelta(days=day)) > 0
    refresh_rollups(database)
    assert is_true(database)
    assert look(database).faults == ()


def test_a_rebuild_leaves_what_cannot_be_made_anew(database: Database, fed: int) -> None:
    for table in ("sensor_data", "sensor_data_1m", "sensor_data_1h"):
        run(
            database,
            f"SELECT drop_chunks('{table}', older_than => now() + interval '1 year')",
        )
    day = (datetime.now(UTC) - timedelta(days=7)).date()
    assert rebuild_rollups(database, fed, day) == 0


def test_a_rebuild_of_an_unknown_sensor_is_refused(database: Database) -> None:
    with pytest.raises(NotFound, match="no sensor 999"):
        rebuild_rollups(database, 999, date(2026, 1, 1))
