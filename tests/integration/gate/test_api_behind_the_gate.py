"""The machine API as machines reach it: through the gate, with a key and without a session."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.db import Database
from tests.machines import measured_machine
from tests.people import sign_in_person

from .conftest import cookie

ADA = Actor("ada", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def key(people: Database) -> str:
    measured_machine(people, "press-api")
    return create_key(people, ADA, KeyDraft("telegraf", scopes=(Scope.READ, Scope.WRITE)))


def send(base: str, headers: dict[str, str]) -> httpx.Response:
    at = datetime.now(UTC) - timedelta(minutes=1, microseconds=1)
    reading = {"time": at.isoformat(), "sensor": "press-api/P_PUMP", "value": 150.1}
    return httpx.post(f"{base}/api/v1/readings", json={"readings": [reading]}, headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "Token"])
def test_a_key_lets_a_machine_write_and_read(base: str, key: str, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {key}"}
    written = send(base, headers)
    assert written.status_code == 200, written.text
    assert written.json()["inserted"] == 1
    systems = httpx.get(f"{base}/api/v1/systems", headers=headers)
    assert "press-api" in systems.text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}])
def test_without_a_key_the_gate_refuses(base: str, headers: dict[str, str]) -> None:
    assert send(base, {**headers, "Origin": base}).status_code == 401


def test_a_made_up_key_is_refused(base: str) -> None:
    assert send(base, {"Authorization": "Bearer hdk_1_made-up"}).status_code == 401


def test_a_browsers_session_is_no_key(base: str, people: Database) -> None:
    headers = {**cookie(sign_in_person(people, "ada")), "Origin": base}
    assert send(base, headers).status_code == 401


def test_an_unknown_address_is_said_as_json(base: str, key: str) -> None:
    answer = httpx.get(f"{base}/api/v1/nothing", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 404
    assert answer.json()["error"]
