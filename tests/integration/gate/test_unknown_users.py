"""How long an answer takes tells nobody whether there is such a user: the work is the same."""

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerificationError
from sqlalchemy import text
from starlette.applications import Starlette

from hydrodiag.accounts import Actor, Role
from hydrodiag.accounts.users import disable_user
from hydrodiag.db import Database
from hydrodiag.ui.gate import state
from hydrodiag.ui.gate.doors import build_doors
from hydrodiag.ui.gate.lookup import SessionLookup
from hydrodiag.ui.gate.middleware import AuthGate
from hydrodiag.ui.gate.state import GateState
from tests.integration.gate.stream_client import run_async
from tests.people import PASSWORD, add_person

ADA = Actor("ada", Role.ADMINISTRATOR)
WRONG = "wrong password here"
ADDRESS = "203.0.113.20"
Work = list[tuple[object, ...]]


@pytest.fixture
def gate(people: Database, monkeypatch: pytest.MonkeyPatch) -> AuthGate:
    """The doors behind their gate, in this process."""
    shared = GateState("", lookup=SessionLookup(lambda: people))
    monkeypatch.setattr(state, "_states", [shared])
    return AuthGate(Starlette(routes=build_doors()), shared)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """What was hashed and with what parameters; a hash that is none is no work, and told by the
    name of its error.
    """
    done: Work = []
    hash_anew, verify = PasswordHasher.hash, PasswordHasher.verify

    def watched_hash(hasher: PasswordHasher, password: str) -> str:
        done.append(("hash", password))
        return hash_anew(hasher, password)

    def watched_verify(hasher: PasswordHasher, stored: str, password: str) -> bool:
        outcome = "it fits"
        try:
            return verify(hasher, stored, password)
        except VerificationError as error:
            outcome = type(error).__name__
            raise
        finally:
            done.append(("verify", password, extract_parameters(stored), outcome))

    monkeypatch.setattr(PasswordHasher, "hash", watched_hash)
    monkeypatch.setattr(PasswordHasher, "verify", watched_verify)
    return done


def sign_in(gate: AuthGate, name: str, password: str) -> int:
    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(gate, client=(ADDRESS, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://hydro") as client:
            data = {"user_name": name, "password": password}
            return await client.post("/sign-in", data=data, headers={"Origin": "http://hydro"})

    return run_async(post()).status_code


def add_others(db: Database) -> None:
    """One who is disabled, and one who signs in at another provider."""
    add_person(db, "known", Role.VIEWER)
    disable_user(db, ADA, add_person(db, "disabled", Role.VIEWER))
    elsewhere = add_person(db, "elsewhere", Role.VIEWER)
    with db.write() as connection:
        forget = text("UPDATE app_user SET password_hash = NULL WHERE id = :id")
        connection.execute(forget, {"id": elsewhere})


def test_for_whomever_one_hash_of_the_same_parameters_is_worked_out(
    gate: AuthGate, people: Database, work: Work
) -> None:
    add_others(people)
    work.clear()
    assert sign_in(gate, "known", WRONG) == 401
    ((*known, outcome),) = work
    assert (known[:2], outcome) == (["verify", WRONG], "VerifyMismatchError")
    for name in ("nobody-of-this-name", "disabled", "elsewhere", ""):
        work.clear()
        assert sign_in(gate, name, WRONG) == 401
        assert work == [(*known, outcome)], name


def test_the_right_password_is_what_opens_the_door(
    gate: AuthGate, people: Database, work: Work
) -> None:
    add_person(people, "known", Role.VIEWER)
    work.clear()
    assert sign_in(gate, "known", PASSWORD) == 303
    assert [done[-1] for done in work] == ["it fits"]
