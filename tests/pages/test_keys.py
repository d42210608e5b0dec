"""The page Keys: a key is shown once, listed without its secret, revoked after a question."""

import sys
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from hydrodiag.accounts import Actor, Role, Session
from hydrodiag.accounts.api_keys import KeyDraft, Scope, authenticate_key, create_key, list_keys
from hydrodiag.config import PROJECT_ROOT, load_settings
from hydrodiag.db import Database
from tests.machines import measured_machine

ADA = Actor("ada", Role.ADMINISTRATOR)
Run = Callable[[Role], AppTest]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Iterator[Run]:
    def start(role: Role = Role.ADMINISTRATOR) -> AppTest:
        monkeypatch.setenv("DATABASE_URL", database_url)
        load_settings.cache_clear()
        who = Session("id", 1, "ada", "Ada", role, must_change_password=False, address="")
        for name, module in list(sys.modules.items()):
            if name.startswith("hydrodiag.ui") and hasattr(module, "session"):
                monkeypatch.setattr(module, "session", lambda: who)
        return AppTest.from_file(PROJECT_ROOT / "pages" / "Keys.py", default_timeout=60).run()

    import hydrodiag.ui.identity  # noqa: F401 - there to be patched

    yield start
    load_settings.cache_clear()


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [each for each in page.button if each.label == label]
    return button.click().run()


def test_without_keys_it_says_what_they_are_for(run: Run) -> None:
    page = run(Role.ADMINISTRATOR)
    assert not page.exception
    assert not page.error
    assert "No API keys" in page.subheader[0].value


def test_a_new_key_is_shown_once_and_opens(run: Run, database: Database) -> None:
    machine = measured_machine(database)
    page = run(Role.ADMINISTRATOR)
    page.text_input[0].set_value("Telegraf")
    page.selectbox(key="key_system").set_value(machine.system.code)
    page = press(page, "Make the key")
    assert not page.error
    (shown,) = page.code
    holder = authenticate_key(database, shown.value)
    assert holder is not None
    assert (holder.name, holder.system_id) == ("Telegraf", machine.system.id)
    assert holder.scopes == {Scope.WRITE}
    assert list_keys(database, ADA)[0].expires_at is not None
    page = page.run()
    assert not page.code
    assert shown.value not in page.dataframe[0].value.to_string()
    assert "Telegraf" in page.dataframe[0].value.to_string()


def test_a_key_without_a_name_is_not_made(run: Run, database: Database) -> None:
    page = press(run(Role.ADMINISTRATOR), "Make the key")
    assert "needs a name" in page.error[0].value
    assert list_keys(database, ADA) == []


def test_a_key_is_revoked_only_after_the_question(run: Run, database: Database) -> None:
    key = create_key(database, ADA, KeyDraft("gateway", [Scope.WRITE]))
    page = run(Role.ADMINISTRATOR)
    page.selectbox(key="revoked_key").set_value(1).run()
    page = press(page, "Revoke")
    assert authenticate_key(database, key) is not None
    page = press(page, "Revoke it")
    assert not page.exception
    assert authenticate_key(database, key) is None
    assert "Revoked by ada" in page.dataframe[0].value.to_string()


def test_other_roles_see_nothing_of_it(run: Run, database: Database) -> None:
    create_key(database, ADA, KeyDraft("gateway", [Scope.WRITE]))
    page = run(Role.OPERATOR)
    assert page.error[0].value == "Your role does not allow to manage API keys."
    assert not page.dataframe
    assert not page.button
