"""The page Overview as an engineer uses it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.db import Database
from tests.machines import measured_machine

pytestmark = pytest.mark.browser


def test_an_empty_fleet_says_what_to_do_next(database: Database, app: str, page: Page) -> None:
    page.goto(app)
    expect(page.get_by_text("No machines yet")).to_be_visible()
    page.get_by_role("link", name="Upload readings").click()
    expect(page).to_have_url(re.compile("/data"))


def test_a_machine_leads_to_its_readings(database: Database, app: str, page: Page) -> None:
    measured_machine(database, "press-1")
    measured_machine(database, "press-2")
    page.goto(app)
    page.get_by_role("link", name="Press press-2").click()
    expect(page).to_have_url(re.compile(r"/readings\?system=press-2"))
    expect(page.get_by_role("figure", name=re.compile("Press press-2"))).to_be_visible()


def test_filters_stand_in_the_url_and_stale_machines_are_named(
    database: Database, app: str, page: Page
) -> None:
    measured_machine(database, "press-1")
    measured_machine(database, "press-2", old=timedelta(hours=3))
    page.goto(app)
    expect(page.get_by_text("Newest reading 3 h ago")).to_be_visible()
    page.get_by_role("button", name="Stale").click()
    expect(page.get_by_role("link", name="Press press-1")).to_have_count(0)
    expect(page).to_have_url(re.compile("state=Stale"))
    page.reload()
    expect(page.get_by_role("link", name="Press press-2")).to_be_visible()
    expect(page.get_by_role("link", name="Press press-1")).to_have_count(0)
