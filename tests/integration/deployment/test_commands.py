"""The command lines of the containers, run on this host against a real database.

As in the image: settings by environment alone, secrets in files, another folder for writing.
What cannot be tried without a container engine is the image itself.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql
from sqlalchemy.engine import make_url

from hydrodiag.db import Database
from hydrodiag.db.migrate import newest_revision
from hydrodiag.jobs import list_schedulers

ROOT = Path(__file__).resolve().parents[3]
SERVICES = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text())["services"]
LONG_ENOUGH_S = 90
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def url_file(database_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "database_url"
    path.write_text(f"{database_url}\n")
    return path


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def start(url_file: Path, tmp_path: Path) -> Iterator[Start]:
    """Start the command of a service as its container would; ended with SIGTERM."""
    started: list[subprocess.Popen[bytes]] = []

    def run(service: str, **changed: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{service}.log").open("wb")
        process = subprocess.Popen(
            command_of(service),
            cwd=ROOT,
            env=environment_of(url_file, tmp_path, **changed),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def command_of(service: str) -> list[str]:
    """As the compose file has it, the image's folders replaced by those of this host."""
    words = [word.replace("$$", "$") for word in SERVICES[service]["command"]]
    return [word.replace("/app/", f"{ROOT}/") for word in words]


def environment_of(url_file: Path, scratch: Path, **changed: str) -> dict[str, str]:
    """Nothing but what the image and the compose file set; `hydrodiag` is the image's script."""
    bin_dir = scratch / "bin"
    bin_dir.mkdir(exist_ok=True)
    script = (ROOT / "deploy/hydrodiag").read_text().replace("/app", shlex.quote(str(ROOT)))
    (bin_dir / "hydrodiag").write_text(script)
    (bin_dir / "hydrodiag").chmod(0o755)
    return {
        "PATH": f"{bin_dir}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(scratch),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "HYDRODIAG_DATA_DIR": str(scratch / "data"),
        "HYDRODIAG_LOG_FORMAT": "json",
        "HYDRODIAG_HOST": "127.0.0.1",
        "DATABASE_URL_FILE": str(url_file),
        **changed,
    }


def is_healthy(port: int) -> bool:
    command = [sys.executable, ROOT / "deploy/healthcheck.py", str(port), "/healthz"]
    return subprocess.run(command, check=False).returncode == 0


def wait_until(check: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + LONG_ENOUGH_S
    while not check():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < give_up_at, log.read_text()
        time.sleep(0.1)


def test_migrate_brings_an_empty_database_to_the_newest_schema(
    postgres_server: str, tmp_path: Path
) -> None:
    name = f"hydrodiag_deploy_{os.getpid()}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        url_file = tmp_path / "database_url"
        url_file.write_text(url)
        done = subprocess.run(
            command_of("migrate"),
            cwd=tmp_path,
            env=environment_of(url_file, tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    assert done.returncode == 0, done.stderr
    assert f"at revision {newest_revision()}" in done.stdout
    assert str(make_url(url).password) not in done.stdout + done.stderr


def test_migrate_names_a_missing_secret_and_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        command_of("migrate"),
        cwd=tmp_path,
        env=environment_of(tmp_path / "gone", tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL_FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_app_serves_and_ends_on_sigterm(start: Start, port: int, tmp_path: Path) -> None:
    process = start(
        "app", HYDRODIAG_PORT=str(port), HYDRODIAG_PUBLIC_ORIGIN="https://hydro.example"
    )
    wait_until(lambda: is_healthy(port), process, tmp_path / "app.log")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) in {0, -signal.SIGTERM}
    assert not is_healthy(port)


def test_the_app_listens_where_it_is_told_alone(start: Start, port: int, tmp_path: Path) -> None:
    process = start("app", HYDRODIAG_PORT=str(port), HYDRODIAG_HOST="127.0.0.2")
    log = tmp_path / "app.log"
    wait_until(lambda: _accepts("127.0.0.2", port), process, log)
    assert not _accepts("127.0.0.1", port)


def test_the_scheduler_works_and_ends_on_sigterm(
    start: Start, port: int, database: Database, tmp_path: Path
) -> None:
    process = start("scheduler", HYDRODIAG_SCHEDULER_PORT=str(port))
    log = tmp_path / "scheduler.log"
    wait_until(lambda: list_schedulers(database), process, log)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0, log.read_text()


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
