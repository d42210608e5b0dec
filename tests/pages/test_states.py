"""Every page in every state that it was designed for, run without a browser."""

import sys
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from hydrodiag.accounts import Role, Session
from hydrodiag.config import PROJECT_ROOT, load_settings
from hydrodiag.db import Database
from hydrodiag.ui.navigation import ENTRIES
from tests.machines import measured_machine

Run = Callable[[str, str], AppTest]
TITLES = [entry.title for entry in ENTRIES]
NEED_DATABASE = [title for title in TITLES if title != "Health"]
NOBODY_LISTENS = "postgresql://nobody:secret-word@127.0.0.1:1/nothing"
RUN_TIMEOUT_S = 60


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    def start(title: str, database_url: str) -> AppTest:
        monkeypatch.setenv("DATABASE_URL", database_url)
        load_settings.cache_clear()
        script = PROJECT_ROOT / "pages" / f"{title}.py"
        return AppTest.from_file(script, default_timeout=RUN_TIMEOUT_S).run()

    who = Session("id", 1, "ada", "Ada", Role.ADMINISTRATOR, must_change_password=False, address="")
    for module in [each for name, each in sys.modules.items() if name.startswith("hydrodiag.ui")]:
        if hasattr(module, "session"):
            monkeypatch.setattr(module, "session", lambda: who)
    yield start
    load_settings.cache_clear()


def shown(page: AppTest) -> str:
    elements = (*page.error, *page.warning, *page.info, *page.subheader, *page.caption)
    return "\n".join(str(each.value) for each in elements)


@pytest.mark.parametrize("title", TITLES)
def test_with_a_machine_nothing_is_wrong(
    run: Run, title: str, database: Database, database_url: str
) -> None:
    measured_machine(database)
    page = run(title, database_url)
    assert not page.exception
    assert not page.error
    assert [each.value for each in page.title] == [title]


@pytest.mark.parametrize("title", TITLES)
def test_with_nothing_yet_it_says_what_to_do(run: Run, title: str, database_url: str) -> None:
    page = run(title, database_url)
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("title", NEED_DATABASE)
def test_without_a_database_it_says_so_and_tells_no_secret(run: Run, title: str) -> None:
    page = run(title, NOBODY_LISTENS)
    assert not page.exception
    assert "TimescaleDB does not answer" in shown(page)
    assert "secret-word" not in shown(page)


@pytest.mark.parametrize("title", NEED_DATABASE)
def test_without_tables_it_says_how_to_make_them(
    run: Run, title: str, postgres_server: str
) -> None:
    page = run(title, postgres_server)
    assert not page.exception
    assert "migrate" in shown(page)


def test_health_shows_every_part_and_what_to_do(run: Run, postgres_server: str) -> None:
    page = run("Health", postgres_server)
    assert not page.exception
    text = "\n".join(each.value for each in (*page.markdown, *page.caption))
    assert "**Database**: PostgreSQL 17" in text
    assert "**Tables**: at nothing" in text
    assert "Run `make migrate`." in text


def test_health_works_without_a_database(run: Run) -> None:
    page = run("Health", NOBODY_LISTENS)
    assert not page.exception
    assert "**Database**: does not answer" in [each.value for each in page.markdown]


def test_a_report_is_offered_until_another_period_is_chosen_and_no_period_is_refused(
    run: Run, database: Database, database_url: str
) -> None:
    measured_machine(database)
    page = run("System", database_url).button(key="make_report").click().run()
    assert [each.proto.label for each in page.get("download_button")] == ["PDF", "HTML"]
    [end] = [each for each in page.date_input if (each.key or "").startswith("report_to_")]
    page = end.set_value(date(2020, 1, 1)).run()
    assert not page.get("download_button")
    page = page.button(key="make_report").click().run()
    assert not page.exception
    assert not page.get("download_button")
    assert "The period ends before it begins" in shown(page)
