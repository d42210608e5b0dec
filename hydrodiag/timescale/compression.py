"""Closed chunks into columns, grouped by sensor and ordered by time.

The Apache edition cannot compress. There a policy may have closed chunks sealed: their rows
are put in order of sensor and time, which reads ten times faster and saves no space.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from psycopg import sql
from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import DatabaseUnavailable, HydroDiagError, InvalidInput, LockBusy
from hydrodiag.timescale.edition import probe_edition
from hydrodiag.timescale.hypertables import (
    Hypertable,
    check_table_name,
    list_chunks,
    resolve_hypertable,
)
from hydrodiag.timescale.intervals import check_compression_age
from hydrodiag.timescale.locking import driver_of, patiently, short_transaction
from hydrodiag.timescale.policies import load_policy
from hydrodiag.timescale.progress import UNWATCHED, Progress
from hydrodiag.timescale.reports import Chunk, CompressedChunk, CompressReport, FailedChunk

SQL = NamedQueries(__file__, "compression.sql")
TOPIC = "lifecycle"
GROUP_BY = "sensor_id"
COMPRESS, SEAL, UNAVAILABLE = "compress", "seal", "unavailable"
APACHE_MODES = ("skip", SEAL)
Work = Callable[[Connection, Hypertable, Chunk], CompressedChunk]


@dataclass(frozen=True)
class Plan:
    mode: str
    reason: str
    chunks: tuple[Chunk, ...]
    waiting: int


def compress_old_chunks(
    db: Database,
    table: str,
    compression_age: timedelta,
    *,
    dry_run: bool = False,
    apache_mode: str | None = None,
    max_chunks: int | None = None,
    progress: Progress = UNWATCHED,
) -> CompressReport:
    """Compress the chunks that ended before `compression_age` ago, oldest first.

    A compressed chunk that got late rows takes them up. `apache_mode` is `skip` or `seal`,
    that of the table's policy if not given.
    """
    check_table_name(table)
    check_compression_age(compression_age)
    if apache_mode not in (None, *APACHE_MODES):
        raise InvalidInput(f"The mode {apache_mode!r} is none of {', '.join(APACHE_MODES)}.")
    with db.maintain() as connection:
        hypertable = resolve_hypertable(connection, table)
        mode, reason = _pick_mode(connection, hypertable, apache_mode)
        plan = _plan(connection, hypertable, compression_age, mode, reason, max_chunks)
        if dry_run or not plan.chunks:
            return _report(hypertable, plan, dry_run=dry_run)
        if mode == COMPRESS:
            _enable_compression(connection, hypertable)
        return _work_through(connection, hypertable, plan, progress)


def _pick_mode(
    connection: Connection, hypertable: Hypertable, apache_mode: str | None
) -> tuple[str, str]:
    obstacle = probe_edition(connection).compression_obstacle
    if not obstacle:
        return COMPRESS, ""
    policy = load_policy(connection, hypertable.name)
    if (apache_mode or (policy.apache_mode if policy else "skip")) == SEAL:
        return SEAL, f"{obstacle} Sealing orders the rows by sensor and time; it saves no space."
    return UNAVAILABLE, obstacle


def _plan(
    connection: Connection,
    hypertable: Hypertable,
    age: timedelta,
    mode: str,
    reason: str,
    max_chunks: int | None,
) -> Plan:
    cutoff_at: datetime = connection.execute(SQL["find_clock"]).scalar_one() - age
    wanted = [
        chunk
        for chunk in list_chunks(connection, hypertable)
        if chunk.end <= cutoff_at and _is_due(chunk, mode)
    ]
    taken = wanted[:max_chunks]
    return Plan(mode, reason, tuple(taken), len(wanted) - len(taken))


def _is_due(chunk: Chunk, mode: str) -> bool:
    if chunk.has_broken_range or mode == UNAVAILABLE:
        return False
    if mode == SEAL:
        return not chunk.is_sealed
    return not chunk.is_compressed or chunk.is_partial


def _enable_compression(connection: Connection, hypertable: Hypertable) -> None:
    if hypertable.has_compression:
        return
    values = {**hypertable.key, "column": GROUP_BY}
    group_by = GROUP_BY if connection.execute(SQL["has_column"], values).scalar_one() else ""
    statement = sql.SQL(
        "ALTER TABLE {} SET (timescaledb.compress, timescaledb.compress_segmentby = {}, "
        "timescaledb.compress_orderby = {})"
    ).format(
        hypertable.identifier,
        sql.Literal(group_by),
        sql.Literal(sql.Identifier(hypertable.time_column).as_string()),
    )

    def enable() -> None:
        with short_transaction(connection):
            driver_of(connection).execute(statement)

    patiently(enable)


def _work_through(
    connection: Connection, hypertable: Hypertable, plan: Plan, progress: Progress
) -> CompressReport:
    work: Work = _compress if plan.mode == COMPRESS else _seal
    done: list[CompressedChunk] = []
    busy: list[Chunk] = []
    failed: list[FailedChunk] = []
    for number, chunk in enumerate(plan.chunks):
        if progress.should_stop():
            break
        progress.report(number / len(plan.chunks), f"{hypertable.name}: {plan.mode} {chunk.name}")
        try:
            done.append(work(connection, hypertable, chunk))
        except DatabaseUnavailable:
            raise
        except LockBusy:
            busy.append(chunk)
        except HydroDiagError as error:
            failed.append(FailedChunk(chunk, str(error)))
    return _report(hypertable, plan, done=done, busy=busy, failed=failed)


def _report(
    hypertable: Hypertable,
    plan: Plan,
    *,
    done: list[CompressedChunk] | None = None,
    busy: list[Chunk] | None = None,
    failed: list[FailedChunk] | None = None,
    dry_run: bool = False,
) -> CompressReport:
    return CompressReport(
        table=hypertable.name,
        mode=plan.mode,
        reason=plan.reason,
        planned=plan.chunks,
        done=tuple(done or ()),
        waiting=plan.waiting,
        busy=tuple(busy or ()),
        failed=tuple(failed or ()),
        dry_run=dry_run,
    )


def _compress(connection: Connection, hypertable: Hypertable, chunk: Chunk) -> CompressedChunk:
    """Only writers of late rows to this very chunk wait while it is compressed."""

    def compress() -> None:
        with short_transaction(connection):
            connection.execute(SQL["compress_chunk"], {"chunk": chunk.name})
            bump_generation(connection, TOPIC)

    patiently(compress)
    _analyze(connection, chunk)
    if chunk.is_partial:
        _give_back_room(connection, chunk)
    values = {**hypertable.key, "chunk": chunk.name}
    sizes = connection.execute(SQL["find_compressed_size"], values).one()
    return CompressedChunk(chunk, sizes.before_bytes, sizes.after_bytes)


def _give_back_room(connection: Connection, chunk: Chunk) -> None:
    """Taken up row by row, what was rows of a chunk leaves its pages and its index as they were.

    Where somebody uses the chunk they stay until it is next taken up.
    """
    with suppress(LockBusy):
        for statement in ("VACUUM (SKIP_LOCKED) {}", "REINDEX TABLE {}"):
            shrink = sql.SQL(statement).format(sql.SQL(chunk.name))
            patiently(partial(driver_of(connection).execute, shrink))


def _seal(connection: Connection, _hypertable: Hypertable, chunk: Chunk) -> CompressedChunk:
    """CLUSTER by the primary key; readers and writers of this chunk wait meanwhile."""
    key = connection.execute(SQL["find_primary_key"], {"chunk": chunk.name}).scalar_one_or_none()
    if key is None:
        raise InvalidInput(f"{chunk.name} has no primary key to order its rows by.")
    statement = sql.SQL("CLUSTER {} USING {}").format(sql.SQL(chunk.name), sql.Identifier(key))

    def seal() -> None:
        with short_transaction(connection):
            driver_of(connection).execute(statement)
            bump_generation(connection, TOPIC)

    patiently(seal)
    _analyze(connection, chunk)
    size_bytes = connection.execute(SQL["find_size"], {"chunk": chunk.name}).scalar_one()
    return CompressedChunk(chunk, chunk.size_bytes, size_bytes)


def _analyze(connection: Connection, chunk: Chunk) -> None:
    analyze = sql.SQL("ANALYZE (SKIP_LOCKED) {}").format(sql.SQL(chunk.name))
    patiently(lambda: driver_of(connection).execute(analyze))
