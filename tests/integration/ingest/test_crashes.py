"""A loading process is killed for real, at points where a lock of ours holds it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hydrodiag.db import Database, Role
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest import list_files
from tests.integration.ingest.conftest import everything, rows, scalar

PROGRAM = Path(__file__).with_name("crashing.py")
ROOT = Path(__file__).parents[3]
ROWS = 3000
BLOCK_BYTES = 30_000
WAIT_S = 30


@pytest.fixture
def file(tmp_path: Path, start_at: datetime, catalog: SensorCatalog) -> Path:
    """Several batches, with one row for the quarantine in the first and in the last."""
    lines = ["time,sensor,value", "never,PS1,1"]
    lines += [f"{start_at + timedelta(seconds=n)},PS1,{n % 300}" for n in range(ROWS)]
    path = tmp_path / "readings.csv"
    path.write_text("\n".join([*lines, f"{start_at},PS9,1"]) + "\n")
    return path


def start_loading(url: str, file: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, str(PROGRAM), url, str(file), str(BLOCK_BYTES)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def load(url: str, file: Path) -> tuple[int, ...]:
    child = start_loading(url, file)
    output, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    return tuple(int(part) for part in output.split())


@contextmanager
def locked(database: Database, statement: str) -> Iterator[None]:
    with database.dedicated(Role.MAINT) as holder, holder.transaction():
        holder.execute(statement)
        yield


def wait_until_held(database: Database) -> None:
    """Until the child waits for our lock."""
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE application_name = 'crashing' AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + WAIT_S
    with database.dedicated(Role.MAINT) as watcher:
        watcher.execute("RESET ROLE")
        while not (watcher.execute(query).fetchone() or (0,))[0]:
            assert time.monotonic() < deadline, "the child never came to the lock"
            time.sleep(0.02)


def kill_while_held(database: Database, url: str, file: Path, statement: str) -> None:
    with locked(database, statement):
        child = start_loading(url, file)
        wait_until_held(database)
        child.send_signal(signal.SIGKILL)
        child.wait()
    wait_until_gone(database)


def wait_until_gone(database: Database) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'crashing%'"
    deadline = time.monotonic() + WAIT_S
    with database.dedicated(Role.MAINT) as watcher:
        while (watcher.execute(query).fetchone() or (0,))[0]:
            assert time.monotonic() < deadline, "the server kept the killed child's session"
            time.sleep(0.02)


def assert_complete(database: Database) -> None:
    assert scalar(database, "SELECT count(*) FROM sensor_data") == ROWS
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 2
    assert rows(database, "SELECT sensor_id, value FROM sensor_latest") == rows(
        database, "SELECT sensor_id, value FROM sensor_data ORDER BY time DESC LIMIT 1"
    )
    uncovered = (
        "SELECT count(*) FROM sensor_data AS data WHERE NOT EXISTS (SELECT FROM rollup_dirty "
        "WHERE sensor_id = data.sensor_id AND data.time >= lo AND data.time < hi)"
    )
    assert scalar(database, uncovered) == 0


HOLDS = {
    "between COPY and the latest values": "LOCK TABLE sensor_latest IN ACCESS EXCLUSIVE MODE",
    "before the dirty ranges": "LOCK TABLE rollup_dirty IN ACCESS EXCLUSIVE MODE",
    "before the quarantine": "LOCK TABLE quarantined_reading IN ACCESS EXCLUSIVE MODE",
    "right before the commit": "LOCK TABLE data_generation IN EXCLUSIVE MODE",
}


@pytest.mark.parametrize("hold", HOLDS.values(), ids=HOLDS)
def test_a_killed_process_leaves_nothing_of_its_batch_and_the_retry_completes_it(
    database: Database, database_url: str, file: Path, hold: str
) -> None:
    kill_while_held(database, database_url, file, hold)
    assert scalar(database, "SELECT count(*) FROM sensor_data") == 0
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 0
    assert scalar(database, "SELECT count(*) FROM ingest_batch") == 0
    assert list_files(database)[0].state == "interrupted"
    assert load(database_url, file) == (ROWS, 0, 2)
    assert_complete(database)


def test_a_process_killed_after_some_batches_is_completed_without_doubles(
    database: Database, database_url: str, file: Path
) -> None:
    child = start_loading(database_url, file)
    deadline = time.monotonic() + WAIT_S
    while not scalar(database, "SELECT count(*) FROM ingest_batch"):
        assert time.monotonic() < deadline
    child.send_signal(signal.SIGKILL)
    child.wait()
    wait_until_gone(database)
    stored = scalar(database, "SELECT count(*) FROM sensor_data")
    batches = scalar(database, "SELECT coalesce(sum(inserted), 0) FROM ingest_batch")
    assert stored == batches
    inserted, already_there, quarantined = load(database_url, file)
    assert (inserted, already_there, quarantined) == (ROWS - stored, stored, 2)
    assert_complete(database)


def test_two_processes_with_the_same_file_load_it_once(
    database: Database, database_url: str, file: Path
) -> None:
    children = [start_loading(database_url, file) for _ in range(2)]
    outputs = [child.communicate(timeout=120)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    counts = [[int(part) for part in output.split()] for output in outputs]
    assert sum(count[0] for count in counts) == ROWS
    assert all(count[0] + count[1] == ROWS for count in counts)
    assert_complete(database)


def test_a_file_after_a_crash_is_the_same_as_without_one(
    database: Database, database_url: str, file: Path
) -> None:
    kill_while_held(database, database_url, file, HOLDS["right before the commit"])
    load(database_url, file)
    before = everything(database)
    assert load(database_url, file) == (0, ROWS, 2)
    assert everything(database) == before
