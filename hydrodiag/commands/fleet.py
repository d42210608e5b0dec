"""`hydrodiag fleet …`: the machines as YAML, out and in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from hydrodiag.accounts import Actor, record_event
from hydrodiag.commands.database import command_database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import (
    Change,
    SystemSpec,
    apply_specs,
    compare,
    load_specs,
    read_yaml,
    write_yaml,
)

app = typer.Typer(help="The fleet as YAML: export, diff, import.", no_args_is_help=True)
COMMAND_LINE = Actor("command line", None)
File = Annotated[Path, typer.Argument(help="YAML file.", exists=True, dir_okay=False)]


@app.command("export")
def export_fleet(
    machines: Annotated[list[str] | None, typer.Argument(help="Codes; none: all.")] = None,
) -> None:
    """Write machines, components and sensors to standard output."""
    with command_database("fleet") as db:
        specs = load_specs(db, machines or None)
    missing = sorted(set(machines or ()) - {each.system.code for each in specs})
    if missing:
        raise InvalidInput(f"There is no machine {missing[0]}.", hint="Write its code.")
    typer.echo(write_yaml(specs), nl=False)


@app.command()
def diff(file: File) -> None:
    """What an import of the file would change; ends with 1 where it would."""
    wanted = _read(file)
    with command_database("fleet") as db:
        changes = compare(load_specs(db, _codes(wanted)), wanted)
    _show(changes)
    if any(each.kind != "only here" for each in changes):
        raise typer.Exit(1)


@app.command("import")
def import_fleet(file: File) -> None:
    """Make the machines what the file says. Nothing is deleted."""
    wanted = _read(file)
    with command_database("fleet") as db:
        changes = compare(load_specs(db, _codes(wanted)), wanted)
        apply_specs(db, wanted, changes)
        record_event(db, COMMAND_LINE, "import fleet", file.name, {"changes": len(changes)})
    _show(changes)


def _read(file: Path) -> list[SystemSpec]:
    try:
        return read_yaml(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file.name} is no UTF-8 text.", hint="Save it as UTF-8.") from error


def _codes(specs: Iterable[SystemSpec]) -> list[str]:
    return [each.system.code for each in specs]


def _show(changes: Iterable[Change]) -> None:
    for each in changes:
        told = "; ".join(f"{name}: {old!r} -> {new!r}" for name, (old, new) in each.changed.items())
        typer.echo(f"{each.kind:<10}{each.what:<11}{each.label}  {told}".rstrip())
