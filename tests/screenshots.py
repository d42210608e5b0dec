"""Pictures of every page into docs/img/: `make screenshots`.

Light, dark and as narrow as a phone on the demo fleet; on an empty database; with what the page
needs besides the database gone; and once with the database gone, which looks the same on all.
"""

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from hydrodiag.commands.demo import vouch_for_demo
from hydrodiag.config import PROJECT_ROOT, load_settings
from hydrodiag.db import Database
from hydrodiag.db.migrate import upgrade
from hydrodiag.demo import init_demo
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.embedded import ensure_installed, serve_cluster
from hydrodiag.embedded.server import is_free
from hydrodiag.jobs import count_runs
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.ui.navigation import ENTRIES, PageEntry
from tests.chromium import FLAGS, find_chromium
from tests.job_context import job_context
from tests.ollama_stand_in import serving_ollama
from tests.people import COOKIE, sign_in_person
from tests.served import running_scheduler, serving_app

FOLDER = PROJECT_ROOT / "docs" / "img"
MANUALS = PROJECT_ROOT / "tests" / "data" / "manuals"
NEEDED_JOBS = ("index_manuals", "refresh_rollups")
JOBS_TIMEOUT_S = 1800
LOAD_TIMEOUT_MS = 60_000
SETTLE_MS = 1500
OUTAGE_MS = 6000
QUALITY = 70
# Of what scrolls; the page Assistant scrolls its conversation instead.
HEIGHT = "document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0"
TALLEST = 1400
# The page as somebody would have it open; without an entry as it opens.
VIEWS = {"Metrics": "?system=imm-2&range=24h", "System": "?system=imm-2"}


@dataclass(frozen=True)
class Look:
    name: str
    width: int = 1280
    is_dark: bool = False


# Where another part than the database matters: Ollama, or the scheduler.
NEEDY = ("Assistant", "Manuals", "Jobs", "Health")
LOOKS = (Look("light"), Look("dark", is_dark=True), Look("narrow", width=390))
DOWN = Look("down")


def main() -> None:
    wanted = set(sys.argv[1:])
    entries = [each for each in ENTRIES if not wanted or each.title in wanted]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        stack.callback(browser.close)
        take_empty(browser, folder / "empty", entries)
        take_full(browser, folder / "full", entries)


def take_empty(browser: Browser, folder: Path, entries: list[PageEntry]) -> None:
    with serving(folder) as url, app_on(url, folder, settings_of(folder)) as (app, token):
        for entry in entries:
            take(browser, app, token, entry, Look("empty"))


def take_full(browser: Browser, folder: Path, entries: list[PageEntry]) -> None:
    with ExitStack() as stack:
        with serving(folder) as url:
            parts = stack.enter_context(ExitStack())
            settings = {**settings_of(folder), **start_parts(parts)}
            fill(parts, url, folder, settings)
            app, token = stack.enter_context(app_on(url, folder, settings))
            for entry in entries:
                for look in LOOKS:
                    take(browser, app, token, entry, look)
            parts.close()
            for entry in entries:
                if entry.title in NEEDY:
                    take(browser, app, token, entry, DOWN)
            page = open_page(browser, app, token, ENTRIES[0], LOOKS[0])
        page.reload()
        page.wait_for_timeout(OUTAGE_MS)
        save(page, ENTRIES[0], DOWN.name)


def start_parts(parts: ExitStack) -> dict[str, str]:
    """A stand-in for Ollama: the settings that lead to it."""
    return {"OLLAMA_BASE_URL": parts.enter_context(serving_ollama()).url}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A database server of its own, with the tables."""
    folder.mkdir(mode=0o755)
    installation = ensure_installed(load_settings().data_dir)
    with serve_cluster(installation, folder / "cluster", report=print) as url:
        upgrade(url)
        yield url


@contextmanager
def app_on(url: str, folder: Path, settings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Address of the app, and the token of somebody who may see everything."""
    database = Database(url, application="screenshots")
    token = sign_in_person(database, "ada")
    database.dispose()
    port = next(port for port in range(18_900, 19_000) if is_free(port))
    with serving_app(url, port, folder / "app.log", settings) as app:
        yield app, token


def fill(parts: ExitStack, url: str, folder: Path, settings: dict[str, str]) -> None:
    """The demo fleet with its history, diagnosed, and two manuals, indexed by a scheduler that
    goes on as one of the parts.
    """
    database = Database(url, application="screenshots")
    init_demo(database, datetime.now(UTC), print)
    vouch_for_demo(database)
    for name in ("HP-200", "PG-160"):
        content = io.BytesIO((MANUALS / f"{name}.pdf").read_bytes())
        add_document(database, "ada", NewFile(f"{name}.pdf", content), DocumentDraft(name))
    parts.enter_context(running_scheduler(url, folder / "scheduler.log", settings))
    wait_for_jobs(database)
    run_diagnostics(job_context(database))
    database.dispose()


def wait_for_jobs(database: Database) -> None:
    deadline = time.monotonic() + JOBS_TIMEOUT_S
    while not all(count_runs(database, job_id=each, status="succeeded") for each in NEEDED_JOBS):
        if time.monotonic() > deadline:
            sys.exit("The scheduler did not get through its jobs.")
        time.sleep(2)


def settings_of(folder: Path) -> dict[str, str]:
    return {"HYDRODIAG_DATA_DIR": str(folder / "data"), "HYDRODIAG_SCHEDULER_PORT": "0"}


def take(browser: Browser, app: str, token: str, entry: PageEntry, look: Look) -> None:
    page = open_page(browser, app, token, entry, look)
    save(page, entry, look.name)
    page.context.close()


def open_page(browser: Browser, app: str, token: str, entry: PageEntry, look: Look) -> Page:
    context = browser.new_context(
        viewport={"width": look.width, "height": 900}, timezone_id="Europe/Berlin",
        color_scheme="dark" if look.is_dark else "light",
    )  # fmt: skip
    context.add_cookies([{"name": COOKIE, "value": token, "url": app, "httpOnly": True}])
    page = context.new_page()
    path = "" if entry is ENTRIES[0] else entry.url_path
    page.goto(f"{app}/{path}{VIEWS.get(entry.title, '')}")
    page.get_by_role("heading", name=entry.title).first.wait_for(timeout=LOAD_TIMEOUT_MS)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached", timeout=LOAD_TIMEOUT_MS)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=LOAD_TIMEOUT_MS)
    page.wait_for_timeout(SETTLE_MS)
    return page


def save(page: Page, entry: PageEntry, name: str) -> None:
    """Up to TALLEST pixels of the page; Streamlit scrolls it within the window."""
    size = page.viewport_size or {"width": 1280, "height": 900}
    tall = page.evaluate(HEIGHT) + 60
    page.set_viewport_size({"width": size["width"], "height": max(900, min(tall, TALLEST))})
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"{entry.title.lower()}-{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=QUALITY)
    sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
