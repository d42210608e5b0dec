"""Single sign-on against a local identity provider, with the real client."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from hydrodiag.accounts import Role, disable_user
from hydrodiag.accounts.users import COMMAND_LINE
from hydrodiag.db import Database
from tests.people import COOKIE, add_person
from tests.ports import free_port
from tests.served import running, serving_app, wait_for

ROLES = {"hydro-ops": "operator", "hydro-all": "viewer"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    log: Path = tmp_path_factory.mktemp("provider") / "provider.log"
    program = Path(__file__).with_name("identity_provider.py")
    with running((str(program), str(port)), "", log):
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz", log)
        yield url


@pytest.fixture(scope="module")
def app(
    provider: str, gate_url: str, people: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    port = free_port()
    settings = {
        "HYDRODIAG_OIDC_ISSUER": provider,
        "HYDRODIAG_OIDC_NAME": "Plant login",
        "HYDRODIAG_OIDC_CLIENT_ID": "hydrodiag",
        "HYDRODIAG_OIDC_CLIENT_SECRET": "between-us",
        "HYDRODIAG_OIDC_ROLES": json.dumps(ROLES),
    }
    log = tmp_path_factory.mktemp("sso") / "app.log"
    with serving_app(gate_url, port, log, settings) as url:
        yield url


def claim(provider: str, **claims: object) -> None:
    httpx.post(f"{provider}/claims", json={"sub": "4711", **claims})


def come_back(browser: httpx.Client, app: str, following: str = "/readings") -> str:
    """The address with which the provider sends the browser back."""
    start = browser.get(f"{app}/oidc/start?next={following}")
    assert start.status_code == 302
    assert "code_challenge=" in start.headers["location"]
    return str(browser.get(start.headers["location"]).headers["location"])


def role_of(db: Database, name: str) -> str | None:
    with db.write() as connection:
        query = text("SELECT role FROM app_user WHERE user_name = :name")
        return connection.execute(query, {"name": name}).scalar()


def test_the_sign_in_page_offers_it(app: str) -> None:
    assert "Sign in with Plant login" in httpx.get(f"{app}/sign-in").text


def test_who_comes_from_the_provider_gets_an_account_of_the_claims_role(
    app: str, provider: str, people: Database
) -> None:
    claim(provider, preferred_username="nina", name="Nina", groups=["hydro-all", "hydro-ops"])
    browser = httpx.Client()
    back = browser.get(come_back(browser, app))
    assert back.status_code == 303
    assert back.headers["location"] == "/readings"
    assert browser.get(f"{app}/_stcore/health").status_code == 200
    assert role_of(people, "nina") == "operator"
    claim(provider, preferred_username="nina", groups="hydro-all")
    again = httpx.Client()
    again.get(come_back(again, app))
    assert role_of(people, "nina") == "viewer", "the role follows the claim"


def test_without_a_role_nobody_gets_in(app: str, provider: str, people: Database) -> None:
    claim(provider, sub="1", preferred_username="stranger", groups=["others"])
    browser = httpx.Client()
    back = browser.get(come_back(browser, app))
    assert back.status_code == 403
    assert "no role in HydroDiag" in back.text
    assert COOKIE not in browser.cookies
    assert role_of(people, "stranger") is None


def test_a_local_account_of_the_same_name_is_not_taken_over(
    app: str, provider: str, people: Database
) -> None:
    claim(provider, sub="2", preferred_username="ada", groups=["hydro-all"])
    browser = httpx.Client()
    assert browser.get(come_back(browser, app)).status_code == 303
    assert role_of(people, "ada") == "administrator"
    assert role_of(people, "ada@sso") == "viewer"


def test_a_disabled_account_stays_out(app: str, provider: str, people: Database) -> None:
    claim(provider, sub="3", preferred_username="former", groups=["hydro-all"])
    browser = httpx.Client()
    browser.get(come_back(browser, app))
    user_id = add_person(people, "former", Role.VIEWER)
    disable_user(people, COMMAND_LINE, user_id)
    again = httpx.Client()
    assert again.get(come_back(again, app)).status_code == 403


def test_an_answer_of_the_provider_holds_once_and_for_its_browser(app: str, provider: str) -> None:
    claim(provider, sub="5", preferred_username="once", groups=["hydro-all"])
    browser = httpx.Client()
    address = come_back(browser, app)
    assert httpx.Client().get(address).status_code == 401, "another browser has no state"
    assert browser.get(address).status_code == 303
    assert browser.get(address).status_code == 401, "the state is used up"


def test_nobody_is_signed_in_with_anothers_answer(app: str, provider: str) -> None:
    claim(provider, sub="6", preferred_username="attacker", groups=["hydro-all"])
    attacker, victim = httpx.Client(), httpx.Client()
    address = come_back(attacker, app)
    victim.get(f"{app}/oidc/start")
    assert victim.get(address).status_code == 401
    assert COOKIE not in victim.cookies


def test_following_leads_to_our_pages_only(app: str, provider: str) -> None:
    claim(provider, sub="7", preferred_username="led", groups=["hydro-all"])
    browser = httpx.Client()
    back = browser.get(come_back(browser, app, "//evil.example"))
    assert back.headers["location"] == "/"
