"""Identity, roles and the end of sessions, on live WebSockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from streamlit.proto.BackMsg_pb2 import BackMsg

from hydrodiag.accounts import Role, allows, end_session
from hydrodiag.db import Database
from hydrodiag.ui.navigation import ENTRIES
from tests.people import COOKIE, find_session_id, sign_in_person

from .conftest import PEOPLE, cookie, log_in
from .stream_client import StreamClient, run_async
from .test_refusals import shake_hands

ENDED = 4401
PATIENCE_S = 20


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_async(story())


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not await check():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.1)


def change(db: Database, sql: str, **values: object) -> None:
    with db.write() as connection:
        connection.execute(text(sql), values)


def test_a_client_cannot_claim_to_be_somebody_else(base: str, people: Database) -> None:
    async def story() -> None:
        stolen = find_session_id(people, sign_in_person(people, "ada"))
        spoofed = {"X-Hydrodiag-Session": stolen, "x_hydrodiag_session": stolen}
        async with StreamClient(base, sign_in_person(people, "vera"), headers=spoofed) as client:
            await client.rerun()
            assert "Vera, viewer" in client.texts
            assert "users" not in client.pages

    run(story)


def test_nobody_takes_over_anothers_streamlit_session(base: str, people: Database) -> None:
    async def story() -> None:
        ada, vera = sign_in_person(people, "ada"), sign_in_person(people, "vera")
        async with StreamClient(base, ada) as first:
            await first.rerun()
            taken = first.streamlit_session
            async with StreamClient(base, vera, existing=taken) as other:
                await other.rerun()
                assert other.streamlit_session != taken
                assert "Vera, viewer" in other.texts
            await first.rerun()
            assert "Ada, administrator" in first.texts
        async with StreamClient(base, vera, existing=taken) as other:
            await other.rerun()
            assert other.streamlit_session != taken
        async with StreamClient(base, sign_in_person(people, "ada"), existing=taken) as again:
            await again.rerun()
            assert again.streamlit_session != taken, "a new sign-in begins afresh"

    run(story)


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_gets_its_pages_and_no_other(base: str, people: Database, name: str) -> None:
    """By the menu, by address, and by a page hash that somebody else has learned."""

    async def story() -> None:
        async with StreamClient(base, sign_in_person(people, "ada")) as administrator:
            await administrator.rerun()
            hashes = administrator.pages
        allowed = {entry.title for entry in ENTRIES if allows(PEOPLE[name], entry.permission)}
        async with StreamClient(base, sign_in_person(people, name)) as client:
            await client.rerun()
            assert len(client.pages) == len(allowed)
            for entry in ENTRIES:
                for how in (
                    {"page": entry.url_path},
                    {"page_hash": hashes.get(entry.url_path, "")},
                ):
                    await client.rerun(**how)
                    may_see = entry.title in allowed
                    assert (entry.title in client.texts) is may_see or entry is ENTRIES[0]

    run(story)


def test_a_changed_role_holds_without_a_new_sign_in(base: str, people: Database) -> None:
    async def story() -> None:
        token = sign_in_person(people, "mara", Role.ADMINISTRATOR)
        async with StreamClient(base, token) as client:
            await client.rerun()
            assert "users" in client.pages
            change(people, "UPDATE app_user SET role = 'viewer' WHERE user_name = 'mara'")

            async def is_gone() -> bool:
                await client.rerun(page="users")
                return "users" not in client.pages and "Users" not in client.texts

            await eventually(is_gone)

    run(story)


@pytest.mark.parametrize("how", ["POST", "GET"])
def test_signing_out_ends_every_page_of_the_session_at_once(
    base: str, people: Database, how: str
) -> None:
    async def story() -> None:
        token, other_token = sign_in_person(people, "vera"), sign_in_person(people, "vera")
        async with (
            StreamClient(base, token) as one,
            StreamClient(base, token) as two,
            StreamClient(base, other_token) as other,
        ):
            for client in (one, two, other):
                await client.rerun()
            answer = await asyncio.to_thread(sign_out, base, token, how)
            assert answer.status_code == 303
            assert "Max-Age=0" in answer.headers["set-cookie"]
            assert [await one.until("close"), await two.until("close")] == [ENDED, ENDED]
            assert one.redirect == "/sign-in?why=signed-out"
            await other.rerun()
            assert await shake_hands(base, token=token) == 401
            assert await shake_hands(base, token=token, existing=one.streamlit_session) == 401
        stale = await asyncio.to_thread(httpx.get, f"{base}/_stcore/health", headers=cookie(token))
        assert stale.status_code == 401, "a copied cookie is worth nothing after sign-out"

    run(story)


def sign_out(base: str, token: str, how: str) -> httpx.Response:
    if how == "POST":
        headers = {**cookie(token), "Origin": base}
        return httpx.post(f"{base}/sign-out", headers=headers)
    headers = {**cookie(token), "Sec-Fetch-Site": "same-origin"}
    return httpx.get(f"{base}/auth/logout", headers=headers)


def test_a_link_from_another_site_signs_nobody_out(base: str, people: Database) -> None:
    headers = {**cookie(sign_in_person(people, "vera")), "Sec-Fetch-Site": "cross-site"}
    answer = httpx.get(f"{base}/sign-out", headers=headers)
    assert answer.status_code == 200
    assert 'action="/sign-out"' in answer.text
    assert httpx.get(f"{base}/_stcore/health", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE app_user SET disabled_at = now() WHERE user_name = :name",
        "UPDATE user_session SET expires_at = now() WHERE user_id = {user}",
        "UPDATE user_session SET ended_at = now() WHERE user_id = {user}",
        "UPDATE user_session SET last_seen_at = now() - interval '5 h' WHERE user_id = {user}",
    ],
)
def test_pages_end_when_only_the_database_has_changed(
    base: str, people: Database, sql: str
) -> None:
    name = f"temp-{abs(hash(sql)) % 10_000}"
    user = "(SELECT id FROM app_user WHERE user_name = :name)"

    async def story() -> None:
        async with StreamClient(base, sign_in_person(people, name, Role.VIEWER)) as client:
            await client.rerun()
            await asyncio.sleep(1.2)  # what this run notes is written by then
            change(people, sql.format(user=user), name=name)
            assert await client.until("close") == ENDED
            assert client.redirect == "/sign-in?why=session-ended"

    run(story)


def test_a_session_ended_by_another_process_ends_its_pages(base: str, people: Database) -> None:
    async def story() -> None:
        token = sign_in_person(people, "vera")
        async with StreamClient(base, token) as client:
            await client.rerun()
            end_session(people, find_session_id(people, token))
            assert await client.until("close") == ENDED

    run(story)


def test_timers_do_not_keep_a_session_alive_but_people_do(base: str, people: Database) -> None:
    async def story() -> None:
        token = sign_in_person(people, "vera")
        session_id = find_session_id(people, token)
        async with StreamClient(base, token) as client:
            await client.rerun()
            age = "UPDATE user_session SET last_seen_at = now() - interval '3 h' WHERE id = :id"
            await asyncio.sleep(1.2)  # what the first run notes is written by then
            change(people, age, id=session_id)
            await client.rerun(is_auto=True)
            await asyncio.sleep(1.2)
            assert last_seen_age_s(people, session_id) > 10_000
            await client.rerun()

            async def is_fresh() -> bool:
                return last_seen_age_s(people, session_id) < 60

            await eventually(is_fresh)

    run(story)


def last_seen_age_s(db: Database, session_id: str) -> float:
    sql = "SELECT extract(epoch FROM now() - last_seen_at) FROM user_session WHERE id = :id"
    with db.write() as connection:
        return float(connection.execute(text(sql), {"id": session_id}).scalar_one())


def test_messages_that_act_on_the_process_are_for_administrators(
    base: str, people: Database
) -> None:
    async def story() -> None:
        async with StreamClient(base, sign_in_person(people, "vera")) as client:
            await client.rerun()
            for name in ("clear_cache", "load_git_info"):
                message = BackMsg()
                setattr(message, name, True)
                await client.send(message)
            await client.rerun()
            assert "Vera, viewer" in client.texts

    run(story)


def test_the_cookie_never_reaches_a_page(base: str, people: Database) -> None:
    """Nor does anything of it stand in the database."""
    token = log_in(base, "vera")
    with people.write() as connection:
        rows = connection.execute(text("SELECT CAST(s.* AS text) FROM user_session s")).scalars()
        assert not any(token in row for row in rows)
    answer = httpx.get(base, headers={**cookie(token), "Accept": "text/html"})
    assert token not in answer.text
    assert COOKIE not in answer.text
