"""`hydrodiag dev` as a whole: started, disturbed and stopped like at a terminal."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from hydrodiag.config import PROJECT_ROOT, load_settings
from hydrodiag.embedded import ensure_installed, running_url
from hydrodiag.embedded.postmaster import find_postmaster
from tests.scratch import scratch_folder

LONG_ENOUGH_S = 120


class Dev:
    """A running `hydrodiag dev` with a data folder of its own."""

    def __init__(self, data_dir: Path, port: int, database_url: str, *options: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self.lines: list[str] = []
        environment = {
            **os.environ,
            "HYDRODIAG_DATA_DIR": str(data_dir),
            "HYDRODIAG_PORT": str(port),
            "DATABASE_URL": database_url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hydrodiag", "dev", *options],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_for(self, words: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return
        raise AssertionError(f"{words!r} never came:\n" + "\n".join(self.lines))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> list[str]:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=LONG_ENOUGH_S)
        return self.lines + rest.splitlines()

    def list_processes(self) -> list[int]:
        """Whatever runs with this data folder in its environment or as its working folder."""
        mark = f"HYDRODIAG_DATA_DIR={self.data_dir}\0".encode()
        return [
            int(path.name) for path in Path("/proc").glob("[0-9]*") if self._is_ours(path, mark)
        ]

    def _is_ours(self, process: Path, mark: bytes) -> bool:
        with suppress(OSError):
            inside = (process / "cwd").readlink().is_relative_to(self.data_dir)
            return inside or mark in (process / "environ").read_bytes()
        return False


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """With the programs of this checkout copied in, so that nothing is fetched."""
    dist = ensure_installed(load_settings().data_dir).folder
    with scratch_folder() as scratch:
        (scratch / "postgres").mkdir(mode=0o755)
        subprocess.run(["cp", "-a", dist, scratch / "postgres/dist"], check=True)
        yield scratch


@pytest.fixture
def start_dev(data_dir: Path) -> Iterator[Callable[..., Dev]]:
    started: list[Dev] = []

    def start(port: int | None = None, database_url: str = "") -> Dev:
        options = () if database_url else ("--no-demo",)
        started.append(Dev(data_dir, port or _pick_port(), database_url, *options))
        return started[-1]

    yield start
    for dev in started:
        if dev.process.poll() is None:
            dev.stop()


def test_it_serves_the_app_and_leaves_no_process_behind(start_dev: Callable[..., Dev]) -> None:
    dev = start_dev()
    dev.wait_for("ready: http://localhost:")
    with urllib.request.urlopen(f"http://127.0.0.1:{dev.port}/sign-in") as page:
        assert page.status == 200
    assert len(dev.list_processes()) > 3
    lines = dev.stop()
    assert lines[-1] == "database  | database stopped"
    assert dev.process.returncode == 0
    assert _none_left(dev)


def test_ctrl_c_while_the_database_is_prepared_leaves_nothing(
    start_dev: Callable[..., Dev],
) -> None:
    dev = start_dev()
    dev.wait_for("database ready")
    assert dev.stop(signal.SIGINT)[-1] == "database  | database stopped"
    assert dev.process.returncode == 130
    assert _none_left(dev)


def test_a_killed_database_comes_back_at_the_same_address(start_dev: Callable[..., Dev]) -> None:
    dev = start_dev()
    dev.wait_for("ready: http")
    url = running_url(dev.data_dir)
    postmaster = find_postmaster(dev.data_dir / "postgres/cluster/data")
    assert url is not None
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)
    dev.wait_for("database ready")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_after_a_kill_nothing_serves_and_the_next_start_works(
    start_dev: Callable[..., Dev],
) -> None:
    first = start_dev()
    first.wait_for("ready: http")
    first.process.kill()
    first.process.wait()
    _wait_until_free(first.port)
    second = start_dev(first.port)
    second.wait_for("ready: http")
    second.stop()
    assert _none_left(second)


def test_a_server_of_ones_own_is_used_and_gets_no_demo_fleet(
    start_dev: Callable[..., Dev], database_url: str
) -> None:
    dev = start_dev(database_url=database_url)
    dev.wait_for("ready: http")
    assert not (dev.data_dir / "postgres/cluster").exists()
    lines = dev.stop()
    assert not [line for line in lines if line.startswith("database")]
    assert [line for line in lines if "no demo fleet" in line]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM hydraulic_system").fetchone() == (0,)


def test_a_taken_port_is_said_with_the_way_out(start_dev: Callable[..., Dev]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        dev = start_dev(port)
        output, _ = dev.process.communicate(timeout=LONG_ENOUGH_S)
    assert dev.process.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken" in output
    assert f"HYDRODIAG_PORT={port + 1}" in output


def _pick_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_free(port: int) -> None:
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            time.sleep(0.1)
            continue
        return
    raise AssertionError(f"something still listens on port {port}")


def _none_left(dev: Dev) -> bool:
    give_up_at = time.monotonic() + 10
    while dev.list_processes() and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return dev.list_processes() == []
