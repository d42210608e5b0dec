import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hydrodiag.db import Database
from hydrodiag.jobs import list_schedulers

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(__file__).with_name("sidecar_program.py")
Eventually = Callable[..., None]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until `check` holds; fail naming it otherwise."""

    def wait(check: Callable[[], object], within_s: float = 30) -> None:
        deadline = time.monotonic() + within_s
        while not check():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.05)

    return wait


class SidecarProcess:
    """A real scheduler process with the jobs of sidecar_program.py."""

    def __init__(self, database_url: str, marks: Path) -> None:
        self.marks = marks
        environment = {"DATABASE_URL": database_url, "MARKS": str(marks), "PYTHONPATH": str(ROOT)}
        self._log = (marks / f"log-{time.monotonic_ns()}").open("w")
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env={**os.environ, **environment},
            cwd=ROOT,
            stderr=self._log,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@pytest.fixture
def start_sidecar(
    database: Database, database_url: str, tmp_path: Path, eventually: Eventually
) -> Iterator[Callable[[], SidecarProcess]]:
    started: list[SidecarProcess] = []

    def start() -> SidecarProcess:
        before = len(list_schedulers(database))
        started.append(SidecarProcess(database_url, tmp_path))
        eventually(lambda: len(list_schedulers(database)) > before)
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.kill()
