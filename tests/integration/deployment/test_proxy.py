"""The app behind a real Caddy with the Caddyfile of production: TLS, sign-in, WebSocket."""

import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from hydrodiag.accounts import create_administrator
from hydrodiag.db import Database
from tests.debian_programs import CADDY, find_program

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "a long enough pass phrase"
FORM = {"user_name": "ada", "password": PASSWORD, "next": "/"}
UPGRADE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{cookie}\r\n"
)


@dataclass(frozen=True)
class Site:
    """`origin` is what a browser shows."""

    origin: str
    port: int
    plain_port: int
    trusting: ssl.SSLContext
    log: Path

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """A client of its own address: the proxy reaches the app from 127.0.0.1."""
        transport = httpx.HTTPTransport(verify=self.trusting, local_address=address)
        return httpx.Client(base_url=self.origin, transport=transport)


def _pick_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def administrator(database: Database) -> str:
    create_administrator(database, "ada", PASSWORD)
    return "ada"


@pytest.fixture
def site(database_url: str, administrator: str, tmp_path: Path) -> Iterator[Site]:
    caddy = find_program(*CADDY)
    app, plain, secure, health = (_pick_port() for _ in range(4))
    config = (ROOT / "deploy/Caddyfile").read_text()
    for standard, ours in (("8501", app), ("8080", plain), ("8443", secure), ("8081", health)):
        config = config.replace(standard, str(ours))
    (tmp_path / "Caddyfile").write_text(config)
    origin = f"https://localhost:{secure}"
    own = {
        "DATABASE_URL": database_url,
        "HYDRODIAG_HOST": "127.0.0.1",
        "HYDRODIAG_PORT": str(app),
        "HYDRODIAG_PUBLIC_ORIGIN": origin,
        "FORWARDED_ALLOW_IPS": "127.0.0.0/8",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    proxy = {
        "HYDRODIAG_DOMAIN": "localhost",
        "HYDRODIAG_APP": "localhost",
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    command = [caddy, "run", "--config", tmp_path / "Caddyfile", "--adapter", "caddyfile"]
    with (tmp_path / "log").open("wb") as log:
        processes = [
            subprocess.Popen([ROOT / "deploy/run-app"], cwd=ROOT, env={**os.environ, **own},
                             stdout=log, stderr=log),
            subprocess.Popen(command, env=proxy, stdout=log, stderr=log),
        ]  # fmt: skip
        try:
            trusting = _wait_for(origin, tmp_path)
            yield Site(origin, secure, plain, trusting, tmp_path / "log")
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)


def _wait_for(origin: str, folder: Path) -> ssl.SSLContext:
    """Until the app answers through the proxy; trust in the authority that Caddy made itself."""
    give_up_at = time.monotonic() + 90
    authority = folder / "caddy/pki/authorities/local/root.crt"
    while time.monotonic() < give_up_at:
        try:
            trusting = ssl.create_default_context(cafile=str(authority))
            answer = httpx.get(f"{origin}/healthz", verify=trusting, trust_env=False)
            if answer.status_code == 200:
                return trusting
        except (OSError, httpx.HTTPError):
            pass
        time.sleep(0.2)
    raise AssertionError((folder / "log").read_text(errors="replace")[-4000:])


def _sign_in(client: httpx.Client, origin: str) -> httpx.Response:
    return client.post("/sign-in", data=FORM, headers={"Origin": origin})


def _open_websocket(site: Site, origin: str, cookie: str) -> int:
    """The status that the handshake is answered with."""
    request = UPGRADE.format(
        host=f"localhost:{site.port}", origin=origin, cookie=f"Cookie: {cookie}\r\n"
    )
    raw = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    with site.trusting.wrap_socket(raw, server_hostname="localhost") as connection:
        connection.sendall(request.encode())
        return int(connection.recv(4096).split(b" ")[1])


def test_the_app_works_behind_the_proxy(site: Site) -> None:
    check_plain_http_is_sent_to_https(site)
    with site.client() as client:
        check_headers(client)
        client.get("/invitation", params={"token": "let-me-in"})
        answer = _sign_in(client, site.origin)
        assert answer.status_code == 303, answer.text
        assert "__Host-hydrodiag" in answer.headers["set-cookie"]
        assert "secure" in answer.headers["set-cookie"].lower()
        page = client.get("/")
        assert page.status_code == 200
        check_bundles_are_compressed(client, page.text)
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    assert _open_websocket(site, site.origin, cookies) == 101
    assert _open_websocket(site, "https://elsewhere.example", cookies) == 403
    assert _open_websocket(site, site.origin, "") in {401, 403}
    assert "/invitation" in site.log.read_text()
    assert "let-me-in" not in site.log.read_text()


def check_plain_http_is_sent_to_https(site: Site) -> None:
    answer = httpx.get(f"http://localhost:{site.plain_port}/jobs?x=1", trust_env=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "https://localhost/jobs?x=1"


def check_headers(client: httpx.Client) -> None:
    answer = client.get("/sign-in")
    assert answer.status_code == 200
    assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert not {"server", "x-powered-by"} & set(answer.headers)


def check_bundles_are_compressed(client: httpx.Client, page: str) -> None:
    bundle = re.search(r'src="\.?(/static/js/[^"]+\.js)"', page)
    assert bundle is not None
    answer = client.get(bundle[1], headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"


def test_the_address_is_the_one_that_the_proxy_saw(site: Site, database: Database) -> None:
    with site.client("127.0.0.9") as client:
        forged = {"Origin": site.origin, "X-Forwarded-For": "203.0.113.9"}
        assert client.post("/sign-in", data=FORM, headers=forged).status_code == 303
    with database.write() as connection:
        found = connection.execute(text("SELECT address FROM user_session")).scalars().all()
    assert found == ["127.0.0.9"]


def test_a_visitor_stays_with_one_replica(site: Site) -> None:
    with site.client() as client:
        assert "hydrodiag_replica" in client.get("/sign-in").cookies
        assert "hydrodiag_replica" not in client.get("/sign-in").cookies


def test_the_caddyfile_is_formatted() -> None:
    caddy = find_program(*CADDY)
    path = ROOT / "deploy/Caddyfile"
    done = subprocess.run([caddy, "fmt", path], capture_output=True, text=True, check=True)
    assert done.stdout == path.read_text()
