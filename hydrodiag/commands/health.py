"""`hydrodiag health`: the state of every part; exit code 1 without an essential one."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from hydrodiag.commands.database import command_database
from hydrodiag.config import load_settings
from hydrodiag.health import is_ready, probe_all


def health(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Whether the parts are there: database, tables, scheduler, and the servers configured."""
    with command_database("health") as database:
        probes = probe_all(lambda: database, load_settings())
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in probes], indent=2))
    else:
        for each in probes:
            typer.echo(f"{each.state:<8} {each.title:<10} {each.detail}  {each.hint}".rstrip())
    raise typer.Exit(0 if is_ready(probes) else 1)
