from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotAHypertable
from hydrodiag.timescale import ensure_partitions_for_range, list_hypertables
from hydrodiag.timescale.hypertables import resolve_hypertable
from hydrodiag.timescale.reports import Span

from .conftest import chunk_names

START = datetime(2024, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def test_chunks_cover_the_range_and_hold_no_rows(
    any_database: Database, owner: psycopg.Connection
) -> None:
    plan = ensure_partitions_for_range(any_database, "sensor_data", START, START + 5 * WEEK, WEEK)
    assert len(plan.created) == 6
    assert sorted(chunk.name for chunk in plan.created) == chunk_names(owner)
    assert plan.created[0].start <= START
    assert plan.created[-1].end >= START + 5 * WEEK
    assert owner.execute("SELECT count(*) FROM sensor_data").fetchone() == (0,)
    assert {chunk.approx_rows for chunk in plan.created} == {0}


def test_a_second_call_makes_nothing(any_database: Database) -> None:
    first = ensure_partitions_for_range(any_database, "sensor_data", START, START + WEEK, WEEK)
    again = ensure_partitions_for_range(any_database, "sensor_data", START, START + WEEK, WEEK)
    assert again.created == ()
    assert [each.name for each in again.existing] == [each.name for each in first.created]


@pytest.mark.parametrize("table", ["sensor_data_1m", "sensor_data_1h"])
def test_rollup_tables_get_their_chunks_too(any_database: Database, table: str) -> None:
    plan = ensure_partitions_for_range(any_database, table, START, START + WEEK, 4 * WEEK)
    assert len(plan.created) >= 1
    assert plan.failed == ()


def test_a_dry_run_makes_nothing_and_says_what_a_run_makes(
    any_database: Database, owner: psycopg.Connection
) -> None:
    span = (START, START + 3 * WEEK, timedelta(hours=30))
    planned = ensure_partitions_for_range(any_database, "sensor_data", *span, dry_run=True)
    assert chunk_names(owner) == []
    assert planned.interval_changed
    done = ensure_partitions_for_range(any_database, "sensor_data", *span)
    assert [Span(each.start, each.end) for each in done.created] == list(planned.missing)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    offset_h=st.integers(0, 24 * 90),
    length_h=st.integers(1, 24 * 30),
    interval_h=st.integers(13, 24 * 20),
)
def test_the_run_makes_what_the_dry_run_listed_whatever_lies_around(
    any_database: Database, offset_h: int, length_h: int, interval_h: int
) -> None:
    """The chunks of one example are the odd surroundings of the next."""
    start = START + timedelta(hours=offset_h)
    span = (start, start + timedelta(hours=length_h), timedelta(hours=interval_h))
    planned = ensure_partitions_for_range(any_database, "sensor_data", *span, dry_run=True)
    done = ensure_partitions_for_range(any_database, "sensor_data", *span)
    assert [Span(each.start, each.end) for each in done.created] == list(planned.missing)
    again = ensure_partitions_for_range(any_database, "sensor_data", *span, dry_run=True)
    assert again.missing == ()


def test_new_chunks_are_cut_to_the_gap_between_old_ones(any_database: Database) -> None:
    ensure_partitions_for_range(any_database, "sensor_data", START, START + DAY, WEEK)
    week = ensure_partitions_for_range(any_database, "sensor_data", START, START + DAY, WEEK)
    odd = timedelta(days=5)
    wanted = (START - 2 * WEEK, START + 2 * WEEK, odd)
    plan = ensure_partitions_for_range(any_database, "sensor_data", *wanted)
    edges = sorted([*plan.existing, *plan.created], key=lambda chunk: chunk.start)
    assert all(a.end == b.start for a, b in pairwise(edges))
    assert week.existing[0].name in {chunk.name for chunk in plan.existing}
    assert any(chunk.end - chunk.start < odd for chunk in plan.created)


def test_the_interval_holds_for_later_chunks(any_database: Database) -> None:
    ensure_partitions_for_range(any_database, "sensor_data", START, START + DAY, DAY)
    table = next(each for each in list_hypertables(any_database) if each.name == "sensor_data")
    assert table.chunk_interval == DAY


@pytest.mark.parametrize(
    ("start", "end", "interval"),
    [
        (START + WEEK, START, WEEK),
        (START, START, WEEK),
        (START.replace(tzinfo=None), START + WEEK, WEEK),
        (datetime(1, 1, 1, tzinfo=UTC), START, WEEK),
        (START, datetime(9999, 1, 1, tzinfo=UTC), WEEK),
        (START, START + WEEK, timedelta(0)),
        (START, START + WEEK, -DAY),
        (START, START + WEEK, timedelta(days=4000)),
        (START, START + 60 * WEEK, timedelta(minutes=1)),
        (START, START + WEEK, "7 days"),
        ("2024-01-01", START + WEEK, WEEK),
    ],
)
def test_nonsense_is_refused_and_nothing_is_made(
    database: Database, start: datetime, end: datetime, interval: timedelta
) -> None:
    with pytest.raises(InvalidInput):
        ensure_partitions_for_range(database, "sensor_data", start, end, interval)
    with database.read() as connection:
        assert resolve_hypertable(connection, "sensor_data").chunk_interval == WEEK
        assert (
            connection.exec_driver_sql("SELECT count(*) FROM show_chunks('sensor_data')").one()[0]
            == 0
        )


@pytest.mark.parametrize(
    "table",
    [
        "hydraulic_system",
        "no_such_table",
        "sensor_data_1d",
        "",
        "sensor_data; DROP TABLE sensor_data",
        "sensor_data'::regclass); DROP TABLE sensor_data; --",
        '"sensor_data"',
        "public.sensor_data",
        "pg_class",
        "x" * 64,
        None,
    ],
)
def test_only_hypertables_are_taken_by_name(database: Database, table: str) -> None:
    with pytest.raises(NotAHypertable, match="not"):
        ensure_partitions_for_range(database, table, START, START + WEEK, WEEK)
    assert "sensor_data" in {each.name for each in list_hypertables(database)}


def test_a_session_that_makes_chunks_too_delays_but_does_not_stop_the_others(
    any_database: Database, owner: psycopg.Connection
) -> None:
    """While another transaction has made a chunk, making further ones waits; all are reported."""
    with owner.transaction():
        owner.execute(
            "INSERT INTO sensor_data (time, sensor_id, value) VALUES (%s, 1, 1)", (START,)
        )
        wanted = (START + 2 * WEEK, START + 3 * WEEK, WEEK)
        plan = ensure_partitions_for_range(any_database, "sensor_data", *wanted)
        assert plan.created == ()
        assert len(plan.failed) == 2
        assert "lock" in plan.failed[0].error
    plan = ensure_partitions_for_range(any_database, "sensor_data", *wanted)
    assert len(plan.created) == 2
    assert plan.to_dict()["failed"] == []
