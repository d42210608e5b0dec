"""What is refused, says why as JSON; nothing of it is stored."""

import gzip
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from hydrodiag.accounts.api_keys import KeyDraft, create_key, revoke_key
from hydrodiag.api import Limits
from hydrodiag.api.limits import TokenBuckets
from hydrodiag.db import Database
from hydrodiag.errors import SetupFailed
from tests.integration.api.conftest import ADA, BOTH, opened, serving
from tests.integration.ingest.conftest import scalar

PATH = "/api/v1/readings"
JSON = {"Content-Type": "application/json"}
ROW = {"time": 1_700_000_000, "sensor": "PS1", "value": 1}
NOBODY_LISTENS = "postgresql://nobody:secret-word@127.0.0.1:1/nothing"


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The error of a JSON answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"code", "message", "hint"}
    assert error["message"]
    assert "Traceback" not in answer.text
    return error


@contextmanager
def limited(database: Database, key: str, **limits: Any) -> Iterator[httpx.Client]:
    with serving(lambda: database, Limits(**limits)) as url, opened(url, key) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/api/v1/systems", "/api/v1/systems/HPU1/sensors", "/api/v1/series"]
)
@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "hdk_1_x"])
def test_nothing_is_read_without_a_key(client: httpx.Client, path: str, shown: str) -> None:
    client.headers["Authorization"] = shown
    answer = client.get(path)
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", [PATH, "/api/v1/write", "/api/v2/write"])
def test_nothing_is_written_without_a_key(client: httpx.Client, path: str) -> None:
    del client.headers["Authorization"]
    assert client.post(path, content=b"m f=1").status_code == 401


def test_a_revoked_key_is_refused_at_once(client: httpx.Client, database: Database) -> None:
    assert client.get("/api/v1/systems").status_code == 200
    revoke_key(database, ADA, 1)
    refused(client.get("/api/v1/systems"), 401)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b"[]", 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"readings": [1]}', 422, "invalid"),
        (b'{"readings": [{"time": 1, "sensor": "PS1"}]}', 422, "invalid"),
        (b'{"readings": [{"time": true, "sensor": "PS1", "value": 1}]}', 422, "invalid"),
        (b'{"readings": [{"time": 1, "sensor": "", "value": 1}]}', 422, "invalid"),
        (b'{"readings": [{"time": 1, "sensor": "PS1", "value": 1, "x": 2}]}', 422, "invalid"),
        (b'{"readings": [], "time_unit": "fortnight"}', 422, "invalid"),
    ],
)
def test_json_that_is_not_as_described_is_refused_whole(
    client: httpx.Client, database: Database, content: bytes, status: int, code: str
) -> None:
    answer = client.post(PATH, content=content, headers=JSON)
    assert refused(answer, status)["code"] == code
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"a,b\n1,2", b"time,sensor\n1,PS1", b"time,sensor,value,value\n1,PS1,2,3",
     b"time,sensor,value\n\xff,PS1,1", b'time,sensor,value\n1,"PS1,1', b"time;sensor;value\n1;2;3"],
)  # fmt: skip
def test_csv_that_is_none_is_refused_whole(client: httpx.Client, content: bytes) -> None:
    answer = client.post(PATH, content=content, headers={"Content-Type": "text/csv"})
    assert refused(answer, 400)["code"] == "bad_csv"


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "application/xml"}, b"<a/>"),
        ({}, b"{}"),
        ({**JSON, "Content-Encoding": "br"}, b"{}"),
    ],
)
def test_other_kinds_are_refused(
    client: httpx.Client, headers: dict[str, str], content: bytes
) -> None:
    refused(client.post(PATH, content=content, headers=headers), 415)


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"rest"],
    ids=["no gzip", "cut off", "with a rest"],  # an archive holds the time, and ids must not
)
def test_a_broken_archive_is_refused(client: httpx.Client, content: bytes) -> None:
    answer = client.post(PATH, content=content, headers={**JSON, "Content-Encoding": "gzip"})
    assert refused(answer, 400)["code"] == "bad_gzip"


def test_more_rows_than_allowed_are_refused_whole(database: Database, key: str) -> None:
    line = "m,system=HPU1 PS1=1,PS2=2"
    csv = "time,sensor,value\n" + "1,PS1,1\n" * 4
    with limited(database, key, rows=3) as client:
        error = refused(client.post(PATH, json={"readings": [ROW] * 4}), 413)
        assert (error["code"], "4 rows" in error["message"]) == ("too_many_rows", True)
        refused(client.post(PATH, content=csv, headers={"Content-Type": "text/csv"}), 413)
        answer = client.post("/api/v1/write", content=f"{line}\n{line}")
        assert (answer.status_code, answer.json()["code"]) == (413, "too_many_rows")
        assert client.post(PATH, json={"readings": [ROW] * 3}).status_code == 200
    assert scalar(database, "SELECT count(*) FROM sensor_data") == 0


@pytest.mark.parametrize("length_is_known", [True, False])
def test_a_body_above_the_limit_is_refused_whatever_it_says_of_itself(
    database: Database, key: str, *, length_is_known: bool
) -> None:
    body = json.dumps({"readings": [ROW] * 100}).encode()
    with limited(database, key, body_bytes=len(body) - 1) as client:
        content = body if length_is_known else iter([body[:50], body[50:]])
        assert refused(client.post(PATH, content=content, headers=JSON), 413)["code"] == "too_large"
    with limited(database, key, body_bytes=len(body)) as client:
        assert client.post(PATH, content=body, headers=JSON).status_code == 200


def test_an_archive_that_unpacks_to_too_much_is_refused(database: Database, key: str) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {**JSON, "Content-Encoding": "gzip"}
    with limited(database, key, body_bytes=1_000_000) as client:
        assert refused(client.post(PATH, content=bomb, headers=headers), 413)["code"] == "too_large"
        halves = gzip.compress(b" " * 600_000) * 2
        refused(client.post(PATH, content=halves, headers=headers), 413)


def test_a_body_that_does_not_come_is_not_waited_for(database: Database, key: str) -> None:
    with limited(database, key, body_timeout_s=0.2) as client:
        address = urlsplit(str(client.base_url)).netloc
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.putrequest("POST", PATH)
        for name, value in {**JSON, "Content-Length": "10"}.items():
            connection.putheader(name, value)
        connection.putheader("Authorization", client.headers["Authorization"])
        connection.endheaders(b"{")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["code"]) == (408, "too_slow")
        connection.close()


def test_a_key_that_asks_too_often_is_told_to_wait_and_others_are_not(
    database: Database, key: str
) -> None:
    other = create_key(database, ADA, KeyDraft("other", BOTH))
    with limited(database, key, per_second=0.001, burst=3) as client:
        for _ in range(3):
            assert client.get("/api/v1/systems").status_code == 200
        answer = client.get("/api/v1/systems")
        assert refused(answer, 429)["code"] == "too_often"
        assert int(answer.headers["Retry-After"]) > 1
        client.headers["Authorization"] = f"Bearer {other}"
        assert client.get("/api/v1/systems").status_code == 200


def test_a_bucket_fills_again_with_time() -> None:
    now = [0.0]
    buckets = TokenBuckets(2, 3, clock=lambda: now[0])
    assert [buckets.take(1) for _ in range(4)] == [0, 0, 0, 1]
    now[0] = 0.5
    assert [buckets.take(1) for _ in range(2)] == [0, 1]
    now[0] = 1000
    assert [buckets.take(1) for _ in range(4)] == [0, 0, 0, 1]


def test_a_database_that_is_away_is_a_503_without_its_address() -> None:
    database = Database(NOBODY_LISTENS)
    with serving(lambda: database) as url, opened(url, "hdk_1_" + "a" * 43) as client:
        for answer in (
            client.post(PATH, json={"readings": [ROW]}),
            client.get("/api/v1/systems"),
        ):
            assert refused(answer, 503)["code"] == "database_unavailable"
            assert int(answer.headers["Retry-After"]) > 0
            assert "secret-word" not in answer.text
        answer = client.post("/api/v1/write", content="m f=1")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    database.dispose()


def test_a_database_that_is_not_set_up_is_a_503(postgres_server: str) -> None:
    database = Database(postgres_server)
    with serving(lambda: database) as url, opened(url, "hdk_1_" + "a" * 43) as client:
        assert refused(client.get("/api/v1/systems"), 503)["code"] == "database_not_set_up"
    database.dispose()


def test_no_database_at_all_is_a_503() -> None:
    def missing() -> Database:
        raise SetupFailed("No database: secret-word.")

    with serving(missing) as url, opened(url, "hdk_1_" + "a" * 43) as client:
        answer = client.get("/api/v1/systems")
        refused(answer, 503)
        assert "secret-word" not in answer.text


def test_a_fault_of_ours_tells_a_reference_and_no_trace(database: Database) -> None:
    def broken() -> Database:
        raise RuntimeError("secret-word")

    with serving(broken) as url, opened(url, "hdk_1_" + "a" * 43) as client:
        answer = client.get("/api/v1/systems")
        assert "reference E" in refused(answer, 500)["hint"]
        assert "secret-word" not in answer.text


@pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v1/nothing", "/api/v2/readings"])
def test_an_address_that_is_not_there_is_a_404(client: httpx.Client, path: str) -> None:
    refused(client.get(path), 404)
    refused(client.post(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", PATH, "POST"), ("DELETE", "/api/v1/systems", "GET, HEAD"),
     ("TRACE", "/api/v1/write", "POST"), ("PUT", "/api/v1/openapi.json", "GET, HEAD")],
)  # fmt: skip
def test_another_method_is_a_405(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    refused(answer, 405)
    assert answer.headers["Allow"] == allowed


def test_who_leaves_in_mid_request_breaks_nothing(client: httpx.Client, database: Database) -> None:
    address = urlsplit(str(client.base_url)).netloc
    for _ in range(5):
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.putrequest("POST", PATH)
        for name, value in {**JSON, "Content-Length": "1000"}.items():
            connection.putheader(name, value)
        connection.putheader("Authorization", client.headers["Authorization"])
        connection.endheaders(b'{"readings": [')
        connection.close()
    assert client.get("/api/v1/systems").status_code == 200
