"""Figures of a hypertable as the Database page shows them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.timescale.growth import (
    Sample,
    build_growth,
    data_rate,
    project_size,
    suggest_interval,
)
from hydrodiag.timescale.hypertables import (
    Hypertable,
    check_table_name,
    find_hypertables,
    list_chunks,
    resolve_hypertable,
)
from hydrodiag.timescale.policies import load_policy
from hydrodiag.timescale.reports import HypertableStats

SQL = NamedQueries(__file__, "stats.sql")
GROWTH_SPAN = timedelta(days=14)
KEEP_SAMPLES = timedelta(days=90)


def get_hypertable_stats(db: Database, table: str) -> HypertableStats:
    """Exact sizes, estimated rows, growth, and what follows from the policy."""
    check_table_name(table)
    with db.read() as connection:
        return _load_stats(connection, resolve_hypertable(connection, table))


def collect_samples(db: Database) -> dict[str, int]:
    """Store the size of every hypertable now, so that growth is measured; table -> bytes."""
    with db.read() as connection:
        found = {
            hypertable.name: _measure(connection, hypertable)
            for hypertable in find_hypertables(connection)
        }
    with db.write() as connection:
        for table, (total_bytes, rows) in found.items():
            values = {"table": table, "total_bytes": total_bytes, "approx_rows": rows}
            connection.execute(SQL["insert_sample"], values)
        connection.execute(SQL["forget_samples"], {"span": KEEP_SAMPLES})
    return {table: total_bytes for table, (total_bytes, _) in found.items()}


def _measure(connection: Connection, hypertable: Hypertable) -> tuple[int, int]:
    total_bytes: int = connection.execute(SQL["find_sizes"], hypertable.key).one().total_bytes
    chunks = list_chunks(connection, hypertable)
    return total_bytes, sum(chunk.approx_rows or 0 for chunk in chunks)


def _load_stats(connection: Connection, hypertable: Hypertable) -> HypertableStats:
    chunks = list_chunks(connection, hypertable)
    sizes = connection.execute(SQL["find_sizes"], hypertable.key).one()
    before_bytes, after_bytes = _find_compression(connection, hypertable)
    policy = load_policy(connection, hypertable.name)
    now = datetime.now(UTC)
    ratio = before_bytes / after_bytes if before_bytes and after_bytes else None
    return HypertableStats(
        table=hypertable.name,
        time_column=hypertable.time_column,
        chunk_interval=hypertable.chunk_interval,
        **sizes._mapping,
        approx_rows=sum(chunk.approx_rows or 0 for chunk in chunks),
        chunks=chunks,
        before_compression_bytes=before_bytes,
        after_compression_bytes=after_bytes,
        growth=build_growth(_list_samples(connection, hypertable), chunks, now),
        projected_bytes=project_size(data_rate(chunks, now), policy, ratio),
        suggested_interval=_suggest(connection, hypertable),
        policy=policy,
    )


def _find_compression(
    connection: Connection, hypertable: Hypertable
) -> tuple[int | None, int | None]:
    found = connection.execute(SQL["find_compression"], hypertable.key).one_or_none()
    return (found.before_bytes, found.after_bytes) if found else (None, None)


def _list_samples(connection: Connection, hypertable: Hypertable) -> list[Sample]:
    values = {"table": hypertable.name, "span": GROWTH_SPAN}
    return [Sample(**row._mapping) for row in connection.execute(SQL["list_samples"], values)]


def _suggest(connection: Connection, hypertable: Hypertable) -> timedelta | None:
    largest = connection.execute(SQL["find_largest_index"], hypertable.key).one()
    return suggest_interval(hypertable.chunk_interval, largest.index_bytes, largest.memory_bytes)
