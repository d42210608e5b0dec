"""The app and the scheduler as programs, against the database of a test."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.embedded.server import is_free

START_TIMEOUT_S = 90
STOP_TIMEOUT_S = 30


@contextmanager
def serving_app(
    database_url: str, port: int, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """URL of a running app. A program left over on its port would make the test lie."""
    assert is_free(port), f"port {port} is taken"
    address = ("--server.address", "127.0.0.1", "--server.port", str(port))
    command = (sys.executable, "-m", "streamlit", "run", "app.py", *address)
    with running(command, database_url, log, settings):
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz", log)
        yield url


@contextmanager
def running_scheduler(
    database_url: str, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[None]:
    with running((sys.executable, "scheduler.py"), database_url, log, settings):
        yield


@contextmanager
def running(
    command: tuple[str, ...],
    database_url: str,
    log: Path,
    settings: Mapping[str, str] | None = None,
) -> Iterator[None]:
    environment = {
        **os.environ, "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1", **(settings or {}),
    }  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - http
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer:\n{log.read_text(errors='replace')[-3000:]}")
