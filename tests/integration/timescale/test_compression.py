from datetime import timedelta

import psycopg
import pytest

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotAHypertable
from hydrodiag.timescale import (
    cleanup_old_partitions,
    compress_old_chunks,
    ensure_partitions_for_range,
    find_policy,
    get_hypertable_stats,
)

from .conftest import NOW, Fill, chunk_names

MONTH = timedelta(days=30)


def checksum(owner: psycopg.Connection) -> object:
    return owner.execute(
        "SELECT count(*), sum(value), min(time), max(time), count(DISTINCT sensor_id) "
        "FROM sensor_data"
    ).fetchone()


def chunk_sizes(owner: psycopg.Connection) -> dict[str, int]:
    """Of the chunks' own rows and indexes, without what is compressed of them."""
    rows = owner.execute(
        "SELECT CAST(c AS text), pg_relation_size(c) + pg_indexes_size(c) "
        "FROM show_chunks('sensor_data') c"
    )
    return dict(rows.fetchall())


def test_closed_chunks_are_compressed_with_their_ratio(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> None:
    fill_community(90, 0)
    before = checksum(community_owner)
    report = compress_old_chunks(community_database, "sensor_data", MONTH)
    assert (report.state, report.busy, report.failed) == ("compressed", (), ())
    assert len(report.done) == len(report.planned) >= 7
    assert all(each.ratio and each.ratio > 2 for each in report.done[1:-1])
    assert checksum(community_owner) == before
    stats = get_hypertable_stats(community_database, "sensor_data")
    assert stats.compressed_chunks == len(report.done)
    assert stats.compression_ratio is not None
    assert stats.compression_ratio > 2
    settings = community_owner.execute(
        "SELECT attname, segmentby_column_index, orderby_column_index "
        "FROM timescaledb_information.compression_settings ORDER BY 1"
    ).fetchall()
    assert settings == [("sensor_id", 1, None), ("time", None, 1)]


def test_a_second_run_compresses_nothing(
    community_database: Database, fill_community: Fill
) -> None:
    fill_community(60, 0)
    compress_old_chunks(community_database, "sensor_data", MONTH)
    assert compress_old_chunks(community_database, "sensor_data", MONTH).planned == ()


def test_late_rows_are_recompressed(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> None:
    fill_community(60, 0)
    compress_old_chunks(community_database, "sensor_data", MONTH)
    community_owner.execute(
        "INSERT INTO sensor_data (time, sensor_id, value) VALUES (%s, 50, 1)",
        (NOW - timedelta(days=45),),
    )
    report = compress_old_chunks(community_database, "sensor_data", MONTH, dry_run=True)
    assert [chunk.is_partial for chunk in report.planned] == [True]
    done = compress_old_chunks(community_database, "sensor_data", MONTH)
    assert [each.chunk.name for each in done.done] == [each.name for each in report.planned]
    assert compress_old_chunks(community_database, "sensor_data", MONTH).planned == ()
    found = community_owner.execute("SELECT value FROM sensor_data WHERE sensor_id = 50")
    assert found.fetchall() == [(1.0,)]


def test_a_recompressed_chunk_gives_back_the_room_of_its_rows(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> None:
    fill_community(60, 40)
    compress_old_chunks(community_database, "sensor_data", MONTH)
    before = chunk_sizes(community_owner)
    community_owner.execute("UPDATE sensor_data SET value = value + 1")
    assert sum(chunk_sizes(community_owner).values()) > 2 * sum(before.values())
    report = compress_old_chunks(community_database, "sensor_data", MONTH)
    assert len(report.done) == len(before)
    assert chunk_sizes(community_owner) == before


def test_a_dry_run_lists_what_a_run_compresses(
    community_database: Database, fill_community: Fill
) -> None:
    fill_community(90, 0)
    planned = compress_old_chunks(community_database, "sensor_data", MONTH, dry_run=True)
    assert planned.done == ()
    assert get_hypertable_stats(community_database, "sensor_data").compressed_chunks == 0
    done = compress_old_chunks(community_database, "sensor_data", MONTH)
    assert [each.chunk for each in done.done] == list(planned.planned)


def test_a_run_may_leave_chunks_for_the_next(
    community_database: Database, fill_community: Fill
) -> None:
    fill_community(90, 0)
    first = compress_old_chunks(community_database, "sensor_data", MONTH, max_chunks=2)
    assert len(first.done) == 2
    second = compress_old_chunks(community_database, "sensor_data", MONTH)
    assert len(second.done) == first.waiting


def test_a_chunk_in_use_is_busy_and_the_others_are_compressed(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> None:
    fill_community(90, 0)
    planned = compress_old_chunks(community_database, "sensor_data", MONTH, dry_run=True).planned
    with community_owner.transaction():
        community_owner.execute(f"LOCK TABLE {planned[1].name} IN ROW EXCLUSIVE MODE")
        report = compress_old_chunks(community_database, "sensor_data", MONTH)
    assert [chunk.name for chunk in report.busy] == [planned[1].name]
    assert len(report.done) == len(planned) - 1


def test_rollups_are_compressed_by_their_bucket(
    community_database: Database, community_owner: psycopg.Connection
) -> None:
    start = NOW - timedelta(days=200)
    interval = timedelta(days=28)
    ensure_partitions_for_range(
        community_database, "sensor_data_1m", start, start + 2 * interval, interval
    )
    report = compress_old_chunks(community_database, "sensor_data_1m", 2 * MONTH)
    assert len(report.done) == len(report.planned) >= 2
    assert report.failed == ()


def test_compressed_chunks_are_dropped_by_retention(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> None:
    fill_community(400, 340)
    compress_old_chunks(community_database, "sensor_data", MONTH)
    planned = cleanup_old_partitions(
        community_database, "sensor_data", timedelta(days=365), dry_run=True
    )
    assert all(chunk.is_compressed and chunk.approx_rows for chunk in planned.dropped)
    done = cleanup_old_partitions(community_database, "sensor_data", timedelta(days=365))
    assert [each.name for each in done.dropped] == [each.name for each in planned.dropped]


def test_the_apache_edition_says_that_it_cannot(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sensor_data VALUES (now() - interval '100 days', 1, 1)"
        )
    for dry_run in (True, False):
        report = compress_old_chunks(database, "sensor_data", MONTH, dry_run=dry_run)
        assert report.state == "not available on this edition"
        assert "Community edition" in report.reason
        assert (report.planned, report.done, report.failed) == ((), (), ())


def test_a_policy_may_have_the_apache_edition_seal(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sensor_data SELECT now() - interval '100 days' + t * interval '1 min', "
            "s, 1 FROM generate_series(1, 3000) t, generate_series(1, 5) s"
        )
        connection.exec_driver_sql("UPDATE lifecycle_policy SET apache_mode = 'seal'")
    policy = find_policy(database, "sensor_data")
    assert policy is not None
    assert policy.apache_mode == "seal"
    planned = compress_old_chunks(database, "sensor_data", MONTH, dry_run=True)
    report = compress_old_chunks(database, "sensor_data", MONTH)
    assert report.state == "sealed: ordered by sensor, no space saved"
    assert [each.chunk for each in report.done] == list(planned.planned) != []
    stats = get_hypertable_stats(database, "sensor_data")
    assert all(chunk.is_sealed and not chunk.is_compressed for chunk in stats.chunks)
    assert stats.compression_ratio is None
    assert compress_old_chunks(database, "sensor_data", MONTH).planned == ()


@pytest.mark.parametrize(
    "age", [timedelta(0), timedelta(days=-1), timedelta(minutes=1), timedelta(days=40000), 30, None]
)
def test_nonsense_ages_are_refused(database: Database, age: timedelta) -> None:
    with pytest.raises(InvalidInput, match="compression age"):
        compress_old_chunks(database, "sensor_data", age)


def test_an_unknown_mode_is_refused(database: Database) -> None:
    with pytest.raises(InvalidInput, match="skip, seal"):
        compress_old_chunks(database, "sensor_data", MONTH, apache_mode="zip")


@pytest.mark.parametrize("table", ["sensor_latest", "nope", "sensor_data) ; --"])
def test_only_hypertables_are_compressed(database: Database, table: str) -> None:
    with pytest.raises(NotAHypertable):
        compress_old_chunks(database, table, MONTH)


def test_the_present_chunk_is_left_alone(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> None:
    fill_community(3, 0)
    report = compress_old_chunks(community_database, "sensor_data", timedelta(hours=1))
    assert len(report.done) < len(chunk_names(community_owner)) or report.done == ()
