"""The page Overview as an engineer uses it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.applying import apply_assessment
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    FindingDraft,
    FindingKey,
    Severity,
)
from tests.machines import measured_machine

pytestmark = pytest.mark.browser


def test_an_empty_fleet_says_what_to_do_next(database: Database, app: str, page: Page) -> None:
    page.goto(app)
    expect(page.get_by_text("No machines yet")).to_be_visible()
    page.get_by_role("link", name="Upload readings").click()
    expect(page).to_have_url(re.compile("/data"))


def test_a_machine_leads_to_its_readings_and_its_circuit(
    database: Database, app: str, page: Page
) -> None:
    measured_machine(database, "press-1")
    measured_machine(database, "press-2")
    page.goto(app)
    page.get_by_role("link", name="Press press-2").click()
    expect(page).to_have_url(re.compile(r"/readings\?system=press-2"))
    expect(page.get_by_role("figure", name=re.compile("Press press-2"))).to_be_visible()
    page.go_back()
    press = page.get_by_test_id("stVerticalBlock").filter(has_text="press-2 · press").last
    press.get_by_role("link", name="Circuit and components").click()
    expect(page).to_have_url(re.compile(r"/system\?system=press-2"))
    expect(page.get_by_role("heading", name="Press press-2")).to_be_visible()


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


def test_the_wallboard_shows_the_worst_machine_first_and_nothing_else(
    database: Database, app: str, page: Page
) -> None:
    measured_machine(database, "press-1")
    worse = measured_machine(database, "press-2")
    now = datetime.now(UTC)
    draft = FindingDraft(
        FindingKey("cooler", "fouled"), Severity.ALARM, Confidence.HIGH, "Cooler fouled", "Why.",
        now - timedelta(hours=5), now, (), (), "",
    )  # fmt: skip
    apply_assessment(database, worse.system.id, Assessment((draft,), (), ()), now)
    page.goto(f"{app}/?as=Wallboard")
    tiles = page.get_by_role("article")
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_contain_text("Press press-2")
    expect(tiles.first).to_contain_text("Critical, began 5 h ago")
    expect(page.get_by_role("button", name="Stale")).to_be_hidden()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.get_by_role("button", name="Leave the wallboard").click()
    expect(page.get_by_role("link", name="Press press-1")).to_be_visible()
    expect(page).not_to_have_url(re.compile("Wallboard"))
    expect(page.get_by_role("link", name="Cooler fouled, alarm")).to_be_visible()
