"""Every page for everybody: by screen reader, in both themes, on a phone, by keyboard alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect

from hydrodiag.db import Database
from hydrodiag.demo import init_demo
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.jobs.turns import publish_jobs
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.ui.navigation import ENTRIES
from scheduler import JOBS
from tests.conftest import copied_database
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context
from tests.ports import free_port
from tests.served import serving_app

from .accessible import list_violations
from .conftest import PATIENCE_MS, keep_if_failed, sign_in_browser, wait_until

pytestmark = pytest.mark.browser
WIDE, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
PAGES = tuple(entry.url_path if entry is not ENTRIES[0] else "" for entry in ENTRIES)
# What a page shows besides as it opens.
LOOKS = (
    "?as=Table", "?as=Wallboard", "readings?system=imm-9&range=7d", "readings?look=Scatter",
    "findings?finding=1", "system?system=imm-9", "data?tab=Files", "manuals?tab=Search",
    "database?tab=Policy", "jobs?tab=History", "jobs?job=ensure_partitions",
    "users?tab=Invitations",
)  # fmt: skip
SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]')
    const busy = '[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]'
    return app?.dataset.testScriptState === 'notRunning' && !app.querySelector(busy)
        && document.getAnimations().every(each => each.playState !== 'running')
}"""
PAUSE_MS = 250
SIDEWAYS = """() => [document.scrollingElement, ...document.querySelectorAll('main')]
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => `${each.tagName} ${each.dataset.testid}: ${each.scrollWidth} px`)"""

# A field is marked by the frame around it.
IS_MARKED = """focused => {
    const around = [focused, focused.parentElement, focused.parentElement.parentElement]
    return (focused.matches('input') ? around : [focused]).map(getComputedStyle).some(
        each => each.boxShadow !== 'none' || each.outlineStyle !== 'none')
}"""
MOST_STOPS = 80
NAMED = re.compile(r"""- '?(main|[a-z]+ ".+")""")


@pytest.fixture(scope="module")
def fleet_url(postgres_server: str, template_database: str) -> Iterator[str]:
    """The demo fleet, a machine with findings, a manual and the jobs."""
    with copied_database(postgres_server, template_database) as url:
        database = Database(url, application="test")
        write_fouled(database)
        init_demo(database, datetime.now(UTC), days=2, fine=timedelta(minutes=20))
        manual = NewFile("cooler.md", BytesIO(b"# Cooler\n\nClean it."), "md")
        add_document(database, "emil", manual, DocumentDraft("Cooler guide"))
        publish_jobs(database, JOBS)
        database.dispose()
        yield url


def write_fouled(database: Database) -> None:
    """imm-9: a fouled cooler and oil that is too hot."""
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    machine = replace(faulty("imm-2", faults), code="imm-9", name="Injection moulding machine 9")
    write_history(database, machine, days_ago(6), 6)
    run_diagnostics(job_context(database))


@pytest.fixture(scope="module")
def app(fleet_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("accessibility") / "app.log"
    with serving_app(fleet_url, free_port(), log) as url:
        yield url


@pytest.fixture(scope="module")
def tab(browser: Browser, app: str, fleet_url: str) -> Iterator[Page]:
    """One tab for all tests: Streamlit's own scripts are read once."""
    context = browser.new_context(timezone_id="Europe/Berlin", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    sign_in_browser(context, app, fleet_url)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=[*PAGES, *LOOKS], ids=lambda path: path or "overview")
def opened(tab: Page, app: str, request: pytest.FixtureRequest) -> Page:
    tab.set_viewport_size(WIDE)
    tab.emulate_media(color_scheme="light")
    tab.goto(f"{app}/{request.param}")
    expect(tab.get_by_role("main").get_by_test_id("stElementContainer").first).to_be_attached()
    return tab


@pytest.fixture
def page(opened: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield opened
    keep_if_failed(opened, request.node)


def settle(page: Page) -> None:
    """Wait until the script has ended and does not start again at once, and all is drawn."""

    def is_settled() -> bool:
        if not page.evaluate(SETTLED):
            return False
        page.wait_for_timeout(PAUSE_MS)
        return bool(page.evaluate(SETTLED))

    wait_until(is_settled)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_that_keeps_anybody_out(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    settle(page)
    assert list_violations(page) == []


def test_a_phone_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size(PHONE)
    settle(page)
    assert page.evaluate(SIDEWAYS) == []


@pytest.fixture
def keyboard(browser: Browser, app: str, fleet_url: str) -> Iterator[Page]:
    """A page of a browser of its own, with nothing focused yet."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Berlin")
    context.set_default_timeout(PATIENCE_MS)
    sign_in_browser(context, app, fleet_url)
    yield context.new_page()
    context.close()


def test_the_keyboard_alone_leads_from_the_fleet_to_a_machine(keyboard: Page, app: str) -> None:
    keyboard.goto(app)
    expect(keyboard.get_by_role("link", name="Cooler fouled, alarm")).to_be_visible()
    tab_to(keyboard, 'link "Cooler fouled, alarm"')
    keyboard.keyboard.press("Enter")
    expect(keyboard.get_by_role("link", name="Open System")).to_be_visible()
    settle(keyboard)
    tab_to(keyboard, 'link "Open System"')
    keyboard.keyboard.press("Enter")
    expect(keyboard.get_by_role("heading", name="Injection moulding machine 9")).to_be_visible()


def test_the_keyboard_alone_chooses_another_machine(keyboard: Page, app: str) -> None:
    keyboard.goto(f"{app}/readings?system=bench-4")
    expect(keyboard.get_by_text("points from")).to_be_visible()
    settle(keyboard)
    tab_to(keyboard, 'combobox "Machine"')
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        keyboard.keyboard.press(key)
    expect(keyboard).not_to_have_url(re.compile("bench-4"))
    expect(keyboard.get_by_text("Valve test bench 4")).to_have_count(0)
    expect(keyboard.get_by_text("points from")).to_be_visible()


def tab_to(page: Page, wanted: str) -> None:
    """Each stop on the way, as screen readers tell it, has a name and is seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        told = focused.aria_snapshot().partition("\n")[0]
        assert NAMED.match(told), told
        assert focused.evaluate(IS_MARKED), told
        if wanted in told:
            return
    pytest.fail(f"{wanted} is not reached")
