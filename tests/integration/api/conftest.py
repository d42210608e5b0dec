"""The API over real HTTP, before a real database."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from hydrodiag.accounts import Actor, Role
from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.api import Limits, build_routes
from hydrodiag.db import Database
from tests.integration.ingest.conftest import add_system, start_at, system_id

__all__ = ["start_at", "system_id"]

ADA = Actor("ada", Role.ADMINISTRATOR)
BOTH = (Scope.READ, Scope.WRITE)
START_S = 30
Serve = Callable[..., httpx.Client]


@contextmanager
def serving(database: Callable[[], Database], limits: Limits | None = None) -> Iterator[str]:
    """URL of a server in a thread of this process."""
    app = Starlette(routes=build_routes(database, limits))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def key(database: Database, system_id: int) -> str:
    """May read and write all systems."""
    return create_key(database, ADA, KeyDraft("gateway", BOTH))


@pytest.fixture
def client(database: Database, key: str) -> Iterator[httpx.Client]:
    with serving(lambda: database) as url, opened(url, key) as client:
        yield client


def opened(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60)


@pytest.fixture
def other_system(database: Database, system_id: int) -> int:
    return add_system(database, "HPU2")
