"""The real app behind its gate, on the database of the test module."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hydrodiag.accounts import Role
from hydrodiag.db import Database
from tests.conftest import copied_database
from tests.people import COOKIE, PASSWORD, add_person
from tests.ports import free_port
from tests.served import serving_app

PEOPLE = {
    "vera": Role.VIEWER,
    "emil": Role.ENGINEER,
    "olga": Role.OPERATOR,
    "ada": Role.ADMINISTRATOR,
}


@pytest.fixture(scope="module")
def gate_url(postgres_server: str, template_database: str) -> Iterator[str]:
    with copied_database(postgres_server, template_database) as url:
        yield url


@pytest.fixture(scope="module")
def people(gate_url: str) -> Iterator[Database]:
    """The database with vera, emil, olga and ada, one of each role."""
    database = Database(gate_url, application="test")
    for name, role in PEOPLE.items():
        add_person(database, name, role)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def base(
    gate_url: str,
    people: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    port = free_port()
    log: Path = tmp_path_factory.mktemp("gate") / "app.log"
    with serving_app(gate_url, port, log, {"HYDRODIAG_SESSION_CHECK_S": "0.5"}) as url:
        yield url


def log_in(base: str, name: str, password: str = PASSWORD) -> str:
    """The token in the cookie of a real sign-in."""
    answer = httpx.post(
        f"{base}/sign-in",
        data={"user_name": name, "password": password, "next": "/"},
        headers={"Origin": base},
    )
    assert answer.status_code == 303, answer.text
    return answer.cookies[COOKIE]


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={token}"}
