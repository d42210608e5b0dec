"""PostgreSQL stopped under the app: the page says so, and recovers by itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.db.migrate import upgrade
from hydrodiag.embedded import ensure_installed, serve_cluster
from tests.machines import measured_machine
from tests.scratch import pick_cluster_parent, scratch_folder
from tests.served import serving_app

pytestmark = pytest.mark.browser
DOWN = "the database is not reachable"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with scratch_folder(pick_cluster_parent()) as scratch:
        yield scratch


@pytest.mark.parametrize("path", ["/", "/readings"])
def test_the_page_says_that_the_database_is_down_and_recovers(
    page: Page,
    sign_in: Callable[[str, str], None],
    open_folder: Path,
    port: int,
    path: str,
) -> None:
    installation = ensure_installed(load_settings().data_dir)
    cluster = open_folder / "cluster"
    with serve_cluster(installation, cluster, report=print) as url:
        upgrade(url)
        fill(url)
        started = serving_app(url, port, open_folder / "app.log")
        app = started.__enter__()
        sign_in(app, url)
        page.goto(app + path)
        expect(page.get_by_text("press-1").first).to_be_visible()
    try:
        page.reload()
        expect(page.get_by_text(DOWN).first).to_be_visible()
        with serve_cluster(installation, cluster, report=print) as again:
            assert again == url, "came back on another port"
            expect(page.get_by_text(DOWN)).to_have_count(0)
            expect(page.get_by_text("press-1").first).to_be_visible()
    finally:
        started.__exit__(None, None, None)


def fill(url: str) -> None:
    database = Database(url, application="test")
    try:
        measured_machine(database)
    finally:
        database.dispose()


def test_a_database_without_tables_says_how_to_make_them(
    page: Page, postgres_server: str, port: int, tmp_path: Path
) -> None:
    with serving_app(postgres_server, port, tmp_path / "app.log") as app:
        page.goto(app)
        expect(page.get_by_text("the database is not set up")).to_be_visible()
        expect(page.get_by_text("migrate").first).to_be_visible()
