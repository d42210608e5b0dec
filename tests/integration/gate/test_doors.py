"""The sign-in and its limits, invitations, and what shows when nobody can be let in."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from hydrodiag.accounts import Actor, Role, has_users, invite, list_events
from hydrodiag.accounts.audit import AuditFilter
from hydrodiag.db import Database
from hydrodiag.ui.gate.doors import safe_path
from tests.people import COOKIE, PASSWORD, add_person
from tests.ports import free_port
from tests.served import serving_app

from .conftest import cookie, log_in

ADA = Actor("ada", Role.ADMINISTRATOR)


def post_sign_in(base: str, name: str, password: str, **more: str) -> httpx.Response:
    data = {"user_name": name, "password": password, **more}
    return httpx.post(f"{base}/sign-in", data=data, headers={"Origin": base})


def test_the_cookie_is_for_this_site_and_no_script(base: str) -> None:
    flags = post_sign_in(base, "vera", PASSWORD).headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "path=/" in flags
    assert "domain" not in flags


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(
    gate_url: str, people: Database, tmp_path: Path
) -> None:
    port = free_port()
    origin = "https://hydro.example"
    settings = {"HYDRODIAG_PUBLIC_ORIGIN": origin}
    with serving_app(gate_url, port, tmp_path / "app.log", settings) as url:
        data = {"user_name": "vera", "password": PASSWORD}
        answer = httpx.post(f"{url}/sign-in", data=data, headers={"Origin": origin})
        assert answer.status_code == 303
        assert answer.headers["set-cookie"].startswith("__Host-hydrodiag=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]
        assert httpx.post(f"{url}/sign-in", data=data, headers={"Origin": url}).status_code == 403


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(base: str) -> None:
    browser = httpx.Client(base_url=base, headers={"Origin": base})
    data = {"user_name": "vera", "password": PASSWORD}
    browser.post("/sign-in", data=data)
    before = browser.cookies[COOKIE]
    browser.post("/sign-in", data=data)
    assert browser.cookies[COOKIE] != before
    assert httpx.get(f"{base}/_stcore/health", headers=cookie(before)).status_code == 401


@pytest.mark.parametrize(
    "following",
    [
        "//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)",
        "/sign-in", "/sign-out", "/%0d%0aSet-Cookie:x=1", "\t//evil", "", "\x00/",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(base: str, following: str) -> None:
    answer = post_sign_in(base, "vera", PASSWORD, next=following)
    where = answer.headers["location"]
    assert answer.status_code == 303
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "\n" not in where


def test_a_path_of_ours_is_kept() -> None:
    assert safe_path("/readings?system=a&range=6h") == "/readings?system=a&range=6h"


@pytest.mark.parametrize("name", ["vera", "nobody-of-this-name", "", "x" * 5000, "ve\x00ra"])
def test_the_answer_does_not_tell_whether_there_is_such_a_user(base: str, name: str) -> None:
    answer = post_sign_in(base, name.replace("\x00", ""), "wrong password here")
    assert answer.status_code == 401
    assert "User name or password is wrong." in answer.text


def test_guessing_closes_the_account_for_that_address_only(base: str, people: Database) -> None:
    add_person(people, "guessed", Role.VIEWER)
    with people.write() as connection:
        connection.execute(text("DELETE FROM sign_in_attempt"))
        connection.execute(
            text(
                "INSERT INTO sign_in_attempt (user_name, address, succeeded) "
                "SELECT 'guessed', '203.0.113.9', false FROM generate_series(1, 30)"
            )
        )
    assert post_sign_in(base, "guessed", PASSWORD).status_code == 303, "another address may"
    for _ in range(8):
        assert post_sign_in(base, "guessed", "wrong password here").status_code == 401
    closed = post_sign_in(base, "guessed", PASSWORD)
    assert closed.status_code == 429
    assert closed.headers["retry-after"] == "600"
    assert post_sign_in(base, "vera", PASSWORD).status_code == 303, "others may"
    with people.write() as connection:
        connection.execute(text("DELETE FROM sign_in_attempt"))


def test_sign_ins_stand_in_the_audit_log_without_passwords(base: str, people: Database) -> None:
    log_in(base, "olga")
    post_sign_in(base, "olga", "wrong password here")
    events = list_events(people, AuditFilter(actor="olga", action="sign in"), limit=2)
    assert [event.outcome for event in events] == ["refused", "done"]
    assert events[1].address == "127.0.0.1"
    assert "wrong password here" not in str(events)
    assert PASSWORD not in str(events)


def test_an_invitation_makes_one_account_of_its_role(base: str, people: Database) -> None:
    token = invite(people, ADA, Role.ENGINEER, "Boris")
    url = f"{base}/invitation?token={token}"
    assert "as engineer" in httpx.get(url).text
    form = {"user_name": "boris", "full_name": "Boris", "password": PASSWORD}
    differ = httpx.post(url, data={**form, "password_again": "x"}, headers={"Origin": base})
    assert "differ" in differ.text
    assert PASSWORD not in differ.text
    short = {**form, "password": "short", "password_again": "short"}
    assert "12 to 256" in httpx.post(url, data=short, headers={"Origin": base}).text
    data = {**form, "password_again": PASSWORD}
    made = httpx.post(url, data=data, headers={"Origin": base})
    assert made.status_code == 303
    assert made.cookies[COOKIE]
    again = httpx.post(url, data={**data, "user_name": "boris2"}, headers={"Origin": base})
    assert again.status_code == 404
    with people.write() as connection:
        role = connection.execute(text("SELECT role FROM app_user WHERE user_name = 'boris'"))
        assert role.scalar_one() == "engineer"


def test_a_made_up_invitation_is_none(base: str) -> None:
    assert httpx.get(f"{base}/invitation?token=made-up").status_code == 404
    assert httpx.get(f"{base}/invitation").status_code == 404


def test_without_any_account_the_first_page_says_how_to_make_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    assert not has_users(database)
    port = free_port()
    with serving_app(database_url, port, tmp_path / "app.log") as url:
        page = httpx.get(url, headers={"Accept": "text/html"}, follow_redirects=True)
        assert "make superuser" in page.text
        assert "<form" not in page.text


def test_without_a_database_it_lives_but_lets_nobody_in(tmp_path: Path) -> None:
    port = free_port()
    away = "postgresql://nobody:secret-word@127.0.0.1:1/nothing"
    with serving_app(away, port, tmp_path / "app.log") as url:
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert httpx.get(f"{url}/readyz").status_code == 503
        guess = cookie("x" * 43)
        page = httpx.get(url, headers={**guess, "Accept": "text/html"})
        assert page.status_code == 503
        assert "the database is not reachable" in page.text
        assert "secret-word" not in page.text
        assert httpx.get(f"{url}/_stcore/health", headers=guess).status_code == 503
        assert httpx.get(f"{url}/_stcore/health").status_code == 401
