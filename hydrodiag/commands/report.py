"""`hydrodiag report`: a machine over a period, as PDF or HTML."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from hydrodiag.commands.database import command_database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.fleet import find_system

DAYS = 30


def report(
    machine: Annotated[str, typer.Argument(help="Code of the machine.")],
    out: Annotated[Path, typer.Option("--out", help="File, .pdf or .html.")],
    start: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"],
                                                   help="First day, UTC.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"],
                                                 help="Day after the last, UTC.")] = None,
) -> None:  # fmt: skip
    """Health, findings with evidence, readings and maintenance of a machine over a period."""
    from hydrodiag.reports import build_document, gather_report, write_html, write_pdf

    write = {".pdf": write_pdf, ".html": write_html}.get(out.suffix.lower())
    if write is None:
        raise InvalidInput(f"{out.name} is neither .pdf nor .html.", hint="Name the file so.")
    until = end.replace(tzinfo=UTC) if end else datetime.now(UTC)
    since = start.replace(tzinfo=UTC) if start else until - timedelta(days=DAYS)
    with command_database("report") as db:
        system = find_system(db, machine)
        if system is None:
            raise NotFound(f"There is no machine {machine}.", hint="Write its code.")
        gathered = gather_report(db, system, since, until, "the command line")
    try:
        out.write_bytes(write(build_document(gathered)))
    except OSError as error:
        raise InvalidInput(f"{out} cannot be written: {error.strerror}.",
                           hint="Choose another file.") from error  # fmt: skip
    typer.echo(f"{out}: {out.stat().st_size:,} bytes")
