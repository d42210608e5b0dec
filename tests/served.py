"""The app, the scheduler and Redis as programs, for tests."""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from hydrodiag.embedded.server import is_free
from tests.chromium import MISSING, find_redis
from tests.forked import start_forked

START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 30


@contextmanager
def serving_app(
    database_url: str, port: int, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """URL of a running app. A program left over on its port would make the test lie."""
    assert is_free(port), f"port {port} is taken"
    address = ("--server.address", "127.0.0.1", "--server.port", str(port))
    with running(("streamlit", "run", "app.py", *address), database_url, log, settings):
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz", log)
        yield url


@contextmanager
def running_scheduler(
    database_url: str, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[None]:
    with running(("scheduler.py",), database_url, log, settings):
        yield


@contextmanager
def running(
    command: tuple[str, ...],
    database_url: str,
    log: Path,
    settings: Mapping[str, str] | None = None,
) -> Iterator[None]:
    environment = {**os.environ, "DATABASE_URL": database_url, **(settings or {})}
    process = start_forked(command, environment, log)
    try:
        yield
    finally:
        process.terminate()
        process.join(STOP_TIMEOUT_S)
        if process.is_alive():
            process.kill()
            process.join()


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


@contextmanager
def serving_redis(port: int, folder: Path) -> Iterator[str]:
    """URL of a Redis that keeps nothing on disk; killed at the end of the block."""
    program = find_redis()
    if program is None:
        pytest.fail(MISSING)
    link = folder / "redis-server"  # the executable is what it is called
    link.unlink(missing_ok=True)
    link.symlink_to(program)
    command = (link, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for_redis(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()


def _wait_for_redis(port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            redis.Redis(port=port).ping()
            return
        except redis.RedisError:
            time.sleep(0.05)
    raise AssertionError("Redis did not start")
