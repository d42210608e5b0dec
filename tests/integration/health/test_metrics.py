"""/metrics of the real app and of the scheduler's own port."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from hydrodiag.accounts import Role
from hydrodiag.config import Settings, load_settings
from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.applying import apply_assessment
from hydrodiag.diagnostics.findings.gauges import tell_ongoing
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    FindingDraft,
    FindingKey,
    Severity,
)
from hydrodiag.fleet import SystemDraft, create_system
from hydrodiag.health.requests import find_area
from hydrodiag.health.serving import serving_health
from hydrodiag.jobs import JobSpec, Queue, count_runs, request_job
from hydrodiag.jobs.sidecar import Sidecar
from tests.conftest import copied_database
from tests.people import COOKIE, sign_in_person
from tests.ports import free_port
from tests.served import serving_app

TOKEN = "metrics-token-of-the-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
Wait = Callable[[Callable[[], object]], None]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read_samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def module_database(postgres_server: str, template_database: str) -> Iterator[Database]:
    with copied_database(postgres_server, template_database) as url:
        database = Database(url, application="test")
        yield database
        database.dispose()


@pytest.fixture(scope="module")
def app_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("metrics") / "app.log"


@pytest.fixture(scope="module")
def base(module_database: Database, app_log: Path) -> Iterator[str]:
    port = free_port()
    url = module_database.url.render_as_string(hide_password=False)
    settings = {"HYDRODIAG_METRICS_TOKEN": TOKEN, "HYDRODIAG_LOG_FORMAT": "json"}
    with serving_app(url, port, app_log, settings) as address:
        yield address


def test_prometheus_reads_with_the_token(base: str) -> None:
    httpx.get(f"{base}/healthz")
    before = read_samples(httpx.get(f"{base}/metrics", headers=BEARER).text)
    httpx.get(f"{base}/api/v1/systems")
    answer = httpx.get(f"{base}/metrics", headers=BEARER)
    assert answer.headers["content-type"].startswith("text/plain")
    after = read_samples(answer.text)
    key = (
        "hydrodiag_http_requests_total",
        (("area", "api"), ("method", "GET"), ("status", "401")),
    )
    assert after[key] == before.get(key, 0) + 1
    assert after["hydrodiag_part_state", (("part", "database"),)] == 1
    assert after["hydrodiag_part_state", (("part", "scheduler"),)] == 0.5
    assert after["hydrodiag_job_queue_runs", (("queue", "ai_tasks"), ("state", "queued"))] == 0
    assert ("hydrodiag_db_pool_connections", (("pool", "app/read"), ("state", "idle"))) in after
    assert after["hydrodiag_findings_going_on", (("severity", "alarm"),)] == 0
    assert any(name == "hydrodiag_db_query_seconds_count" for name, _ in after)
    assert any(name == "process_resident_memory_bytes" for name, _ in after)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Token {TOKEN}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"X-Hydrodiag-Session": "made-up"},
        {},
    ],
)
def test_nobody_else_reads_them(base: str, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{base}/metrics", headers=headers)
    assert answer.status_code == 401
    assert "hydrodiag_" not in answer.text.replace("hydrodiag_metrics_token", "")


def test_people_who_may_see_health_read_them(base: str, module_database: Database) -> None:
    token = sign_in_person(module_database, "vera", Role.VIEWER)
    answer = httpx.get(f"{base}/metrics", cookies={COOKIE: token})
    assert answer.status_code == 200
    assert "hydrodiag_part_state" in answer.text


def test_a_request_carries_its_id_into_the_log(base: str, app_log: Path, eventually: Wait) -> None:
    answer = httpx.get(
        f"{base}/api/v1/systems?secret=in-the-query", headers={"X-Request-Id": "forged"}
    )
    request_id = answer.headers["x-request-id"]
    assert request_id != "forged"
    eventually(lambda: request_id in app_log.read_text())
    lines = [json.loads(line) for line in app_log.read_text().splitlines() if line[:1] == "{"]
    [line] = [each for each in lines if each.get("request") == request_id]
    assert (line["path"], line["status"], line["method"]) == ("/api/v1/systems", 401, "GET")
    assert "in-the-query" not in app_log.read_text()


def test_areas_are_a_short_list() -> None:
    paths = ("/api/x", "/static/js/1.js", "/_stcore/health", "/sign-in", "/readyz", "/metrics", "/")
    areas = [find_area(path) for path in paths]
    assert areas == ["api", "static", "stream", "door", "health", "health", "page"]


def served_settings(token: str | None) -> Settings:
    port = free_port()
    secret = SecretStr(token) if token else None
    return load_settings().model_copy(update={"scheduler_port": port, "metrics_token": secret})


def test_the_scheduler_counts_its_jobs(database: Database, eventually: Wait) -> None:
    settings = served_settings(TOKEN)
    spec = JobSpec(
        id="count_me", title="Count me", description="", queue=Queue.USERS, cadence=None,
        run=lambda _context: {},
    )  # fmt: skip
    sidecar = Sidecar(database, settings, [spec])
    sidecar.start()
    try:
        with serving_health(settings, lambda: database):
            request_job(database, spec.id, requested_by="test")
            eventually(lambda: count_runs(database, job_id=spec.id, status="succeeded") == 1)
            url = f"http://127.0.0.1:{settings.scheduler_port}/metrics"
            samples = read_samples(httpx.get(url, headers=BEARER).text)
    finally:
        sidecar.stop(grace_s=5)
    assert samples["hydrodiag_job_runs_total", (("job", "count_me"), ("outcome", "succeeded"))] == 1
    assert ("hydrodiag_job_last_success_timestamp_seconds", (("job", "count_me"),)) in samples


def test_findings_that_go_on_are_counted_by_severity(database: Database) -> None:
    system = create_system(database, SystemDraft(code="p1", name="Press 1", kind="press"))
    key, now = FindingKey("cooler", "fouled"), datetime.now(UTC)
    draft = FindingDraft(key, Severity.ALARM, Confidence.HIGH, "Cooler fouled", "Why.", now, now,
                         (), (), "")  # fmt: skip
    apply_assessment(database, system.id, Assessment((draft,), (), ()), now)
    counted = {each.labels["severity"]: each.value for each in tell_ongoing(database).samples}
    assert counted == {"advisory": 0, "warning": 0, "alarm": 1, "danger": 0}


def test_without_a_token_the_scheduler_tells_nobody(database: Database) -> None:
    settings = served_settings(None)
    with serving_health(settings, lambda: database):
        url = f"http://127.0.0.1:{settings.scheduler_port}/metrics"
        answer = httpx.get(url, headers={"Authorization": "Bearer"})
    assert answer.status_code == 401
