"""Starting, stopping and sharing the private server, and its death."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.embedded import Installation, ensure_cluster, serve_cluster
from hydrodiag.embedded.location import ServerUser, can_reach
from hydrodiag.embedded.postmaster import find_postmaster
from hydrodiag.embedded.server import ensure_running, start, stop
from hydrodiag.errors import SetupFailed

PYTHONS = (shutil.which("python3", path="/usr/bin"), os.path.realpath(sys.executable))


def quiet(_text: str) -> None:
    pass


def test_the_server_is_timescaledb_with_telemetry_and_jit_off(
    installation: Installation, cluster_folder: Path
) -> None:
    with (
        serve_cluster(installation, cluster_folder, report=quiet) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        connection.execute("CREATE EXTENSION timescaledb")
        assert _setting(connection, "timescaledb.telemetry_level") == "off"
        assert _setting(connection, "jit") == "off"
        assert _setting(connection, "data_checksums") == "on"
        assert _setting(connection, "password_encryption") == "scram-sha-256"
        assert _setting(connection, "listen_addresses") == "127.0.0.1"
    assert find_postmaster(cluster_folder / "data") is None


def test_nobody_else_can_read_the_password_or_come_in_without_it(
    installation: Installation, cluster_folder: Path
) -> None:
    with serve_cluster(installation, cluster_folder, report=quiet) as url:
        assert stat.S_IMODE((cluster_folder / "password").stat().st_mode) == 0o600
        assert stat.S_IMODE(cluster_folder.stat().st_mode) == 0o700
        head, _, tail = url.partition("@")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"{head}x@{tail}")


def test_data_and_url_outlive_a_restart(installation: Installation, cluster_folder: Path) -> None:
    with serve_cluster(installation, cluster_folder, report=quiet) as first_url:
        _write(first_url)
    with serve_cluster(installation, cluster_folder, report=quiet) as url:
        assert url == first_url
        assert _read(url) == [(1,)]


def test_a_killed_server_comes_back_with_what_was_committed(
    installation: Installation, cluster_folder: Path
) -> None:
    with serve_cluster(installation, cluster_folder, report=quiet) as url:
        _write(url)
        _kill_postmaster(cluster_folder)
        cluster = ensure_cluster(installation, cluster_folder)
        assert ensure_running(cluster, quiet) == url
        assert _read(url) == [(1,)]


def test_a_number_taken_over_by_another_program_does_not_keep_it_from_starting(
    installation: Installation, cluster_folder: Path
) -> None:
    with serve_cluster(installation, cluster_folder, report=quiet) as url:
        _write(url)
        pid_file = cluster_folder / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        _kill_postmaster(cluster_folder)
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
        assert find_postmaster(cluster_folder / "data") is None
        cluster = ensure_cluster(installation, cluster_folder)
        assert _read(ensure_running(cluster, quiet)) == [(1,)]


def test_many_at_once_start_one_server_and_the_last_to_leave_stops_it(
    installation: Installation, cluster_folder: Path
) -> None:
    heard: list[str] = []

    def use(_number: int) -> str:
        with serve_cluster(installation, cluster_folder, report=heard.append) as url:
            assert psycopg.connect(url).execute("SELECT 1").fetchone() == (1,)
            time.sleep(0.3)
            return url

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(use, range(4)))) == 1
    assert len([text for text in heard if "ready" in text]) == 1
    assert heard[-1] == "database stopped"
    assert find_postmaster(cluster_folder / "data") is None


def test_two_processes_share_one_server(installation: Installation, cluster_folder: Path) -> None:
    with serve_cluster(installation, cluster_folder, report=quiet) as url:
        other = _serve_in_a_process(installation, cluster_folder)
        assert other.stdout is not None
        assert other.stdout.readline().strip() == url
        other.kill()
        other.wait()
        assert find_postmaster(cluster_folder / "data") is not None
        assert psycopg.connect(url).execute("SELECT 1").fetchone() == (1,)


def test_the_server_of_a_killed_user_is_stopped_by_the_next_one(
    installation: Installation, cluster_folder: Path
) -> None:
    other = _serve_in_a_process(installation, cluster_folder)
    assert other.stdout is not None
    url = other.stdout.readline().strip()
    other.kill()
    other.wait()
    assert find_postmaster(cluster_folder / "data") is not None
    with serve_cluster(installation, cluster_folder, report=quiet) as next_url:
        assert next_url == url
    assert find_postmaster(cluster_folder / "data") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_it_runs_for_an_ordinary_user(installation: Installation, cluster_folder: Path) -> None:
    entry = pwd.getpwnam("nobody")
    nobody = ServerUser("nobody", entry.pw_uid, entry.pw_gid)
    python = next((path for path in PYTHONS if path and can_reach(nobody, Path(path))), None)
    if python is None or not can_reach(nobody, installation.folder):
        pytest.skip("needs a Python and an unpacked server that the user `nobody` can reach")
    code = _give_code_to(nobody, cluster_folder.parent)
    server = _serve_in_a_process(
        installation, cluster_folder, python=Path(python), code=code, user=nobody
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    assert psycopg.connect(url).execute("SELECT 1").fetchone() == (1,)
    assert (cluster_folder / "data").stat().st_uid == nobody.uid
    server.send_signal(signal.SIGINT)
    assert server.wait(20) != 0
    assert find_postmaster(cluster_folder / "data") is None


def test_a_server_that_does_not_start_shows_the_end_of_its_log(
    installation: Installation, cluster_folder: Path
) -> None:
    cluster = ensure_cluster(installation, cluster_folder, settings={"shared_buffers": "many"})
    with pytest.raises(SetupFailed, match='invalid value for parameter "shared_buffers"'):
        start(cluster, quiet)


def test_a_cluster_of_another_version_is_not_touched(
    installation: Installation, cluster_folder: Path
) -> None:
    cluster = ensure_cluster(installation, cluster_folder)
    (cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(SetupFailed, match="made by PostgreSQL 12"):
        ensure_cluster(installation, cluster_folder)


def test_a_broken_first_attempt_is_made_again(
    installation: Installation, cluster_folder: Path
) -> None:
    cluster = ensure_cluster(installation, cluster_folder)
    cluster.data.rename(cluster_folder / "data.new")
    (cluster_folder / "data.new" / "PG_VERSION").unlink()
    with serve_cluster(installation, cluster_folder, report=quiet) as url:
        _write(url)


def test_stopping_waits_for_no_client(installation: Installation, cluster_folder: Path) -> None:
    cluster = ensure_cluster(installation, cluster_folder)
    with psycopg.connect(ensure_running(cluster, quiet)) as busy:
        busy.execute("SELECT 1")
        stop(cluster, quiet)
        assert find_postmaster(cluster.data) is None
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")


def _serve_in_a_process(
    installation: Installation,
    folder: Path,
    *,
    python: Path = Path(sys.executable),
    code: Path = PROJECT_ROOT,
    user: ServerUser | None = None,
) -> "subprocess.Popen[str]":
    """A process that prints the URL and then holds its share until it is ended."""
    fields = (str(installation.folder), installation.postgres_major)
    script = (
        "import signal\n"
        "from pathlib import Path\n"
        # Where tests run on several cores the signal is ignored, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from hydrodiag.embedded import Installation, serve_cluster\n"
        f"installed = Installation(Path({fields[0]!r}), {fields[1]}, '', ())\n"
        f"with serve_cluster(installed, Path({str(folder)!r})) as url:\n"
        "    print(url, flush=True)\n"
        "    signal.pause()\n"
    )
    run: Callable[..., subprocess.Popen[str]] = subprocess.Popen
    identity = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
    return run([python, "-c", script], cwd=code, stdout=subprocess.PIPE, text=True, **identity)


def _give_code_to(user: ServerUser, folder: Path) -> Path:
    """The embedded server needs nothing but the standard library."""
    code = folder / "code"
    shutil.copytree(PROJECT_ROOT / "hydrodiag", code / "hydrodiag")
    for path in (folder, code, *code.rglob("*")):
        os.chown(path, user.uid, user.gid)
    return code


def _kill_postmaster(folder: Path) -> None:
    postmaster = find_postmaster(folder / "data")
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)
    give_up_at = time.monotonic() + 10
    while find_postmaster(folder / "data") and time.monotonic() < give_up_at:
        time.sleep(0.02)


def _write(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")


def _read(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT n FROM kept").fetchall()


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])
