"""`hydrodiag timescale …`: figures, health and upkeep of the hypertables by hand."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from hydrodiag.commands.database import command_database
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.readings.rollup_audit import rebuild_rollups as make_anew
from hydrodiag.readings.rollups import renew_rollups as take_up_again
from hydrodiag.timescale import (
    Chunk,
    CleanupReport,
    CompressReport,
    Policy,
    cleanup_old_partitions,
    compress_old_chunks,
    detect_edition,
    ensure_partitions_for_range,
    find_policy,
    get_hypertable_stats,
    list_hypertables,
    list_policies,
    timescale_health_check,
)
from hydrodiag.timescale.intervals import spell

app = typer.Typer(help="Hypertables: figures, health, upkeep.", no_args_is_help=True)
Table = Annotated[str, typer.Argument(help="A hypertable, such as sensor_data.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Days = Annotated[float | None, typer.Option(min=0, help="Instead of the policy's.")]
EXIT_CODES = {"ok": 0, "warning": 0, "failing": 1}
AHEAD = 3


@app.command()
def stats(table: Annotated[str | None, typer.Argument(help="Only this one.")] = None) -> None:
    """Sizes, chunks, growth."""
    with command_database("timescale") as db:
        typer.echo(f"TimescaleDB {detect_edition(db).version}, {detect_edition(db).name} edition")
        for name in [table] if table else [each.name for each in list_hypertables(db)]:
            _show_stats(db, name)


@app.command()
def health() -> None:
    """Every check; exit code 1 if one is failing."""
    with command_database("timescale") as db:
        report = timescale_health_check(db)
    rows = [(each.status, each.title, each.value) for each in report.checks]
    _show_table(("", "check", "found"), rows)
    for check in report.checks:
        if check.hint:
            typer.echo(f"{check.title}: {check.hint} (right: {check.limit})")
    raise typer.Exit(EXIT_CODES[report.status])


@app.command()
def partitions(
    table: Table,
    start: Annotated[datetime | None, typer.Option(help="UTC; now if not given.")] = None,
    end: Annotated[datetime | None, typer.Option(help="UTC; three intervals on.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Make the chunks that a range lacks."""
    with command_database("timescale") as db:
        interval = _policy_of(db, table).chunk_interval
        first = start.replace(tzinfo=UTC) if start else datetime.now(UTC)
        last = end.replace(tzinfo=UTC) if end else first + AHEAD * interval
        plan = ensure_partitions_for_range(db, table, first, last, interval, dry_run=dry_run)
    spans = plan.missing if dry_run else plan.created
    verb = "would be made" if dry_run else "made"
    typer.echo(f"{table}: {len(plan.existing)} chunks exist, {len(spans)} {verb}.")
    _show_table(("from", "to"), [(_clock(each.start), _clock(each.end)) for each in spans])
    for failed in plan.failed:
        typer.echo(f"Failed from {_clock(failed.span.start)}: {failed.error}", err=True)
    raise typer.Exit(1 if plan.failed else 0)


@app.command()
def cleanup(
    table: Table,
    days: Days = None,
    dry_run: DryRun = False,
    force: Annotated[bool, typer.Option("--force", help="Past the floor and the half.")] = False,
) -> None:
    """Drop the chunks that are past retention."""
    with command_database("timescale") as db:
        period = _days_or(days, _policy_of(db, table).retain_for, "keeps its readings for ever")
        report = cleanup_old_partitions(db, table, period, dry_run=dry_run, force=force)
    _show_cleanup(report)
    raise typer.Exit(1 if report.busy or report.failed else 0)


@app.command()
def compress(table: Table, days: Days = None, dry_run: DryRun = False) -> None:
    """Compress closed chunks; says so where the edition cannot."""
    with command_database("timescale") as db:
        age = _days_or(days, _policy_of(db, table).compress_after, "is never compressed")
        report = compress_old_chunks(db, table, age, dry_run=dry_run)
    _show_compress(report)
    raise typer.Exit(1 if report.busy or report.failed else 0)


@app.command()
def policies() -> None:
    """What is in force for each table."""
    with command_database("timescale") as db:
        rows = [_policy_row(each) for each in list_policies(db)]
    _show_table(("table", "chunk", "compress after", "keep", "on Apache", "changed by"), rows)


@app.command()
def rebuild_rollups(
    sensor_id: Annotated[int, typer.Argument(help="The sensor's number.")],
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Its day in UTC.")],
) -> None:
    """Have a sensor's minutes, hours and day made anew from its readings."""
    with command_database("timescale") as db:
        deleted = make_anew(db, sensor_id, day.date())
    typer.echo(f"{deleted:,} buckets deleted and noted: the job refresh_rollups makes them anew.")


@app.command()
def renew_rollups() -> None:
    """Have all rollups made anew from the readings, a day at a time; pause refresh_rollups first.

    For what an earlier version did not keep, as the standard deviation. Nothing is deleted.
    """
    with command_database("timescale") as db:
        days = take_up_again(db, report=typer.echo)
    typer.echo(f"{days:,} days taken up.")


def _policy_of(db: Database, table: str) -> Policy:
    """NotAHypertable comes first: the functions refuse the table by name."""
    found = find_policy(db, table)
    if found is None:
        get_hypertable_stats(db, table)
        raise NotFound(f"{table} has no lifecycle policy.", hint="Set one on the Database page.")
    return found


def _days_or(days: float | None, policy: timedelta | None, otherwise: str) -> timedelta:
    if days is not None:
        return timedelta(days=days)
    if policy is None:
        raise InvalidInput(f"By its policy this table {otherwise}.", hint="Give --days.")
    return policy


def _show_stats(db: Database, table: str) -> None:
    found = get_hypertable_stats(db, table)
    typer.echo(
        f"\n{table}: {_mib(found.total_bytes)} (table {_mib(found.table_bytes)}, indexes "
        f"{_mib(found.index_bytes)}), about {found.approx_rows:,} rows in {len(found.chunks)} "
        f"chunks of {spell(found.chunk_interval)}, {found.compressed_chunks} compressed"
    )
    if found.compression_ratio:
        typer.echo(f"compression {found.compression_ratio:.1f} to 1")
    if found.growth:
        typer.echo(f"grows {_mib(found.growth.bytes_per_day)} a day (by {found.growth.basis})")
    if found.projected_bytes:
        typer.echo(f"{_mib(found.projected_bytes)} at retention")
    _show_chunks(found.chunks)


def _show_cleanup(report: CleanupReport) -> None:
    verb = "would go" if report.dry_run else "dropped"
    typer.echo(
        f"{report.table}: {len(report.dropped)} of {report.table_chunks} chunks {verb}, about "
        f"{report.approx_rows:,} rows, {_mib(report.freed_bytes)}; older than "
        f"{_clock(report.cutoff_at)}."
    )
    _show_chunks(report.dropped)
    for kept in report.kept:
        typer.echo(f"kept {kept.chunk.name} {_clock(kept.chunk.start)}: {kept.reason}")
    _show_problems(report)
    if report.refusal:
        typer.echo(f"A run would refuse: {report.refusal}")


def _show_compress(report: CompressReport) -> None:
    typer.echo(f"{report.table}: {report.state}. {report.reason}".rstrip())
    if report.dry_run:
        _show_chunks(report.planned)
    rows = [
        (each.chunk.name, _mib(each.before_bytes), _mib(each.after_bytes), f"{each.ratio or 0:.1f}")
        for each in report.done
    ]
    _show_table(("chunk", "before", "after", "ratio"), rows)
    _show_problems(report)


def _show_problems(report: CleanupReport | CompressReport) -> None:
    for chunk in report.busy:
        typer.echo(f"busy {chunk.name}: others use it; the next run takes it", err=True)
    for failed in report.failed:
        typer.echo(f"failed {failed.chunk.name}: {failed.error}", err=True)


def _show_chunks(chunks: Iterable[Chunk]) -> None:
    rows = [
        (
            each.name,
            _clock(each.start),
            _clock(each.end),
            _mib(each.size_bytes),
            f"{each.approx_rows or 0:,}",
            "compressed" if each.is_compressed else "sealed" if each.is_sealed else "",
        )
        for each in chunks
    ]
    _show_table(("chunk", "from", "to", "size", "about rows", ""), rows)


def _show_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    for row in (header, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _policy_row(policy: Policy) -> tuple[str, ...]:
    compress = spell(policy.compress_after) if policy.compress_after else "never"
    return (
        policy.table_name,
        spell(policy.chunk_interval),
        compress,
        spell(policy.retain_for),
        policy.apache_mode,
        policy.updated_by or "-",
    )


def _mib(size_bytes: float) -> str:
    return f"{size_bytes / (1 << 20):,.1f} MiB"


def _clock(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
