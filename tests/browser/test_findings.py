"""From a fouled cooler in the readings to an engineer who deals with it."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.accounts import Role
from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.choices import find_diagnosis
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.fleet import find_system
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context
from tests.people import add_person

from .conftest import sign_in_browser, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def fouled(database: Database) -> None:
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    write_history(database, faulty("imm-2", faults), days_ago(6), 6)
    run_diagnostics(job_context(database))


def open_finding(page: Page, app: str) -> None:
    page.goto(app)
    page.get_by_role("link", name="Cooler fouled, alarm").click()
    expect(page.get_by_role("heading", name="Cooler fouled")).to_be_visible()


def test_an_engineer_sees_why_takes_it_and_ends_it(
    database: Database, fouled: None, app: str, page: Page
) -> None:
    add_person(database, "emil", Role.ENGINEER)
    open_finding(page, app)
    # The history below says it again, each time behind its date.
    why = re.compile("^The cooler takes .* of the temperature difference to the surroundings")
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("Cooler effectiveness"))).to_be_visible()
    expect(page.get_by_text("Clean the cooler's fins")).to_be_visible()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("assigned to test-administrator")).to_be_visible()
    expect(page.get_by_role("button", name="Give back")).to_be_visible()
    page.get_by_role("button", name="Give to").click()
    page.get_by_role("combobox", name="Person").click()
    page.get_by_role("option", name=re.compile("emil")).click()
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("assigned to emil")).to_be_visible()
    page.get_by_role("textbox", name="Comment").fill("Fins are full of lint.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("comment: Fins are full of lint.")).to_be_visible()
    page.get_by_role("button", name="Start work").click()
    expect(page.get_by_text("In work", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_text("Resolved", exact=True)).to_be_visible()
    page.get_by_role("button", name="All findings").click()
    page.get_by_test_id("stButtonGroup").get_by_text("Over", exact=True).click()
    expect(page.get_by_text("1 finding", exact=True)).to_be_visible()


def test_asking_about_it_opens_the_assistant_with_its_evidence(
    database: Database, fouled: None, app: str, page: Page
) -> None:
    open_finding(page, app)
    page.get_by_role("button", name="Ask about this").click()
    expect(page).to_have_url(re.compile("/assistant"))
    expect(page.get_by_text("Cooler fouled on imm-2: what is the cause")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d findings? on imm-2")).first).to_be_visible()


def test_the_page_system_from_health_to_report(
    database: Database, fouled: None, scheduler: None, app: str, page: Page
) -> None:
    page.goto(f"{app}/system?system=imm-2")
    expect(page.get_by_text("bad: Cooler fouled (CLR-01)")).to_be_visible()
    expect(page.get_by_role("heading", name="Limits ahead")).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("Distance from the healthy"))).to_be_visible()
    expect(page.get_by_role("heading", name="Healthy span", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Note").fill("Cooler cleaned.")
    page.get_by_role("button", name="Note", exact=True).click()
    expect(page.get_by_text("Nothing noted yet.")).to_have_count(0)
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_text(re.compile("checks could not be made"))).to_be_visible()
    page.get_by_role("button", name="Make report").click()
    for name, start in (("PDF", b"%PDF"), ("HTML", b"<!doctype html>")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.suggested_filename.startswith("report-imm-2-")
        assert Path(download.value.path()).read_bytes().startswith(start)
    pre_charge = page.get_by_role("spinbutton", name="Accumulator pre-charge")
    pre_charge.fill("90")
    pre_charge.press("Enter")
    page.get_by_role("button", name="Save setup").click()
    wait_until(lambda: find_nominal(database, "imm-2").get("precharge_bar") == 90)
    page.get_by_role("button", name="Diagnose again from there").click()
    expect(page.get_by_text(re.compile("Diagnose a machine's history"))).to_be_visible()


def find_nominal(database: Database, code: str) -> Mapping[str, float]:
    system = find_system(database, code)
    told = find_diagnosis(database, system.id) if system else None
    return told.nominal if told else {}


def test_checks_are_changed_by_those_who_may(
    database: Database, database_url: str, fouled: None, app: str, page: Page
) -> None:
    page.goto(f"{app}/checks")
    expect(page.get_by_role("heading", name="Change a check")).to_be_visible()
    page.get_by_role("textbox", name="Reason").fill("Hot hall.")
    page.get_by_role("spinbutton", name="Warning limit").fill("62")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="What differs here")).to_be_visible()
    sign_in_browser(page.context, app, database_url, Role.VIEWER)
    page.goto(f"{app}/checks")
    expect(page.get_by_role("heading", name="What differs here")).to_be_visible()
    expect(page.get_by_role("heading", name="Change a check")).to_have_count(0)
