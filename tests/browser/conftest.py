"""A real Chromium before a real app on a real database."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hydrodiag.accounts import Role
from hydrodiag.config import PROJECT_ROOT
from hydrodiag.db import Database
from hydrodiag.jobs import list_schedulers
from tests.chromium import FLAGS
from tests.people import COOKIE, sign_in_person
from tests.ports import free_port
from tests.served import running_scheduler, serving_app

ARTIFACTS = PROJECT_ROOT / "test-artifacts"
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def app(database_url: str, port: int, tmp_path: Path) -> Iterator[str]:
    with serving_app(database_url, port, tmp_path / "app.log") as url:
        yield url


@pytest.fixture
def scheduler(database: Database, database_url: str, tmp_path: Path) -> Iterator[None]:
    """A running scheduler that has published its jobs."""
    with running_scheduler(database_url, tmp_path / "scheduler.log"):
        wait_until(lambda: bool(list_schedulers(database)))
        yield


def wait_until(is_so: Callable[[], bool], patience_s: float = PATIENCE_MS / 1000) -> None:
    """What no page shows has come about, at the latest when a page would have to show it."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


SignIn = Callable[[str, str], None]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport={"width": 1440, "height": 1000}, timezone_id="Europe/Berlin"
    )
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def sign_in(context: BrowserContext) -> SignIn:
    """Give the browser a session of an administrator: of an app, on a database."""
    return partial(sign_in_browser, context)


def sign_in_browser(
    context: BrowserContext, app: str, database_url: str, role: Role = Role.ADMINISTRATOR
) -> None:
    database = Database(database_url, application="test")
    try:
        token = sign_in_person(database, f"test-{role}", role)
    finally:
        database.dispose()
    context.add_cookies([{"name": COOKIE, "value": token, "url": app, "httpOnly": True}])


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh browser, signed in to the fixture `app` if the test has it.

    What it showed is kept in test-artifacts/ if the test fails.
    """
    if "app" in request.fixturenames:
        app, url = request.getfixturevalue("app"), request.getfixturevalue("database_url")
        sign_in_browser(context, app, url)
    opened = context.new_page()
    yield opened
    keep_if_failed(opened, request.node)


def keep_if_failed(page: Page, item: pytest.Item) -> None:
    if getattr(item, "has_failed", False):
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{item.name}.png", full_page=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    report = yield
    if report.when == "call":
        item.has_failed = report.failed  # type: ignore[attr-defined]
    return report
