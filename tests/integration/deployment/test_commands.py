"""The command lines of the containers, run on this host against a real database.

As in the image: the files that .dockerignore lets through, where they cannot be written; settings
by environment alone, secrets in files; no capabilities. What cannot be tried without a container
engine is the image itself.
"""

import os
import shlex
import shutil
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
from hydrodiag.embedded.location import ServerUser, can_reach
from hydrodiag.jobs import list_schedulers
from tests.scratch import scratch_folder

ROOT = Path(__file__).resolve().parents[3]
SERVICES = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text())["services"]
CONTAINER_USER = 10001
LONG_ENOUGH_S = 90
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """What .dockerignore lets through, not to be written, on the way of any user."""
    with scratch_folder() as scratch:
        folder = scratch / "app"
        copy_build_context(folder)
        yield folder


@pytest.fixture
def scratch() -> Iterator[Path]:
    """The container's /tmp, /data and /run/secrets."""
    with scratch_folder() as folder:
        folder.chmod(0o777)
        yield folder


@pytest.fixture
def url_file(database_url: str, scratch: Path) -> Path:
    path = scratch / "database_url"
    path.write_text(f"{database_url}\n")
    return path


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def start(image: Path, url_file: Path, scratch: Path) -> Iterator[Start]:
    """Start the command of a service as its container would; ended with SIGTERM."""
    started: list[subprocess.Popen[bytes]] = []

    def run(service: str, **changed: str) -> subprocess.Popen[bytes]:
        with (scratch / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                command_of(service, image),
                cwd=image,
                env=environment_of(image, url_file, **changed),
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


def copy_build_context(folder: Path) -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    for name in (rule[1:] for rule in rules if rule.startswith("!")):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy2(source, target)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() or path.suffix == "" else 0o444)


def command_of(service: str, image: Path) -> list[str]:
    """As the compose file has it, in the folder of `image`."""
    words = [word.replace("$$", "$") for word in SERVICES[service]["command"]]
    own = [word.replace("/app/", f"{image}/") for word in words]
    return [*_without_rights(), *own]


def _without_rights() -> list[str]:
    """Root loses its capabilities, and so the right to write what is read-only.

    It becomes the container's user as well, unless this Python is in a folder closed to others.
    """
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return []
    user = ServerUser("container", CONTAINER_USER, CONTAINER_USER)
    is_open = can_reach(user, Path(sys.executable)) and can_reach(user, Path(sys.prefix))
    ids = [f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups"] if is_open else []
    return ["setpriv", *ids, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]


def test_what_is_read_only_stays_so_without_rights(image: Path) -> None:
    command = [*_without_rights(), "touch", str(image / "app.py"), str(image / "new")]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert not (image / "new").exists()


def environment_of(image: Path, url_file: Path, **changed: str) -> dict[str, str]:
    """Nothing but what the image and the compose file set; `hydrodiag` is the image's script."""
    scratch = url_file.parent
    bin_dir = scratch / "bin"
    bin_dir.mkdir(exist_ok=True)
    script = (image / "deploy/hydrodiag").read_text().replace("/app", shlex.quote(str(image)))
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
    postgres_server: str, image: Path, scratch: Path
) -> None:
    name = f"hydrodiag_deploy_{os.getpid()}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        url_file = scratch / "database_url"
        url_file.write_text(url)
        done = subprocess.run(
            command_of("migrate", image),
            cwd=image,
            env=environment_of(image, url_file),
            capture_output=True,
            text=True,
            check=False,
        )
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    assert done.returncode == 0, done.stderr
    assert f"at revision {newest_revision()}" in done.stdout
    assert str(make_url(url).password) not in done.stdout + done.stderr


def test_migrate_names_a_missing_secret_and_fails(image: Path, scratch: Path) -> None:
    done = subprocess.run(
        command_of("migrate", image),
        cwd=image,
        env=environment_of(image, scratch / "gone"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL_FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_app_serves_and_ends_on_sigterm(start: Start, port: int, scratch: Path) -> None:
    process = start(
        "app", HYDRODIAG_PORT=str(port), HYDRODIAG_PUBLIC_ORIGIN="https://hydro.example"
    )
    wait_until(lambda: is_healthy(port), process, scratch / "app.log")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) in {0, -signal.SIGTERM}
    assert not is_healthy(port)


def test_the_app_listens_where_it_is_told_alone(start: Start, port: int, scratch: Path) -> None:
    process = start("app", HYDRODIAG_PORT=str(port), HYDRODIAG_HOST="127.0.0.2")
    log = scratch / "app.log"
    wait_until(lambda: _accepts("127.0.0.2", port), process, log)
    assert not _accepts("127.0.0.1", port)


def test_the_scheduler_works_and_ends_on_sigterm(
    start: Start, port: int, database: Database, scratch: Path
) -> None:
    process = start("scheduler", HYDRODIAG_SCHEDULER_PORT=str(port))
    log = scratch / "scheduler.log"
    wait_until(lambda: list_schedulers(database), process, log)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0, log.read_text()


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
