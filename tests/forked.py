"""HydroDiag's programs, forked from a process that has imported what they import.

Importing is five sixths of the work of their start. All that their scripts do stays theirs, with
settings, folder and output of their own; `integration/dev` and `integration/deployment` start them
as a terminal and a container do.
"""

import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import ModuleType

import pytest

from hydrodiag.config import PROJECT_ROOT

_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.imported"])


def start_forked(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> ForkServerProcess:
    """`command`: a module or the path of a script, then its arguments."""
    process = _context.Process(target=_run, args=(list(command), dict(environment), log))
    with pytest.MonkeyPatch.context() as patch:
        # Else it would begin with our main script, which after an AppTest is a page.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process.start()
    return process


def _run(command: list[str], environment: dict[str, str], log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(PROJECT_ROOT)
    _write_to(log)
    sys.argv = command
    if command[0].endswith(".py"):
        runpy.run_path(command[0], run_name="__main__")
    else:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def _write_to(log: Path) -> None:
    with log.open("wb") as output:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(output.fileno(), stream.fileno())
            stream.reconfigure(line_buffering=True)
