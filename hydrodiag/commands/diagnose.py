"""`hydrodiag diagnose …`: how good the condition models are."""

import json
from dataclasses import asdict
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
    """Accuracy of the rig's condition models: random folds, and a whole run left out."""
    from hydrodiag.diagnostics.evaluation.protocols import evaluate_rig
    from hydrodiag.diagnostics.evaluation.rig_set import load_rig_set

    scores = evaluate_rig(load_rig_set(folder))
    typer.echo(f"{'protocol':<16}{'component':<14}{'accuracy':>9}{'macro F1':>10}{'cycles':>8}")
    for each in scores:
        error = f"   mean error {each.error_bar:.1f} bar" if each.error_bar >= 0 else ""
        typer.echo(
            f"{each.protocol:<16}{each.component:<14}{each.accuracy:>9.2%}{each.macro_f1:>10.4f}"
            f"{each.cycles:>8}{error}"
        )
    if as_json is not None:
        as_json.write_text(json.dumps([asdict(each) for each in scores], indent=1))
