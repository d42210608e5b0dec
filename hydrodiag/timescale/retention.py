"""Retention: whole chunks go, one a transaction; nothing goes that is still needed.

Old readings imported today are inside "older than a year" tonight: a chunk made or loaded into
lately stays, and so does what is on hold or not rolled up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from psycopg import sql
from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import (
    DatabaseUnavailable,
    HydroDiagError,
    LockBusy,
    RetentionGuard,
    TimescaleError,
)
from hydrodiag.readings.cover import LEVEL_NAMES, LEVELS
from hydrodiag.readings.windows import MICROSECOND
from hydrodiag.timescale.hypertables import (
    Hypertable,
    check_table_name,
    list_chunks,
    resolve_hypertable,
)
from hydrodiag.timescale.intervals import check_retention, spell
from hydrodiag.timescale.locking import driver_of, patiently, short_transaction
from hydrodiag.timescale.progress import UNWATCHED, Progress
from hydrodiag.timescale.reports import Chunk, CleanupReport, FailedChunk, KeptChunk

SQL = NamedQueries(__file__, "retention.sql")
TOPIC = "lifecycle"
RECENT = timedelta(days=7)
LARGEST_SHARE = 0.5
ALWAYS_ALLOWED = 4
BROKEN_CLOCK = "broken clock: its range is outside 2000 to 2100"
MADE_RECENTLY = f"imported recently: the chunk was made within {spell(RECENT)}"
# Each table's rows stay until the rollup made from them, the one at its place in LEVELS, is true.
ROLLED_UP = ("sensor_data", *(level.table for level in LEVELS[:-1]))


@dataclass(frozen=True)
class Sweep:
    """What a run would do, by the clock of the server."""

    clock_at: datetime
    report: CleanupReport


def cleanup_old_partitions(
    db: Database,
    table: str,
    retention_period: timedelta,
    *,
    dry_run: bool = False,
    force: bool = False,
    confirmed: str | None = None,
    progress: Progress = UNWATCHED,
) -> CleanupReport:
    """Drop the chunks that end before `retention_period` ago, except those with a reason to stay.

    `force` lifts the floor of one day and the limit of half the chunks, no other reason.
    `confirmed` is the `plan_key` of a dry run: RetentionGuard if the list is another by now.
    """
    check_table_name(table)
    check_retention(retention_period, force=force)
    with db.maintain() as connection:
        hypertable = resolve_hypertable(connection, table)
        sweep = _plan(connection, hypertable, retention_period)
        if dry_run:
            return sweep.report
        _guard(sweep.report, force=force, confirmed=confirmed)
        return _drop_all(connection, hypertable, sweep, progress)


def _plan(connection: Connection, hypertable: Hypertable, period: timedelta) -> Sweep:
    clock_at: datetime = connection.execute(SQL["find_clock"]).scalar_one()
    chunks = list_chunks(connection, hypertable)
    expired = [chunk for chunk in chunks if chunk.end <= clock_at - period]
    reasons = _find_reasons(connection, hypertable, expired, clock_at)
    report = CleanupReport(
        table=hypertable.name,
        retention_period=period,
        cutoff_at=clock_at - period,
        dropped=tuple(chunk for chunk in expired if chunk.name not in reasons),
        kept=tuple(KeptChunk(each, reasons[each.name]) for each in expired if each.name in reasons),
        busy=(),
        failed=(),
        dry_run=True,
        table_chunks=len(chunks),
        table_rows=sum(chunk.approx_rows or 0 for chunk in chunks),
    )
    return Sweep(clock_at, replace(report, refusal=_find_refusal(report)))


def _find_refusal(report: CleanupReport) -> str:
    going, of_all = len(report.dropped), report.table_chunks
    if going <= ALWAYS_ALLOWED or going <= LARGEST_SHARE * of_all:
        return ""
    return (
        f"Keeping {report.table} for {spell(report.retention_period)} would drop {going} of its "
        f"{of_all} chunks, which is more than half."
    )


def _guard(report: CleanupReport, *, force: bool, confirmed: str | None) -> None:
    if confirmed is not None and confirmed != report.plan_key:
        raise RetentionGuard(
            f"The list of chunks of {report.table} has changed since it was confirmed.",
            hint="Look at the new preview and confirm that.",
        )
    if report.refusal and not force:
        raise RetentionGuard(report.refusal, hint="Check the dry run; force it if you mean it.")


def _find_reasons(
    connection: Connection, hypertable: Hypertable, chunks: Iterable[Chunk], clock_at: datetime
) -> dict[str, str]:
    """Chunk name -> why it stays, for those that do."""
    expired = list(chunks)
    values = {
        "table": hypertable.name,
        **_awaited(hypertable.name),
        "recent": RECENT,
        "names": [chunk.name for chunk in expired],
        "starts": [chunk.start for chunk in expired],
        "ends": [chunk.end for chunk in expired],
    }
    rows = connection.execute(SQL["list_keep_reasons"], values).all() if expired else []
    young = {each.name: MADE_RECENTLY for each in expired if _is_young(each, clock_at)}
    recorded = {row.name: row.reason for row in reversed(rows)}
    broken = {each.name: BROKEN_CLOCK for each in expired if each.has_broken_range}
    return young | recorded | broken


def _awaited(table: str) -> dict[str, object]:
    """The levels whose pending ranges a table's rows wait for, and the buckets those reach into.

    What the minutes have not taken up will change the hours and days as well, and a bucket is
    made anew from all of its rows: those beside the range are needed too.
    """
    place = ROLLED_UP.index(table) if table in ROLLED_UP else -1
    width_us = LEVELS[place].width_us
    return {"levels": list(LEVEL_NAMES[: place + 1]), "width": width_us * MICROSECOND}


def _is_young(chunk: Chunk, clock_at: datetime) -> bool:
    return chunk.created_at is not None and clock_at - chunk.created_at < RECENT


def _drop_all(
    connection: Connection, hypertable: Hypertable, sweep: Sweep, progress: Progress
) -> CleanupReport:
    planned = sweep.report.dropped
    dropped: list[Chunk] = []
    kept = list(sweep.report.kept)
    busy: list[Chunk] = []
    failed: list[FailedChunk] = []
    for number, chunk in enumerate(planned):
        if progress.should_stop():
            break
        progress.report(number / len(planned), f"{hypertable.name}: dropping {chunk.name}")
        try:
            if reason := _drop(connection, hypertable, chunk, sweep.clock_at):
                kept.append(KeptChunk(chunk, reason))
            else:
                dropped.append(chunk)
        except DatabaseUnavailable:
            raise
        except LockBusy:
            busy.append(chunk)
        except HydroDiagError as error:
            failed.append(FailedChunk(chunk, str(error)))
    return replace(
        sweep.report,
        dropped=tuple(dropped),
        kept=tuple(kept),
        busy=tuple(busy),
        failed=tuple(failed),
        dry_run=False,
        refusal="",
    )


def _drop(
    connection: Connection, hypertable: Hypertable, chunk: Chunk, clock_at: datetime
) -> str | None:
    """Drop one chunk in its own transaction, or say why it now has to stay.

    Behind the lock nobody is writing to it any more: what came in since the plan is visible,
    with its dirty range, and keeps the chunk.
    """

    def drop() -> str | None:
        with short_transaction(connection):
            lock = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(chunk.name))
            driver_of(connection).execute(lock)
            reasons = _find_reasons(connection, hypertable, [chunk], clock_at)
            if chunk.name in reasons:
                return reasons[chunk.name]
            values = {**hypertable.key, "start": chunk.start, "end": chunk.end}
            gone = list(connection.execute(SQL["drop_chunk"], values).scalars())
            if gone != [chunk.name]:
                raise TimescaleError(f"Not {chunk.name} alone would have gone, but {gone}.")
            connection.execute(SQL["note_drop"], values)
            bump_generation(connection, TOPIC)
            return None

    return patiently(drop)
