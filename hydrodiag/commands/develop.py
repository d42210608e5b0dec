"""The verbs of the Makefile that work on the project itself, such as `hydrodiag lint`."""

import subprocess

import typer

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.errors import InvalidInput


def test_() -> None:
    """Set everything up and run all tests."""
    _make("test")


def lint() -> None:
    """Style, types and import rules."""
    _make("lint")


def format_() -> None:
    """Rewrite the code in the house style."""
    _make("format")


def check() -> None:
    """What the gate checks besides the tests."""
    _make("check")


def bench() -> None:
    """Measure against peers and limits."""
    _make("bench")


def _make(verb: str) -> None:
    if not (PROJECT_ROOT / "Makefile").exists():
        raise InvalidInput(
            f"`{verb}` works on the project's source, which is not here.", hint="Clone it first."
        )
    raise typer.Exit(subprocess.run(["make", verb], cwd=PROJECT_ROOT, check=False).returncode)
