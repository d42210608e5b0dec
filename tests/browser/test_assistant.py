"""From an uploaded manual to an answer whose source is one click away."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.accounts import Actor, Role
from hydrodiag.assistant.feedback import approve_answer
from hydrodiag.db import Database
from hydrodiag.manuals.versions import find_active
from tests.machines import measured_machine
from tests.ollama_stand_in import OllamaScript, serving_ollama
from tests.served import running_scheduler, serving_app

from .conftest import sign_in_browser, wait_until

pytestmark = pytest.mark.browser
INDEXING_S = 120
MANUALS = Path(__file__).parents[1] / "data" / "manuals"
V1 = "What pressure is the main relief valve V1 of the HP-200 set to?"
TRAP = (
    "# Pump Z9\n\nThe pump Z9 delivers 42 l/min. ![x]({sink}/a.png) <img src={sink}/b.png> "
    "[click]({sink}/c) :material/home: $x$ www.evil.example\n"
)


@pytest.fixture
def ollama() -> Iterator[OllamaScript]:
    with serving_ollama() as script:
        yield script


@pytest.fixture
def app(
    database_url: str, port: int, tmp_path: Path, ollama: OllamaScript, data_dir: Path
) -> Iterator[str]:
    settings = {"OLLAMA_BASE_URL": ollama.url, "HYDRODIAG_DATA_DIR": str(data_dir)}
    with serving_app(database_url, port, tmp_path / "app.log", settings) as url:
        yield url


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def scheduler(
    database: Database, database_url: str, tmp_path: Path, ollama: OllamaScript, data_dir: Path
) -> Iterator[None]:
    settings = {"OLLAMA_BASE_URL": ollama.url, "HYDRODIAG_DATA_DIR": str(data_dir)}
    with running_scheduler(database_url, tmp_path / "scheduler.log", settings):
        yield


def ask(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


def wait_until_idle(page: Page) -> None:
    """A list that opens while the script still runs is closed by its end."""
    idle = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(idle).to_be_visible()


def wait_until_indexed(page: Page, app: str, database: Database, words: str) -> None:
    """A search finds it: the version with it is the one that is searched."""
    wait_until(lambda: find_active(database) is not None, INDEXING_S)
    for _ in range(60):
        page.goto(f"{app}/manuals?tab=Search&q={words}")
        expect(page.get_by_text(re.compile("index v_|Nothing is indexed yet"))).to_be_visible()
        if page.get_by_text("index v_").count() and page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("the manuals were not indexed")


def add_manuals(page: Page, app: str, *files: Path) -> None:
    page.goto(f"{app}/manuals")
    page.locator("input[type=file]").first.set_input_files(files)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("combobox", name="Manual", exact=True)).to_be_visible()


def test_from_an_upload_to_the_marked_page_and_back(
    page: Page, app: str, scheduler: None, database: Database
) -> None:
    add_manuals(page, app, MANUALS / "HP-200.pdf", MANUALS / "PG-160.pdf")
    wait_until_indexed(page, app, database, "V1")
    page.goto(f"{app}/assistant")
    ask(page, V1)
    expect(page.get_by_text("The valve V1 is set to 265 bar")).to_be_visible()
    page.get_by_role("button", name="[1] HP-200, page 18").click()
    expect(page.get_by_text("HP-200.pdf, page 18 of 45")).to_be_visible()
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    page.goto(f"{app}/manuals")
    expect(page.get_by_role("combobox", name="Manual", exact=True)).to_be_visible()
    wait_until_idle(page)
    page.get_by_role("combobox", name="Manual", exact=True).click()
    page.get_by_role("option", name="HP-200").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{app}/assistant")
    ask(page, V1)
    expect(page.get_by_test_id("stChatMessage")).to_have_count(2)
    expect(page.get_by_role("button", name="HP-200, page 18")).to_have_count(0)


def test_a_running_answer_is_stopped_and_kept(
    page: Page, app: str, scheduler: None, database: Database, ollama: OllamaScript
) -> None:
    ollama.hold_after = 3
    add_manuals(page, app, MANUALS / "HP-200.pdf")
    wait_until_indexed(page, app, database, "V1")
    page.goto(f"{app}/assistant")
    ask(page, V1)
    expect(page.get_by_text("The valve V1", exact=True)).to_be_visible()
    # Streamlit's own, in the header, is called the same.
    page.get_by_test_id("stChatMessage").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    assert ollama.left.wait(10)
    page.reload()
    expect(page.get_by_text("The valve V1", exact=True)).to_be_visible()


def test_an_answer_stopped_while_the_model_thinks_keeps_the_table_and_the_thought(
    page: Page, app: str, database: Database, ollama: OllamaScript
) -> None:
    measured_machine(database)
    ollama.thinking, ollama.hold_after = "The press must be looked at.", 0
    page.goto(f"{app}/assistant")
    page.get_by_text("Think first").click()
    ask(page, "What is the state of press-1 now?")
    assert ollama.held.wait(30)
    expect(page.get_by_text("Thinking…")).to_be_visible()
    page.get_by_test_id("stChatMessage").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    assert ollama.left.wait(10)
    page.reload()
    expect(page.get_by_text("Press press-1 (press-1) is").first).to_be_visible()
    page.get_by_text("What the model thought").click()
    expect(page.get_by_text("The press must be looked at.").first).to_be_visible()


def test_words_of_manuals_and_models_fetch_nothing(
    page: Page,
    app: str,
    scheduler: None,
    database: Database,
    ollama: OllamaScript,
    tmp_path: Path,
) -> None:
    sink = "http://127.0.0.1:9"
    trap = TRAP.format(sink=sink)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    manual = tmp_path / "z9.md"
    manual.write_text(trap)
    ollama.reply = lambda _: f"The pump Z9 delivers 42 l/min [1]. ![y]({sink}/d.png) {trap}"
    add_manuals(page, app, manual)
    wait_until_indexed(page, app, database, "Z9")
    page.goto(f"{app}/assistant")
    ask(page, "How much does the pump Z9 deliver?")
    expect(page.get_by_text("The pump Z9 delivers 42 l/min").first).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^\S* ?\[1\] z9")).click()
    expect(page.get_by_text("The words as they were cited")).to_be_visible()
    assert [url for url in asked if sink in url or "evil" in url] == []
    talk = page.get_by_test_id("stMain")
    assert talk.locator("a[href*='127.0.0.1:9/'], a[href*=evil]").count() == 0
    assert talk.locator("img[src*='127.0.0.1:9/']").count() == 0


def test_live_questions_show_a_table_and_lead_to_the_page(
    page: Page, app: str, database: Database
) -> None:
    measured_machine(database)
    page.goto(f"{app}/assistant")
    ask(page, "Which machines are there?")
    expect(page.get_by_text("1 machine").first).to_be_visible()
    page.get_by_role("link", name="Open Overview").first.click()
    expect(page).to_have_url(re.compile(f"{app}/?$"))


def test_conversations_are_their_users_own(page: Page, app: str, database_url: str) -> None:
    page.goto(f"{app}/assistant")
    ask(page, "Which machines are there?")
    expect(page).to_have_url(re.compile(r"conversation=\d+"))
    expect(page.get_by_role("button", name="Which machines are there?")).to_be_visible()
    address = page.url
    other = page.context.browser.new_context()  # type: ignore[union-attr]
    sign_in_browser(other, app, database_url, Role.VIEWER)
    stranger = other.new_page()
    stranger.goto(address)
    expect(stranger.get_by_text("Ask about your manuals or machines")).to_be_visible()
    expect(stranger.get_by_text("Which machines are there?")).to_have_count(0)
    other.close()


def test_the_model_calls_a_tool_and_what_it_thought_can_be_opened(
    page: Page, app: str, database: Database, ollama: OllamaScript
) -> None:
    measured_machine(database)
    ollama.thinking = "I should look at the machine first."
    ollama.calls = lambda messages: (
        None if messages[-1]["role"] == "tool"
        else [{"name": "machine_state", "arguments": {"system": "press-1"}}]
    )  # fmt: skip
    ollama.reply = lambda _: "The press runs."
    page.goto(f"{app}/assistant")
    page.get_by_text("Think first").click()
    ask(page, "Which sensor shows what the press is doing?")
    expect(page.get_by_text("The press runs.")).to_be_visible()
    expect(page.get_by_text("Press press-1 (press-1) is").first).to_be_visible()
    page.get_by_text("What the model thought").click()
    expect(page.get_by_text("I should look at the machine first.").first).to_be_visible()


def test_questions_with_an_approved_answer_are_offered(
    page: Page, app: str, database: Database
) -> None:
    emil = Actor("emil", Role.ENGINEER, 1)
    approve_answer(database, emil, "When is the filter changed?", "Every 500 hours.", {})
    page.goto(f"{app}/assistant")
    page.get_by_role("button", name="When is the filter changed?").click()
    expect(page.get_by_text("Every 500 hours.")).to_be_visible()
    expect(page.get_by_text("Approved by emil")).to_be_visible()
