"""Without a session nothing passes: no HTTP route, no WebSocket, no trick with the path."""

import http.client
import json
import os
import subprocess
import sys

import httpx
import pytest
import websockets

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.db import Database
from hydrodiag.ui.gate.policy import PUBLIC_PATHS
from tests.people import find_session_id, sign_in_person

from .conftest import cookie, log_in
from .stream_client import StreamClient, run_async

PLACEHOLDERS = {
    "{file_id:path}": "x.png", "{session_id}": "s", "{file_id}": "f", "{path:path}": "p/q.js",
}  # fmt: skip
LIST_ROUTES = """
import json, app
built = app.app._build_starlette_app()
print("ROUTES=" + json.dumps([
    [type(r).__name__, r.path, sorted(getattr(r, "methods", None) or [])] for r in built.routes
]))
"""


def list_routes() -> list[tuple[str, str, list[str]]]:
    """From the real app, so that a route added by an upgrade of Streamlit is covered."""
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    output = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES], cwd=PROJECT_ROOT, env=environment,
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    line = next(line for line in output.splitlines() if line.startswith("ROUTES="))
    return [tuple(route) for route in json.loads(line.removeprefix("ROUTES="))]


def fill(path: str) -> str:
    for placeholder, value in PLACEHOLDERS.items():
        path = path.replace(placeholder, value)
    return path


def test_every_http_route_refuses_without_a_session(base: str) -> None:
    routes = list_routes()
    assert {kind for kind, _, _ in routes} <= {"Route", "WebSocketRoute", "Mount"}
    assert len(routes) > 15
    answers = {}
    for kind, path, methods in routes:
        if kind == "WebSocketRoute" or path in PUBLIC_PATHS:
            continue
        url = fill(path) + ("/static/js/index.js" if kind == "Mount" else "")
        for method in methods or ["GET", "POST"]:
            answer = httpx.request(method, base + url, headers={"Origin": base})
            answers[method, url] = answer.status_code
    assert {code for code in answers.values()} == {401}, answers


def test_there_is_one_websocket(base: str) -> None:
    sockets = [path for kind, path, _ in list_routes() if kind == "WebSocketRoute"]
    assert sockets == ["/_stcore/stream"]


@pytest.mark.parametrize(
    "path",
    [
        "/", "/readings", "//sign-in", "/sign-in/", "/SIGN-IN", "/sign-in/../_stcore/health",
        "/sign-in%2f..%2f_stcore%2fhealth", "/healthz/..;/_stcore/metrics", "/healthz%00",
        "/static/../sign-in", "/_stcore/host-config", "/app/static/x", "/favicon.png",
        "/manifest.json", "/_stcore/agent/openapi.json", "/auth/login?provider=x",
        "/oauth2callback", "/invitation/x", "/api/v1/readings",
    ],
)  # fmt: skip
def test_paths_that_look_like_a_door_are_none(base: str, path: str) -> None:
    """Sent as written: a client library would tidy them up."""
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
    connection.request("GET", path)
    assert connection.getresponse().status in (400, 401)


def test_a_page_leads_to_the_sign_in_and_back(base: str) -> None:
    answer = httpx.get(f"{base}/readings?system=a&range=6h", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/readings%3Fsystem%3Da%26range%3D6h"


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({}, 401),
        ({"token": "x" * 43}, 401),
        ({"headers": {"X-Hydrodiag-Session": "SID"}}, 401),
        ({"headers": {"X_Hydrodiag_Session": "SID"}}, 401),
        ({"headers": {"Authorization": "Bearer SID"}}, 401),
        ({"token": "GOOD", "origin": "https://evil.example"}, 403),
        ({"token": "GOOD", "origin": "http://127.0.0.1:9999"}, 403),
        ({"token": "GOOD", "origin": "http://localhost"}, 403),
        ({"token": "GOOD", "origin": "null"}, 403),
        ({"token": "GOOD", "origin": None}, 403),
        ({"token": "GOOD"}, "open"),
    ],
)
def test_the_websocket_needs_a_session_and_our_origin(
    base: str, people: Database, how: dict, status: object
) -> None:
    token = sign_in_person(people, "vera")
    session_id = find_session_id(people, token)
    if how.get("token") == "GOOD":
        how = {**how, "token": token}
    if "headers" in how:
        texts = {name: each.replace("SID", session_id) for name, each in how["headers"].items()}
        how = {**how, "headers": texts}
    assert run_async(shake_hands(base, **how)) == status


async def shake_hands(base: str, **how) -> object:
    try:
        async with StreamClient(base, **how):
            return "open"
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sign-in"),
        ("POST", "/sign-out"),
        ("POST", "/invitation?token=x"),
        ("PUT", "/_stcore/upload_file/a/b"),
        ("DELETE", "/_stcore/upload_file/a/b"),
        ("POST", "/_stcore/agent/interact"),
    ],
)
def test_other_sites_can_change_nothing(
    base: str, people: Database, origin: str | None, method: str, path: str
) -> None:
    headers = cookie(sign_in_person(people, "vera"))
    if origin:
        headers["Origin"] = origin
    assert httpx.request(method, base + path, headers=headers).status_code == 403
    own = {name: value for name, value in headers.items() if name == "Cookie"}
    assert httpx.get(f"{base}/_stcore/health", headers=own).status_code == 200, "still signed in"


def test_the_agent_interface_is_off_even_with_a_session(base: str, people: Database) -> None:
    headers = {**cookie(sign_in_person(people, "ada")), "Origin": base}
    answer = httpx.post(f"{base}/_stcore/agent/interact", headers=headers, json={})
    assert answer.status_code == 403


def test_a_bearer_token_opens_no_page(base: str) -> None:
    headers = {"Authorization": "Bearer anything"}
    for path in ("/", "/_stcore/health", "/_stcore/metrics", "/apiary", "/metricsx", "/api"):
        assert httpx.get(base + path, headers=headers).status_code == 401
    assert httpx.get(f"{base}/api/v1/nothing", headers=headers).status_code == 404


def test_answers_carry_the_security_headers(base: str, people: Database) -> None:
    page = httpx.get(base, headers={**cookie(log_in(base, "vera")), "Accept": "text/html"})
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    door = httpx.get(f"{base}/sign-in")
    assert "default-src 'none'" in door.headers["content-security-policy"]
    assert door.headers["cache-control"] == "no-store"
