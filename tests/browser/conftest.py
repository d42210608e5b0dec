"""A real Chromium before a real app on a real database."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.embedded.server import is_free
from tests.chromium import FLAGS
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
    return next(port for port in random.sample(range(18_000, 19_000), 50) if is_free(port))


@pytest.fixture
def app(database_url: str, port: int, tmp_path: Path) -> Iterator[str]:
    with serving_app(database_url, port, tmp_path / "app.log") as url:
        yield url


@pytest.fixture
def scheduler(database_url: str, tmp_path: Path) -> Iterator[None]:
    with running_scheduler(database_url, tmp_path / "scheduler.log"):
        yield


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh browser; what it showed is kept in test-artifacts/ if the test fails."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, timezone_id="Europe/Berlin"
    )
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    yield opened
    if getattr(request.node, "has_failed", False):
        ARTIFACTS.mkdir(exist_ok=True)
        opened.screenshot(path=ARTIFACTS / f"{request.node.name}.png", full_page=True)
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    report = yield
    if report.when == "call":
        item.has_failed = report.failed  # type: ignore[attr-defined]
    return report
