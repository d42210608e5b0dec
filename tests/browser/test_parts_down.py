"""Parts that HydroDiag can do without, stopped: pages say what that costs and what to do."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from tests.asking import add_manuals
from tests.machines import measured_machine
from tests.ollama_stand_in import EMBEDDING_MODEL, OllamaScript, serving_ollama
from tests.ports import free_port
from tests.served import serving_app, serving_redis

pytestmark = pytest.mark.browser
SECRET = "secret-word"
AWAY = f"http://ada:{SECRET}@127.0.0.1:1"
SHOWN = {
    "/": "Press press-1",
    "/readings?system=press-1": "P_PUMP",
    "/manuals?tab=Search&q=P7+set": "is set to 180 bar",
}
Serve = Callable[[dict[str, str]], str]


@pytest.fixture
def serve(
    database_url: str, port: int, tmp_path: Path, sign_in: Callable[[str, str], None]
) -> Iterator[Serve]:
    """Starts the app with these settings, the browser signed in to it."""
    with ExitStack() as running:

        def start(settings: dict[str, str]) -> str:
            chosen = {"HYDRODIAG_DATA_DIR": str(tmp_path / "data"), **settings}
            log = tmp_path / "app.log"
            app = running.enter_context(serving_app(database_url, port, log, chosen))
            sign_in(app, database_url)
            return app

        yield start


def test_the_assistant_says_that_ollama_is_down_and_what_to_do(page: Page, serve: Serve) -> None:
    page.goto(f"{serve({'OLLAMA_BASE_URL': AWAY})}/assistant")
    told = page.get_by_role("alert").filter(has_text="Ollama does not answer")
    expect(told).to_contain_text("quoted word for word from the manuals")
    expect(told).to_contain_text("no text is written by a model")
    expect(told).to_contain_text("operator")
    expect(told).to_contain_text("OLLAMA_BASE_URL")
    expect(told).to_contain_text("Health")
    expect(page.get_by_text(SECRET)).to_have_count(0)


def test_the_assistant_says_which_model_is_missing_until_it_is_there(
    page: Page, serve: Serve
) -> None:
    with serving_ollama(OllamaScript(models=(EMBEDDING_MODEL,))) as script:
        page.goto(f"{serve({'OLLAMA_BASE_URL': script.url})}/assistant")
        told = page.get_by_role("alert").filter(has_text="Ollama has no qwen3:8b")
        expect(told).to_contain_text("ollama pull qwen3:8b")
        script.models = OllamaScript().models
        expect(page.get_by_text("Think first")).to_be_visible()
        expect(told).to_have_count(0)


def test_the_assistant_without_an_ollama_of_its_own_says_how_to_connect_one(
    page: Page, serve: Serve
) -> None:
    page.goto(f"{serve({})}/assistant")
    told = page.get_by_role("status").filter(has_text="Ollama is not connected")
    expect(told).to_contain_text("no text is written by a model")
    expect(told).to_contain_text("OLLAMA_BASE_URL")


def test_manuals_tell_how_many_wait_and_since_when_until_a_scheduler_runs(
    page: Page, serve: Serve, database: Database
) -> None:
    for name in ("p7", "p8"):
        content = io.BytesIO(f"# Pump {name}".encode())
        add_document(database, "emil", NewFile(f"{name}.md", content), DocumentDraft(name))
    note_heartbeat(database, "2026-03-14 15:09:26+00")
    page.goto(f"{serve({})}/manuals")
    told = page.get_by_role("alert").filter(has_text="No scheduler is running")
    expect(told).to_contain_text("2 manuals wait to be read")
    expect(told).to_contain_text("2026-03-14 15:09:26 UTC")
    expect(told).to_contain_text("python scheduler.py")
    note_heartbeat(database, "now")
    expect(told).to_have_count(0)


def test_manuals_tell_before_an_upload_that_nobody_would_read_it(page: Page, serve: Serve) -> None:
    page.goto(f"{serve({})}/manuals")
    told = page.get_by_role("alert").filter(has_text="No scheduler is running")
    expect(told).to_contain_text("Manuals added now wait")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "p9.md", "mimeType": "text/markdown", "buffer": b"# Pump P9"}
    )
    page.get_by_role("button", name="Add", exact=True).click()
    expect(told).to_contain_text("1 manual waits to be read")
    expect(page.get_by_text("Reading starts in a moment")).to_have_count(0)


def test_jobs_see_by_themselves_that_a_scheduler_is_back(
    page: Page, serve: Serve, database: Database
) -> None:
    page.goto(f"{serve({})}/jobs")
    told = page.get_by_role("alert").filter(has_text="No scheduler is running")
    expect(told).to_be_visible()
    note_heartbeat(database, "now")
    expect(told).to_have_count(0)
    expect(page.get_by_text("1 scheduler alive")).to_be_visible()


def test_manuals_say_that_the_embedding_model_is_down_and_what_to_do(
    page: Page, serve: Serve
) -> None:
    page.goto(f"{serve({'OLLAMA_BASE_URL': AWAY})}/manuals?tab=Search")
    told = page.get_by_role("alert").filter(has_text="Ollama does not answer")
    expect(told).to_contain_text("not by meaning")
    expect(told).to_contain_text("OLLAMA_BASE_URL")
    expect(page.get_by_text(SECRET)).to_have_count(0)


def test_what_is_searched_without_the_embedding_model_says_so_once(
    page: Page, serve: Serve, database: Database, tmp_path: Path
) -> None:
    with serving_ollama() as ollama:
        add_manuals(database, tmp_path / "data", ollama, {"P7": "The pump P7 is set to 180 bar."})
    page.goto(f"{serve({'OLLAMA_BASE_URL': AWAY})}/manuals?tab=Search&q=P7+set")
    expect(page.get_by_text("by words, part numbers and the glossary")).to_be_visible()
    told = page.get_by_role("alert").filter(has_text="Ollama does not answer")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("not by meaning")


def test_pages_work_on_without_redis_and_health_says_what_that_costs(
    page: Page, serve: Serve, database: Database, tmp_path: Path
) -> None:
    measured_machine(database)
    no_ollama = OllamaScript(url=AWAY)
    add_manuals(database, tmp_path / "data", no_ollama, {"P7": "The pump P7 is set to 180 bar."})
    with serving_redis(free_port(), tmp_path) as url:
        app = serve({"REDIS_URL": url.replace("//", f"//default:{SECRET}@")})
        expect_all_pages_to_work(page, app)
        page.goto(f"{app}/health")
        expect(page.get_by_text("Redis: answers")).to_be_visible()
    expect(page.get_by_text("Redis: does not answer", exact=True)).to_be_visible()
    expect(page.get_by_text("slower, but nothing is lost")).to_be_visible()
    expect(page.get_by_text("Start the server of REDIS_URL")).to_be_visible()
    expect(page.get_by_text(SECRET)).to_have_count(0)
    expect_all_pages_to_work(page, app)


def expect_all_pages_to_work(page: Page, app: str) -> None:
    for path, content in SHOWN.items():
        page.goto(app + path)
        expect(page.get_by_text(content).first).to_be_visible()
        expect(
            page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        ).to_be_visible()
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_text("This page failed")).to_have_count(0)


def note_heartbeat(database: Database, at: str) -> None:
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO scheduler_heartbeat AS s (id, host, pid, version, beat_at) "
                "VALUES ('one', 'here', 1, '1', CAST(:at AS timestamptz)) "
                "ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at"
            ),
            {"at": at},
        )
