"""The page of one machine: its figures, its timeline, what is noted, and its documents."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.choices import list_maintenance
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.fleet import System
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context

from .accessible import settle

pytestmark = pytest.mark.browser


@pytest.fixture
def fouled(database: Database) -> System:
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    system = write_history(database, faulty("imm-2", faults), days_ago(6), 6)
    run_diagnostics(job_context(database))
    return system


def test_figures_timeline_notes_and_documents_of_a_machine(
    database: Database, fouled: System, app: str, page: Page
) -> None:
    manual = NewFile("cooler.md", BytesIO(b"# Cooler\n\nClean it."), "md")
    number = add_document(database, "emil", manual, DocumentDraft("Cooler guide", "", fouled.id))
    page.goto(f"{app}/system?system=imm-2")
    expect(page.get_by_role("heading", name="Look at a window")).to_be_visible()
    settle(page)

    cooler = page.get_by_test_id("stMetric").filter(has_text="Cooler effectiveness")
    expect(cooler).to_contain_text(re.compile(r"(19|20)\.\d"))
    expect(page.get_by_text(re.compile(r"^-1[78]\.\d points to the healthy span")).first
           ).to_be_visible()  # fmt: skip
    cooler.get_by_test_id("stTooltipHoverTarget").hover()
    expect(page.get_by_text(re.compile("T_COOLER_IN - T_COOLER_OUT"))).to_be_visible()

    expect(page.get_by_role("figure", name=re.compile("Findings, maintenance"))).to_be_visible()
    page.get_by_role("textbox", name="Note").scroll_into_view_if_needed()
    settle(page)
    what = page.get_by_role("combobox", name="What", exact=True)
    what.fill("note")
    page.get_by_role("option", name="note", exact=True).click()
    page.get_by_role("textbox", name="Note").fill("Lint in the fins.")
    page.get_by_role("button", name="Note", exact=True).click()
    expect(page.get_by_text("Nothing noted yet.")).to_have_count(0)
    [noted] = list_maintenance(database, fouled.id)
    assert (noted.kind, noted.text) == ("note", "Lint in the fins.")
    expect(page.get_by_text("✚ Maintenance and notes").first).to_be_visible()

    ask = page.get_by_role("link", name="Ask about this machine")
    expect(ask).to_have_attribute("href", re.compile("system=imm-2"))
    link = page.get_by_role("link", name="Cooler guide")
    expect(link).to_have_attribute("href", re.compile(f"manual={number}"))

    [finding] = [each for each in list_findings(database) if each.component == "cooler"]
    page.locator(".js-plotly-plot .bars .point path").first.click(force=True)
    expect(page).to_have_url(re.compile("/findings"))
    expect(page.get_by_role("heading", name=finding.title)).to_be_visible()
