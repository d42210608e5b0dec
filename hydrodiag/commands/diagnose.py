"""`hydrodiag diagnose …`: how good the condition models are."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Diagnostics: judge the condition models.", no_args_is_help=True)


@app.callback()
def diagnose() -> None:
    """Keeps `evaluate` a command of its own."""


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Folder with readings.parquet and labels.csv.")],
    as_json: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
) -> None:
    """The rig's condition models: random folds beside groups left out, limits, healthy scores."""
    from hydrodiag.diagnostics.evaluation.report import evaluate as measure
    from hydrodiag.diagnostics.evaluation.report import write_lines
    from hydrodiag.diagnostics.evaluation.rig_set import load_rig_set

    done = measure(load_rig_set(folder))
    for line in write_lines(done):
        typer.echo(line)
    if as_json is not None:
        as_json.write_text(json.dumps(done.to_dict(), indent=1))
