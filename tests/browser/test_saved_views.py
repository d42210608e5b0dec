"""Views kept, shared and sent as short links, as engineers do it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from hydrodiag.accounts import Role
from hydrodiag.db import Database
from hydrodiag.ui.metrics_saved import CHANGE
from tests.machines import measured_machine

from .accessible import settle
from .conftest import sign_in_browser

pytestmark = pytest.mark.browser


@pytest.fixture
def measured(database: Database) -> None:
    measured_machine(database)
    measured_machine(database, "press-2")


@contextmanager
def signed_in(browser: Browser, app: str, database_url: str, role: Role) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    sign_in_browser(context, app, database_url, role)
    yield context.new_page()
    context.close()


def expect_chart(page: Page, tags: str, machine: str) -> None:
    name = re.compile(rf"^{tags} of Press {machine} from")
    expect(page.get_by_role("figure", name=name)).to_be_visible()


def expect_comparison(page: Page, chosen: str) -> None:
    page.get_by_role("button", name="Options").click()
    field = page.get_by_role("combobox", name=re.compile("Compare with"))
    expect(field).to_have_value(chosen)
    settle(page)
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


def open_views(page: Page) -> None:
    page.get_by_role("button", name="Views", exact=True).click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_visible()


def save(page: Page, name: str, *choices: str) -> None:
    open_views(page)
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    for choice in choices:
        page.get_by_text(choice).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"^View .+ saved\.$"))).to_be_visible()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.keyboard.press("Escape")


def choose(page: Page, name: str) -> None:
    page.get_by_role("combobox", name=CHANGE).fill(name)
    page.get_by_role("option", name=re.compile(name)).click()


def test_a_saved_view_comes_back_whatever_was_looked_at_since(
    measured: None, app: str, page: Page
) -> None:
    page.goto(f"{app}/readings?system=press-2&sensors=T_TANK&range=1h&unknown=kept")
    expect_chart(page, "T_TANK", "press-2")
    save(page, "Tank [x](http://a.b) <b>")
    page.goto(f"{app}/readings?system=press-1&compare=true&range=6h&refresh=60s")
    expect_chart(page, "P_PUMP, T_TANK", "press-1")
    open_views(page)
    page.get_by_role("link", name="Tank [x](http://a.b) <b>", exact=True).click()
    expect_chart(page, "T_TANK", "press-2")
    expect(page).to_have_url(re.compile("system=press-2"))
    assert all(part in page.url for part in ("range=1h", "unknown=kept"))
    assert not any(part in page.url for part in ("view=", "compare=", "refresh=", "press-1"))
    expect_comparison(page, "Nothing")
    page.go_back()
    expect_chart(page, "P_PUMP, T_TANK", "press-1")


def test_a_view_is_shared_renamed_and_deleted(
    measured: None, app: str, database_url: str, page: Page, browser: Browser
) -> None:
    page.goto(f"{app}/readings?system=press-1&sensors=P_PUMP&range=1h")
    expect_chart(page, "P_PUMP", "press-1")
    save(page, "Pump", "Keep these exact times", "Share with everybody")
    with signed_in(browser, app, database_url, Role.VIEWER) as other:
        other.goto(f"{app}/readings?system=press-2")
        expect_chart(other, "P_PUMP, T_TANK", "press-2")
        open_views(other)
        expect(other.get_by_text("Share with everybody")).to_have_count(0)
        expect(other.get_by_role("combobox", name=CHANGE)).to_have_count(0)
        other.get_by_role("link", name="Pump", exact=True).click()
        expect_chart(other, "P_PUMP", "press-1")
        expect(other).to_have_url(re.compile("from="))
        open_views(page)
        choose(page, "Pump")
        page.get_by_role("textbox", name="New name").fill("Pump of press 1")
        page.get_by_role("button", name="Rename", exact=True).click()
        expect(page.get_by_text("View Pump renamed.")).to_be_visible()
        choose(page, "Pump of press 1")
        page.get_by_role("button", name="Stop sharing").click()
        expect(page.get_by_text("is shared no more")).to_be_visible()
        open_views(other)
        expect(other.get_by_text("No saved views yet.")).to_be_visible()
        choose(page, "Pump of press 1")
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_role("button", name="Delete for good")).to_have_count(0)
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text("View Pump of press 1 deleted.")).to_be_visible()
        expect(page.get_by_text("No saved views yet.")).to_be_visible()
    page.goto(f"{app}/audit?did=view")
    expect(page.get_by_text("4 events", exact=True)).to_be_visible()


def test_a_short_link_opens_for_somebody_else(
    measured: None, app: str, database_url: str, page: Page, browser: Browser
) -> None:
    page.goto(f"{app}/readings?system=press-2&sensors=T_TANK&sensors=P_PUMP&range=1h&compare=true")
    expect_chart(page, "T_TANK, P_PUMP", "press-2")
    page.get_by_role("button", name="Link to this view").click()
    page.get_by_role("button", name="Short link").click()
    expect(page.get_by_text("Opens for everybody who can sign in here.")).to_be_visible()
    link = page.locator("[data-testid=stCode] code").last.inner_text()
    assert re.fullmatch(rf"{app}/readings\?view=[0-9A-Za-z]{{10}}", link)
    with signed_in(browser, app, database_url, Role.VIEWER) as other:
        other.goto(f"{app}/readings?system=press-1")
        expect_chart(other, "P_PUMP, T_TANK", "press-1")
        other.goto(link)
        expect_chart(other, "T_TANK, P_PUMP", "press-2")
        expect_comparison(other, "The period before")
        expect(other).to_have_url(re.compile("from="))


def test_a_link_that_leads_nowhere_says_so_and_the_page_works(
    measured: None, app: str, page: Page
) -> None:
    page.goto(f"{app}/readings?view=abcdefghij")
    expect(page.get_by_text("This link leads nowhere")).to_be_visible()
    expect_chart(page, "P_PUMP, T_TANK", "press-1")
    page.get_by_text("1h", exact=True).click()
    expect(page).to_have_url(re.compile("range=1h"))
    save(page, "Anyway")
    page.get_by_role("button", name="Views", exact=True).click()
    page.get_by_role("link", name="Anyway", exact=True).click()
    expect_chart(page, "P_PUMP, T_TANK", "press-1")
    expect(page.get_by_text("This link leads nowhere")).to_have_count(0)
