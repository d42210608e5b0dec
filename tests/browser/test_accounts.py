"""Signing in and managing accounts as people do it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hydrodiag.accounts import Role
from hydrodiag.db import Database
from tests.machines import measured_machine
from tests.people import PASSWORD, add_person

from .conftest import sign_in_browser

pytestmark = pytest.mark.browser


def fill_sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_to_the_page_that_was_asked_for(
    browser: Browser, app: str, database: Database
) -> None:
    measured_machine(database)
    add_person(database, "vera", Role.VIEWER)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{app}/readings?system=press-1")
    fill_sign_in(page, "vera", "wrong password here")
    expect(page.get_by_role("alert")).to_have_text("User name or password is wrong.")
    fill_sign_in(page, "vera", PASSWORD)
    expect(page).to_have_url(re.compile(r"/readings\?system=press-1"))
    expect(page.get_by_role("figure", name=re.compile("P_PUMP"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("vera", exact=False).first).to_be_visible()
    context.close()


def test_signing_out_in_one_tab_ends_the_others(
    page: Page, context: BrowserContext, app: str
) -> None:
    page.goto(app)
    other = context.new_page()
    other.goto(f"{app}/jobs")
    expect(other.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    for tab in (page, other):
        expect(tab.get_by_label("User name")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("User name")).to_be_visible()


def test_an_administrator_makes_an_account_that_sets_its_own_password(
    page: Page, app: str, browser: Browser
) -> None:
    page.goto(f"{app}/users")
    page.get_by_text("New account").click()
    page.get_by_role("textbox", name="User name").fill("nina")
    page.get_by_role("textbox", name="First password").fill("a first passphrase")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Account nina created.")).to_be_visible()
    context = browser.new_context()
    first = context.new_page()
    first.goto(app)
    fill_sign_in(first, "nina", "a first passphrase")
    expect(first.get_by_text("Set a password of your own first.")).to_be_visible()
    expect(first.get_by_role("link", name="Overview")).to_have_count(0)
    new = "quite another passphrase"
    first.get_by_role("textbox", name="Current password").fill("a first passphrase")
    first.get_by_role("textbox", name="New password", exact=True).fill(new)
    first.get_by_role("textbox", name="New password again").fill(new)
    first.get_by_role("button", name="Change password").click()
    expect(first.get_by_role("link", name="Overview")).to_be_visible()
    context.close()


def test_an_invitation_is_a_link_to_an_account(page: Page, app: str, browser: Browser) -> None:
    page.goto(f"{app}/users?tab=Invitations")
    page.get_by_label("For").fill("Boris")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("[data-testid=stCode] code").inner_text()
    assert link.startswith(f"{app}/invitation?token=")
    guest = browser.new_context().new_page()
    guest.goto(link)
    guest.get_by_label("User name").fill("boris")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password again").fill(PASSWORD)
    guest.get_by_role("button", name="Make the account").click()
    expect(guest.get_by_text("boris, viewer")).to_be_visible()
    guest.context.close()


@pytest.mark.parametrize(
    ("role", "path", "hidden"),
    [
        (Role.VIEWER, "/jobs?job=ensure_partitions", "Run now"),
        (Role.VIEWER, "/database?tab=Policy", "Save policy"),
        (Role.ENGINEER, "/jobs?job=ensure_partitions", "Pause"),
        (Role.OPERATOR, "/jobs?job=ensure_partitions", ""),
    ],
)
def test_what_a_role_may_not_do_is_not_offered(
    browser: Browser, app: str, scheduler: None, database_url: str, role: Role, path: str,
    hidden: str,
) -> None:  # fmt: skip
    context = browser.new_context()
    sign_in_browser(context, app, database_url, role)
    page = context.new_page()
    page.goto(app + path)
    shown = "Make partitions ahead" if "jobs" in path else "In force since"
    expect(page.get_by_text(shown).first).to_be_visible()
    if hidden:
        expect(page.get_by_role("button", name=hidden)).to_have_count(0)
    else:
        expect(page.get_by_role("button", name="Run now")).to_be_visible()
    context.close()


def test_what_somebody_does_stands_in_the_audit_log(
    page: Page, app: str, scheduler: None, tmp_path: Path
) -> None:
    page.goto(f"{app}/jobs?job=ensure_partitions")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.goto(f"{app}/audit?did=pause")
    expect(page.get_by_text("1 event", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert "pause job,ensure_partitions,done" in lines[1]
    assert lines[1].split(",")[1] == "test-administrator"
