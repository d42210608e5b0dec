"""`hydrodiag ingest FILE...` and `hydrodiag quarantine list|retry|reject`."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from hydrodiag.commands.database import command_database
from hydrodiag.commands.ingest_text import Bar, describe_mapping, describe_preview, describe_report
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import SensorCatalog, load_catalog
from hydrodiag.readings.ingest import (
    REASON_TEXT,
    Clock,
    Mapping,
    QuarantineFilter,
    Reason,
    Source,
    count_quarantine,
    find_remembered_mapping,
    guess_mapping,
    list_quarantine,
    open_source,
    preview,
    reject_quarantined,
    remember_mapping,
    retry_quarantined,
)
from hydrodiag.readings.ingest import ingest as load_file

DATE_ORDERS = {"day-first": Clock.DAY_FIRST, "month-first": Clock.MONTH_FIRST}
COMMAND_LINE = "command line"
quarantine = typer.Typer(help="Review readings that were refused.", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV, TSV, XLSX, Parquet.")]
System = Annotated[str, typer.Option(help="Code of the system the file is of.")]
Zone = Annotated[str, typer.Option(help="Time zone of times without an offset.")]
Decimal = Annotated[str, typer.Option(help="Decimal sign: . or ,")]
DateOrder = Annotated[str, typer.Option(help="day-first or month-first.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="Read the file by this mapping (JSON).")
]
KeepOld = Annotated[bool, typer.Option(help="Take readings older than the retention.")]
DryRun = Annotated[bool, typer.Option(help="Show mapping and preview, load nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Load without asking.")]


def ingest(  # noqa: PLR0913, PLR0917 (each parameter is an option)
    files: Files,
    system: System = "",
    zone: Zone = "",
    decimal: Decimal = "",
    date_order: DateOrder = "",
    mapping_file: MappingFile = None,
    keep_old: KeepOld = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Load files of readings."""
    changes = _changes(zone, decimal, date_order, keep_old)
    with command_database("ingest") as database:
        for path in files:
            catalog = load_catalog(database)
            system_id = _system_id(catalog, system)
            with open_source(path) as source:
                mapping = _mapping(database, source, catalog, system_id, mapping_file)
                mapping = replace(mapping, **changes)
                if "clock" in changes:
                    mapping = replace(mapping, is_date_order_open=False)
                _load(database, source, mapping, catalog, dry_run=dry_run, yes=yes)


def _changes(zone: str, decimal: str, date_order: str, keep_old: bool) -> dict[str, Any]:
    changes: dict[str, Any] = {"zone": zone} if zone else {}
    if decimal:
        changes["decimal"] = decimal
    if date_order:
        if date_order not in DATE_ORDERS:
            raise InvalidInput(
                f"{date_order!r} is no date order.", hint=f"Use {' or '.join(DATE_ORDERS)}."
            )
        changes["clock"] = DATE_ORDERS[date_order]
    return changes | ({"keep_old": True} if keep_old else {})


def _system_id(catalog: SensorCatalog, code: str) -> int | None:
    system_id = catalog.find_system_id(code) if code else None
    if code and system_id is None:
        known = sorted({sensor.system_code for sensor in catalog.sensors.values()})
        raise InvalidInput(
            f"No system with sensors has the code {code!r}.",
            hint=f"There are {', '.join(known[:20])}." if known else "Create the system first.",
        )
    return system_id


def _mapping(
    database: Database,
    source: Source,
    catalog: SensorCatalog,
    system_id: int | None,
    mapping_file: Path | None,
) -> Mapping:
    if mapping_file:
        try:
            return Mapping.from_dict(json.loads(mapping_file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise InvalidInput(f"{mapping_file} cannot be read: {error}.") from error
    remembered = find_remembered_mapping(database, source)
    if remembered and system_id in (None, remembered.system_id):
        typer.echo("Read as the last file with these columns.")
        return remembered
    return guess_mapping(source, catalog, system_id=system_id)


def _load(
    database: Database,
    source: Source,
    mapping: Mapping,
    catalog: SensorCatalog,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    typer.echo(describe_mapping(source, mapping, catalog))
    seen = preview(source, mapping, catalog, db=database)
    typer.echo(describe_preview(seen))
    if dry_run:
        return
    if yes:
        _require_date_order(mapping)
    elif not typer.confirm("Load this file?"):
        return
    with Bar() as bar:
        report = load_file(
            database, source, mapping, origin=COMMAND_LINE, report=bar.show, started_by=COMMAND_LINE
        )
    remember_mapping(database, source, mapping)
    typer.echo(describe_report(source.name, report))


def _require_date_order(mapping: Mapping) -> None:
    if mapping.is_date_order_open:
        raise InvalidInput(
            "The dates could be day/month or month/day.",
            hint="Say which: --date-order day-first or --date-order month-first.",
        )


FilterReason = Annotated[Reason | None, typer.Option(help="Only this reason.")]
FilterSensor = Annotated[str, typer.Option(help="Only sensors with this in their name.")]
FilterFile = Annotated[int | None, typer.Option("--file", help="Only of this run over a file.")]
Search = Annotated[str, typer.Option(help="Only rows with this text.")]
Limit = Annotated[int, typer.Option(min=1, help="Show so many.")]


def _filter(
    reason: Reason | None, sensor: str, file_id: int | None, search: str
) -> QuarantineFilter:
    return QuarantineFilter(file_id, reason, sensor, "open", search)


@quarantine.command("list")
def list_open(
    reason: FilterReason = None,
    sensor: FilterSensor = "",
    file_id: FilterFile = None,
    search: Search = "",
    limit: Limit = 20,
) -> None:
    """Show open readings with the reason they were refused for."""
    filters = _filter(reason, sensor, file_id, search)
    with command_database("quarantine") as database:
        rows = list_quarantine(database, filters, limit)
        for row in rows:
            where = f"{row.file_name}:{row.line}" if row.line else row.file_name
            typer.echo(f"{row.id:>8}  {where}  {REASON_TEXT[Reason(row.reason)]}: {row.detail}")
            typer.echo(f"          {row.raw}")
        typer.echo(f"{len(rows)} of {count_quarantine(database, filters):,} open readings.")


@quarantine.command()
def retry(
    reason: FilterReason = None,
    sensor: FilterSensor = "",
    file_id: FilterFile = None,
    search: Search = "",
    keep_old: KeepOld = False,
) -> None:
    """Check open readings again and load what is good now."""
    filters = _filter(reason, sensor, file_id, search)
    with command_database("quarantine") as database:
        report = retry_quarantined(database, filters, by=COMMAND_LINE, keep_old=keep_old)
    typer.echo(
        f"{report.rows:,} retried: {report.inserted:,} inserted, "
        f"{report.already_there:,} already there, {report.still_open:,} still refused."
    )


@quarantine.command()
def reject(
    reason: FilterReason = None,
    sensor: FilterSensor = "",
    file_id: FilterFile = None,
    search: Search = "",
    yes: Yes = False,
) -> None:
    """Give up open readings."""
    filters = _filter(reason, sensor, file_id, search)
    with command_database("quarantine") as database:
        count = count_quarantine(database, filters)
        if yes or typer.confirm(f"Give up {count:,} readings?"):
            count = reject_quarantined(database, filters, by=COMMAND_LINE)
            typer.echo(f"{count:,} given up.")
