"""The `hydrodiag` command: the verbs of the make targets, and more."""

import sys
from typing import Annotated

import typer

from hydrodiag import __version__
from hydrodiag.commands import (
    backup,
    database,
    demo,
    dev,
    develop,
    diagnose,
    fleet,
    health,
    ingest,
    jobs,
    manuals,
    report,
    timescale,
)
from hydrodiag.errors import HydroDiagError

app = typer.Typer(
    name="hydrodiag",
    help="Condition monitoring and diagnostics of hydraulic machines.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    pass


app.command()(dev.dev)
app.command()(database.migrate)
app.command()(database.superuser)
app.command()(health.health)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(demo.init_data)
app.command()(demo.simulate)
app.command()(demo.import_zema)
app.command()(report.report)
app.add_typer(jobs.app, name="jobs")
app.add_typer(timescale.app, name="timescale")
app.add_typer(manuals.app, name="manuals")
app.add_typer(diagnose.app, name="diagnose")
app.add_typer(fleet.app, name="fleet")
app.command()(ingest.ingest)
app.add_typer(ingest.quarantine, name="quarantine")
for verb in (develop.test_, develop.lint, develop.format_, develop.check, develop.bench):
    app.command(verb.__name__.rstrip("_"), rich_help_panel="On the project itself")(verb)


def run() -> None:
    """Run the command; an expected error becomes one line and exit code 1."""
    try:
        app(prog_name="hydrodiag")
    except HydroDiagError as error:
        typer.secho(f"{error}", err=True, fg=typer.colors.RED if sys.stderr.isatty() else None)
        sys.exit(1)
