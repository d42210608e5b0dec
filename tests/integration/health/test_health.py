import json
import threading
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from hydrodiag.cli import app
from hydrodiag.config import Settings, load_settings
from hydrodiag.db import Database
from hydrodiag.embedded.server import is_free
from hydrodiag.health import Probe, State, is_ready, probe_all
from hydrodiag.health import probes as module
from hydrodiag.health.serving import serving_health
from hydrodiag.jobs.sidecar import Sidecar
from tests.ports import free_port

AWAY = "postgresql://nobody:secret-word@127.0.0.1:1/nothing"


def states(probes: list[Probe]) -> dict[str, State]:
    return {probe.name: probe.state for probe in probes}


@pytest.fixture
def away() -> Database:
    return Database(AWAY, application="test")


def test_without_a_scheduler_it_is_ready_with_a_warning(database: Database) -> None:
    probes = probe_all(lambda: database, load_settings())
    assert states(probes) == {
        "database": State.OK,
        "schema": State.OK,
        "scheduler": State.WARNING,
    }
    assert is_ready(probes)


def test_a_running_scheduler_is_seen(database: Database) -> None:
    sidecar = Sidecar(database, load_settings(), [])
    sidecar.start()
    try:
        assert states(probe_all(lambda: database, load_settings()))["scheduler"] is State.OK
    finally:
        sidecar.stop(grace_s=1)


def test_since_when_no_scheduler_runs_is_told(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO scheduler_heartbeat (id, host, pid, version, beat_at) "
                "VALUES ('one', 'here', 1, '1', '2026-03-14 15:09:26+00')"
            )
        )
    [told] = [e for e in probe_all(lambda: database, load_settings()) if e.name == "scheduler"]
    assert told.detail == "none is running since 2026-03-14 15:09:26 UTC"


def test_without_a_database_nothing_works_and_no_secret_is_told(away: Database) -> None:
    probes = probe_all(lambda: away, load_settings())
    assert states(probes)["database"] is State.FAILING
    assert not is_ready(probes)
    assert "secret-word" not in str(probes)


def test_without_tables_it_is_not_ready(postgres_server: str) -> None:
    empty = Database(postgres_server, application="test")
    try:
        probes = probe_all(lambda: empty, load_settings())
        assert states(probes)["database"] is State.OK
        assert states(probes)["schema"] is State.FAILING
        assert not is_ready(probes)
    finally:
        empty.dispose()


def test_a_part_that_hangs_is_failing_and_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(module, "TIMEOUT_S", 0.2)

    def hang() -> Database:
        release.wait()
        return database

    try:
        probes = probe_all(hang, load_settings())
        assert {probe.detail for probe in probes} == {"no answer within 0.2 s"}
        assert not is_ready(probes)
    finally:
        release.set()


@pytest.fixture
def served_settings() -> Settings:
    port = free_port()
    return load_settings().model_copy(update={"scheduler_port": port})


def test_the_scheduler_answers_on_a_port_of_its_own(
    database: Database, served_settings: Settings
) -> None:
    with serving_health(served_settings, lambda: database):
        url = f"http://127.0.0.1:{served_settings.scheduler_port}"
        answers = retrying(lambda: httpx.get(f"{url}/healthz"))
        assert answers.text == "ok"
        ready = httpx.get(f"{url}/readyz")
        assert ready.status_code == 200
        assert ready.json()["parts"]["database"]["state"] == "ok"
    assert is_free(served_settings.scheduler_port)


def retrying(ask: Callable[[], httpx.Response]) -> httpx.Response:
    for _ in range(100):
        try:
            return ask()
        except httpx.ConnectError:
            continue
    raise AssertionError("nothing answers")


def test_a_taken_port_keeps_no_scheduler_from_working(
    database: Database, served_settings: Settings
) -> None:
    with (
        serving_health(served_settings, lambda: database),
        serving_health(served_settings, lambda: database),
    ):
        pass


def test_not_ready_is_503_with_the_reason(away: Database, served_settings: Settings) -> None:
    with serving_health(served_settings, lambda: away):
        url = f"http://127.0.0.1:{served_settings.scheduler_port}"
        answer = retrying(lambda: httpx.get(f"{url}/readyz", timeout=20))
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"]["detail"] == "does not answer"
    assert "secret-word" not in answer.text


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch):
    def run(url: str, *arguments: str):
        monkeypatch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        return CliRunner().invoke(app, ["health", *arguments])

    yield run
    load_settings.cache_clear()


def test_the_command_says_the_same_with_an_exit_code(command, database_url: str) -> None:
    good = command(database_url, "--json")
    assert good.exit_code == 0
    assert [each["name"] for each in json.loads(good.stdout)] == ["database", "schema", "scheduler"]
    bad = command(AWAY)
    assert bad.exit_code == 1
    assert "does not answer" in bad.stdout
