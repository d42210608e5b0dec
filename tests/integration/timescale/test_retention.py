import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import monotonic

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hydrodiag.cache import generations
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotAHypertable, RetentionGuard
from hydrodiag.timescale import (
    add_hold,
    cleanup_old_partitions,
    ensure_partitions_for_range,
    get_hypertable_stats,
    release_hold,
)
from hydrodiag.timescale.reports import CleanupReport

from .conftest import NOW, YEAR, Fill, age_chunks, chunk_names

DAY = timedelta(days=1)


def names(report: CleanupReport) -> list[str]:
    return sorted(chunk.name for chunk in report.dropped)


def reasons(report: CleanupReport) -> set[str]:
    return {kept.reason.partition(":")[0] for kept in report.kept}


def test_chunks_past_the_period_go_and_the_others_stay(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(380, 340)
    planned = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    before = chunk_names(owner)
    done = cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert names(done) == names(planned) != []
    assert chunk_names(owner) == sorted(set(before) - set(names(done)))
    assert all(chunk.end <= done.cutoff_at for chunk in done.dropped)
    oldest = owner.execute("SELECT min(time) FROM sensor_data").fetchone()
    assert oldest is not None
    assert oldest[0] <= done.cutoff_at + timedelta(days=7)


def test_a_dry_run_says_range_rows_and_bytes_and_drops_nothing(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(400, 340)
    owner.execute("ANALYZE sensor_data")
    before = chunk_names(owner)
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    assert chunk_names(owner) == before
    for chunk in report.dropped:
        counted = owner.execute(f"SELECT count(*) FROM {chunk.name}").fetchone()
        assert counted == (chunk.approx_rows,)
    assert report.freed_bytes > 0
    assert all(a.end <= b.start for a, b in pairwise(report.dropped))
    assert report.to_dict()["plan_key"] == report.plan_key


def test_rows_of_chunks_never_analysed_are_estimated(any_database: Database, fill: Fill) -> None:
    fill(400, 380)
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True, force=True)
    assert 0.7 < report.approx_rows / (20 * 24 * 3) < 1.5


def test_a_second_run_finds_nothing(any_database: Database, fill: Fill) -> None:
    fill(380, 340)
    cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert cleanup_old_partitions(any_database, "sensor_data", YEAR).dropped == ()


def test_what_was_imported_lately_stays_however_old(any_database: Database, fill: Fill) -> None:
    fill(3000, 2990, make_old=False)
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert report.dropped == ()
    assert reasons(report) == {"imported recently"}


def test_a_late_import_into_an_old_chunk_keeps_that_chunk(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(400, 360)
    batch = (NOW - timedelta(days=390), NOW - timedelta(days=389))
    owner.execute(
        "INSERT INTO ingest_batch (content_key, first_at, last_at) VALUES ('k', %s, %s)", batch
    )
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert reasons(report) == {"imported recently"}
    assert all(kept.chunk.start <= batch[1] and kept.chunk.end > batch[0] for kept in report.kept)
    assert report.dropped


def test_an_import_of_last_month_keeps_nothing(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(380, 340)
    owner.execute(
        "INSERT INTO ingest_batch (content_key, first_at, last_at, loaded_at) "
        "VALUES ('k', '2000-01-01', now(), now() - interval '30 days')"
    )
    assert cleanup_old_partitions(any_database, "sensor_data", YEAR).kept == ()


def test_a_hold_keeps_its_chunks_until_it_is_released(any_database: Database, fill: Fill) -> None:
    fill(400, 340)
    planned = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    start = planned.dropped[1].start + DAY
    held = add_hold(any_database, "sensor_data", start, start + DAY, "burst hose", created_by="ada")
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR, force=True)
    assert [kept.reason for kept in report.kept] == ["on hold: burst hose"]
    release_hold(any_database, held.id)
    assert len(cleanup_old_partitions(any_database, "sensor_data", YEAR).dropped) == 1


def test_a_hold_that_has_run_out_keeps_nothing(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(380, 340)
    owner.execute(
        "INSERT INTO retention_hold (during, reason, until_at) "
        "VALUES (tstzrange(NULL, NULL), 'over', now() - interval '1 hour')"
    )
    assert cleanup_old_partitions(any_database, "sensor_data", YEAR).kept == ()


def test_a_hold_on_another_table_keeps_nothing_here(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(380, 340)
    owner.execute(
        "INSERT INTO retention_hold (table_name, during, reason) "
        "VALUES ('sensor_data_1m', tstzrange(NULL, NULL), 'rollups only')"
    )
    assert cleanup_old_partitions(any_database, "sensor_data", YEAR).kept == ()


@pytest.mark.parametrize(
    ("level", "kept"), [("1m", {"not rolled up yet"}), ("1h", set()), ("1d", set())]
)
def test_readings_stay_until_the_rollup_has_taken_them_up(
    any_database: Database, owner: psycopg.Connection, fill: Fill, level: str, kept: set[str]
) -> None:
    fill(400, 340)
    lo = NOW - timedelta(days=391)
    owner.execute(
        "INSERT INTO rollup_dirty (level, sensor_id, lo, hi) VALUES (%s, 1, %s, %s)",
        (level, lo, lo + DAY),
    )
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert reasons(report) == kept
    assert report.dropped


@pytest.mark.parametrize(
    ("table", "level", "kept_minutes"),
    [
        ("sensor_data", "1m", [0]),
        ("sensor_data", "1h", []),
        ("sensor_data_1m", "1m", [-45, 0]),
        ("sensor_data_1m", "1h", [-45, 0]),
        ("sensor_data_1m", "1d", []),
        ("sensor_data_1h", "1m", None),
        ("sensor_data_1h", "1d", None),
    ],
)
def test_all_rows_of_a_bucket_stay_until_it_is_rolled_up(
    any_database: Database,
    owner: psycopg.Connection,
    table: str,
    level: str,
    kept_minutes: list[int] | None,
) -> None:
    """Chunks of 45 minutes: hours and days are made from rows of several of them."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    piece = timedelta(minutes=45)
    ensure_partitions_for_range(any_database, table, start, start + DAY, piece)
    age_chunks(owner)
    # In the chunk that begins at 01:30 and in the hour that begins at 01:00.
    edge = start + 2 * piece
    owner.execute(
        "INSERT INTO rollup_dirty (level, sensor_id, lo, hi) VALUES (%s, 1, %s, %s)",
        (level, edge + DAY / 1440, edge + DAY / 720),
    )
    report = cleanup_old_partitions(any_database, table, YEAR, dry_run=True)
    kept = [(each.chunk.start - edge) // timedelta(minutes=1) for each in report.kept]
    assert reasons(report) <= {"not rolled up yet"}
    assert kept == ([*range(-90, 1350, 45)] if kept_minutes is None else kept_minutes)


def test_chunks_of_broken_clocks_stay(any_database: Database, owner: psycopg.Connection) -> None:
    checks = "SELECT conname FROM pg_constraint WHERE conrelid = 'sensor_data'::regclass "
    for (name,) in owner.execute(checks + "AND contype = 'c'").fetchall():
        owner.execute(f"ALTER TABLE sensor_data DROP CONSTRAINT {name}")
    for instant in ("4700-01-01 BC", "1970-01-02", "infinity", "294246-01-01"):
        owner.execute("INSERT INTO sensor_data VALUES (%s::timestamptz, 1, 1)", (instant,))
    owner.execute("UPDATE _timescaledb_catalog.chunk SET creation_time = '2020-01-01'")
    report = cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert report.dropped == ()
    assert reasons(report) == {"broken clock"}
    assert len(get_hypertable_stats(any_database, "sensor_data").chunks) == 4


def test_more_than_half_of_the_chunks_is_refused_unless_forced(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(450, 350)
    before = chunk_names(owner)
    planned = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    assert "more than half" in planned.refusal
    with pytest.raises(RetentionGuard, match="more than half"):
        cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert chunk_names(owner) == before
    forced = cleanup_old_partitions(any_database, "sensor_data", YEAR, force=True)
    assert names(forced) == names(planned)


def test_under_a_day_is_refused_unless_forced(any_database: Database, fill: Fill) -> None:
    fill(20, 0)
    with pytest.raises(RetentionGuard, match="floor of 1 day"):
        cleanup_old_partitions(any_database, "sensor_data", timedelta(hours=23))
    report = cleanup_old_partitions(any_database, "sensor_data", timedelta(hours=1), force=True)
    assert report.dropped


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "period", [timedelta(0), -DAY, timedelta(days=40_000), 365, None, "1 year"]
)
def test_nonsense_periods_are_refused_even_when_forced(
    database: Database, period: timedelta, force: bool
) -> None:
    with pytest.raises(InvalidInput, match="retention period"):
        cleanup_old_partitions(database, "sensor_data", period, force=force)


@pytest.mark.parametrize("table", ["sensor", "nope", "sensor_data--", "s'); DROP TABLE sensor; --"])
def test_only_hypertables_are_cleaned(database: Database, table: str) -> None:
    with pytest.raises(NotAHypertable):
        cleanup_old_partitions(database, table, YEAR)


def test_a_chunk_in_use_is_busy_and_the_others_go(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    fill(400, 340)
    planned = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    blocked = planned.dropped[1].name
    with owner.transaction():
        owner.execute(f"SELECT FROM {blocked} LIMIT 1")
        report = cleanup_old_partitions(any_database, "sensor_data", YEAR)
    assert [chunk.name for chunk in report.busy] == [blocked]
    assert names(report) == sorted(set(names(planned)) - {blocked})
    assert names(cleanup_old_partitions(any_database, "sensor_data", YEAR)) == [blocked]


def test_readers_of_other_chunks_never_wait(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    """While retention waits for one chunk, the rest of the table is read and written."""
    fill(400, 340)
    blocked = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True).dropped[0]
    with owner.transaction():
        owner.execute(f"SELECT FROM {blocked.name} LIMIT 1")
        thread = threading.Thread(
            target=cleanup_old_partitions, args=(any_database, "sensor_data", YEAR)
        )
        thread.start()
        with any_database.write() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            connection.exec_driver_sql(
                "INSERT INTO sensor_data (time, sensor_id, value) VALUES (%s, 9, 1)",
                (NOW - timedelta(days=341),),
            )
        thread.join()


def test_readings_that_come_in_after_the_plan_keep_their_chunk(
    any_database: Database, owner: psycopg.Connection, fill: Fill
) -> None:
    """A load that is not committed yet when the plan is made: seen once its lock is gone."""
    fill(400, 340)
    target = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True).dropped[0]
    reports: list[CleanupReport] = []
    with owner.transaction():
        owner.execute(
            "INSERT INTO sensor_data (time, sensor_id, value) VALUES (%s, 77, 1)",
            (target.start + DAY,),
        )
        owner.execute(
            "INSERT INTO rollup_dirty (sensor_id, lo, hi) VALUES (77, %s, %s)",
            (target.start + DAY, target.start + 2 * DAY),
        )
        thread = threading.Thread(
            target=lambda: reports.append(cleanup_old_partitions(any_database, "sensor_data", YEAR))
        )
        thread.start()
        wait_for_lock(owner)
    thread.join()
    assert target.name not in names(reports[0])
    assert [kept.reason for kept in reports[0].kept] == ["not rolled up yet"]
    assert target.name in chunk_names(owner)


def wait_for_lock(owner: psycopg.Connection) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    deadline = monotonic() + 30
    while owner.execute(waiting).fetchone() == (0,):
        assert monotonic() < deadline, "nobody ever waited for a lock"


def test_a_confirmed_list_that_has_changed_is_refused(any_database: Database, fill: Fill) -> None:
    fill(400, 340)
    seen = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    start = seen.dropped[0].start
    add_hold(any_database, "sensor_data", start, start + DAY, "audit", created_by="ada")
    with pytest.raises(RetentionGuard, match="changed since"):
        cleanup_old_partitions(any_database, "sensor_data", YEAR, confirmed=seen.plan_key)
    now = cleanup_old_partitions(any_database, "sensor_data", YEAR, dry_run=True)
    assert cleanup_old_partitions(any_database, "sensor_data", YEAR, confirmed=now.plan_key).dropped


def test_dropping_tells_cached_reads(any_database: Database, fill: Fill) -> None:
    fill(400, 340)
    with any_database.read() as connection:
        before = generations(connection, ["lifecycle"])["lifecycle"]
    cleanup_old_partitions(any_database, "sensor_data", YEAR)
    with any_database.read() as connection:
        assert generations(connection, ["lifecycle"])["lifecycle"] > before


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    period_days=st.integers(1, 500),
    hold_at=st.integers(0, 300),
    hold_days=st.integers(1, 60),
    dirty_at=st.integers(0, 300),
)
def test_a_run_takes_exactly_what_the_dry_run_listed(
    database: Database, period_days: int, hold_at: int, hold_days: int, dirty_at: int
) -> None:
    """Each example puts back what the one before took, and adds to its holds and ranges."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    week = timedelta(days=7)
    ensure_partitions_for_range(database, "sensor_data", start, start + 50 * week, week)
    held = start + timedelta(days=hold_at)
    add_hold(
        database, "sensor_data", held, held + timedelta(days=hold_days), "x", created_by="test"
    )
    with database.maintain() as connection:
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql(
            "UPDATE _timescaledb_catalog.chunk "
            "SET creation_time = '2024-01-01' WHERE mod(id, 3) > 0"
        )
        connection.exec_driver_sql(
            "INSERT INTO rollup_dirty (sensor_id, lo, hi) VALUES (1, %s, %s)",
            (start + timedelta(days=dirty_at), start + timedelta(days=dirty_at + 1)),
        )
        connection.exec_driver_sql("SET ROLE hd_maint")
    period = timedelta(days=period_days)
    planned = cleanup_old_partitions(database, "sensor_data", period, dry_run=True, force=True)
    done = cleanup_old_partitions(database, "sensor_data", period, force=True)
    assert names(done) == names(planned)
    assert [kept.chunk.name for kept in done.kept] == [kept.chunk.name for kept in planned.kept]
