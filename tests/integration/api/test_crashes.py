"""The server is killed in mid-request, where a lock of ours holds it; the client sends again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from hydrodiag.db import Database
from tests.integration.api.conftest import opened
from tests.integration.ingest.conftest import everything, rows, scalar
from tests.integration.ingest.test_crashes import (
    HOLDS,
    locked,
    wait_until_gone,
    wait_until_held,
)

PROGRAM = Path(__file__).with_name("crashing.py")
ROOT = Path(__file__).parents[3]
ROWS = 2000
WAIT_S = 60
Body = list[dict[str, Any]]


@contextmanager
def running(url: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The process and its address; killed for real at the end, if not before."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen([sys.executable, PROGRAM, url, str(port)], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address))
        yield child, address
    finally:
        child.kill()
        child.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v1/openapi.json").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def body(start_at: datetime) -> Body:
    """Readings, and one row for the quarantine."""
    good: Body = [
        {"time": (start_at + timedelta(seconds=n)).isoformat(), "sensor": "HPU1/PS1",
         "value": n % 300} for n in range(ROWS)
    ]  # fmt: skip
    return [*good, {"time": "never", "sensor": "HPU1/PS1", "value": 1}]


def send(address: str, key: str, body: Body) -> httpx.Response:
    with opened(address, key) as client:
        return client.post("/api/v1/readings", json={"readings": body})


def send_and_fail(address: str, key: str, body: Body) -> None:
    with pytest.raises(httpx.TransportError):
        send(address, key, body)


def assert_complete(database: Database) -> None:
    assert scalar(database, "SELECT count(*) FROM sensor_data") == ROWS
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 1
    assert rows(database, "SELECT sensor_id, value FROM sensor_latest") == rows(
        database, "SELECT sensor_id, value FROM sensor_data ORDER BY time DESC LIMIT 1"
    )


@pytest.mark.parametrize("hold", HOLDS.values(), ids=HOLDS)
def test_a_server_killed_in_mid_request_stores_nothing_and_the_retry_everything_once(
    database: Database, database_url: str, key: str, body: Body, hold: str
) -> None:
    with running(database_url) as (child, address), locked(database, hold):
        sender = Thread(target=send_and_fail, args=(address, key, body))
        sender.start()
        wait_until_held(database)
        child.kill()
        child.wait()
        sender.join()
    wait_until_gone(database)
    assert scalar(database, "SELECT count(*) FROM sensor_data") == 0
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 0
    with running(database_url) as (_, address):
        answer = send(address, key, body).json()
        assert (answer["inserted"], answer["quarantined"]) == (ROWS, 1)
        assert_complete(database)
        before = everything(database)
        again = send(address, key, body).json()
        assert (again["already_there"], again["quarantined"]) == (ROWS, 1)
        assert everything(database) == before


def test_clients_that_retry_through_a_kill_lose_and_double_nothing(
    database: Database, database_url: str, key: str, body: Body
) -> None:
    """Killed at no chosen point; every client sends each batch until it is answered."""
    batches = [body[start : start + 100] for start in range(0, len(body), 100)]
    address = [""]
    answered: list[int] = []

    def insist(mine: list[Body]) -> None:
        for batch in mine:
            wait_until(lambda batch=batch: _is_answered(address[0], key, batch))  # type: ignore[misc]
            answered.append(len(batch))

    clients = [Thread(target=insist, args=(batches[each::4],)) for each in range(4)]
    with running(database_url) as (child, address[0]):
        for client in clients:
            client.start()
        wait_until(lambda: len(answered) >= 4)
        child.kill()
        child.wait()
    with running(database_url) as (_, address[0]):
        for client in clients:
            client.join()
    assert sum(answered) == len(body)
    assert_complete(database)


def _is_answered(address: str, key: str, batch: Body) -> bool:
    try:
        return send(address, key, batch).status_code == 200
    except httpx.TransportError:
        return False
