"""Chunks made before they are needed.

An insert that has to make a chunk holds a lock on the hypertable until its transaction ends;
a long load would make every other one wait.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.db.translate import translated_errors
from hydrodiag.errors import DatabaseUnavailable, HydroDiagError, TimescaleError
from hydrodiag.timescale.hypertables import (
    Hypertable,
    check_table_name,
    list_chunks,
    list_spans,
    resolve_hypertable,
)
from hydrodiag.timescale.intervals import (
    check_chunk_count,
    check_chunk_interval,
    check_range,
    plan_chunks,
)
from hydrodiag.timescale.locking import driver_of, patiently, short_transaction
from hydrodiag.timescale.reports import Chunk, FailedSpan, PartitionPlan, Span

SQL = NamedQueries(__file__, "partitions.sql")
TOPIC = "lifecycle"
# No sensor has this number, and readings at this instant exist in no chunk that is yet to be.
PROBE_NUMBER = -2147483648
PROBE_VALUES: dict[str, Any] = {"N": PROBE_NUMBER, "S": "", "B": False}


def ensure_partitions_for_range(
    db: Database,
    table: str,
    start: datetime,
    end: datetime,
    chunk_interval: timedelta,
    *,
    dry_run: bool = False,
) -> PartitionPlan:
    """Make the chunks that `start` to `end` lacks; a second call makes none.

    The interval applies to these and later chunks. Raises InvalidInput and NotAHypertable
    before anything is made; a chunk that cannot be made is in `failed`, the others are made.
    """
    wanted = check_range(start, end)
    check_chunk_count(wanted, check_chunk_interval(chunk_interval))
    check_table_name(table)
    with db.maintain() as connection:
        hypertable = resolve_hypertable(connection, table)
        before = list_chunks(connection, hypertable)
        missing = plan_chunks(wanted, chunk_interval, map(_span_of, before))
        failed: tuple[FailedSpan, ...] = ()
        if not dry_run:
            patiently(lambda: apply_chunk_interval(connection, hypertable, chunk_interval))
            failed = _fill(connection, hypertable, wanted, chunk_interval)
        after = before if dry_run else list_chunks(connection, hypertable)
    known = {chunk.name for chunk in before}
    return PartitionPlan(
        table=table,
        range=wanted,
        chunk_interval=chunk_interval,
        existing=_within(wanted, before),
        created=_within(wanted, (chunk for chunk in after if chunk.name not in known)),
        missing=tuple(missing) if dry_run else (),
        interval_changed=hypertable.chunk_interval != chunk_interval,
        dry_run=dry_run,
        failed=failed,
    )


def apply_chunk_interval(
    connection: Connection, hypertable: Hypertable, interval: timedelta
) -> None:
    """Chunks to come are this long; existing ones stay. Part of the caller's transaction."""
    if hypertable.chunk_interval != interval:
        connection.execute(SQL["set_chunk_interval"], {**hypertable.key, "interval": interval})


def _fill(
    connection: Connection, hypertable: Hypertable, wanted: Span, interval: timedelta
) -> tuple[FailedSpan, ...]:
    """Make one missing chunk after another, looking again each time: others make chunks too."""
    row = _build_probe(connection, hypertable)
    failed: list[FailedSpan] = []
    tried: set[datetime] = set()
    while span := _next_missing(connection, hypertable, wanted, interval, failed):
        try:
            if span.start in tried:
                raise TimescaleError("The chunk was made and is not there.")
            tried.add(span.start)
            _make_chunk(connection, hypertable, max(span.start, wanted.start), row)
        except DatabaseUnavailable:
            raise
        except HydroDiagError as error:
            failed.append(FailedSpan(span, str(error)))
    return tuple(failed)


def _next_missing(
    connection: Connection,
    hypertable: Hypertable,
    wanted: Span,
    interval: timedelta,
    failed: Iterable[FailedSpan],
) -> Span | None:
    taken = [*list_spans(connection, hypertable), *(each.span for each in failed)]
    return next(iter(plan_chunks(wanted, interval, taken)), None)


def _make_chunk(
    connection: Connection, hypertable: Hypertable, instant: datetime, row: dict[str, Any]
) -> None:
    """Insert a row and delete it again: the one way that both editions allow."""
    filled = {name: instant if value is None else value for name, value in row.items()}
    chunk = patiently(lambda: _insert_and_delete(connection, hypertable, filled))
    # Without its one dead row the chunk is empty for size and row estimates too.
    with translated_errors():
        driver_of(connection).execute(sql.SQL("VACUUM (SKIP_LOCKED) {}").format(chunk))


def _insert_and_delete(
    connection: Connection, hypertable: Hypertable, row: dict[str, Any]
) -> sql.SQL:
    """One transaction; DELETE ... ONLY, since one on the hypertable would lock every chunk."""
    insert = sql.SQL(
        "INSERT INTO {} ({}) VALUES ({}) RETURNING CAST(CAST(tableoid AS regclass) AS text), ctid"
    ).format(
        hypertable.identifier,
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join([sql.Placeholder()] * len(row)),
    )
    driver = driver_of(connection)
    with short_transaction(connection):
        made = driver.execute(insert, list(row.values())).fetchone()
        if made is None:
            raise TimescaleError(f"{hypertable.name} did not take a row: a trigger refuses it.")
        chunk = sql.SQL(made[0])
        delete = sql.SQL("DELETE FROM ONLY {} WHERE ctid = %s").format(chunk)
        if driver.execute(delete, (made[1],)).rowcount != 1:
            raise TimescaleError(f"The row that made {made[0]} could not be removed.")
        bump_generation(connection, TOPIC)
    return chunk


def _build_probe(connection: Connection, hypertable: Hypertable) -> dict[str, Any]:
    """A row with what the table requires; None stands for the instant."""
    rows = connection.execute(SQL["list_required_columns"], hypertable.key).all()
    unknown = [row.name for row in rows if row.category not in {"D", *PROBE_VALUES}]
    if unknown:
        raise TimescaleError(
            f"{hypertable.name} requires columns that cannot be filled in: {', '.join(unknown)}.",
            hint="Give them a default.",
        )
    required = {row.name: PROBE_VALUES.get(row.category) for row in rows}
    return {hypertable.time_column: None, **required}


def _within(wanted: Span, chunks: Iterable[Chunk]) -> tuple[Chunk, ...]:
    return tuple(each for each in chunks if each.start < wanted.end and each.end > wanted.start)


def _span_of(chunk: Chunk) -> Span:
    return Span(chunk.start, chunk.end)
