"""The drawn circuit of a machine, from the whole to what is wrong with one part."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from tests.demo_history import faulty, write_history
from tests.job_context import job_context
from tests.machines import measured_machine

pytestmark = pytest.mark.browser

DAYS = 6
FIND_PLACE = """(plot, code) => {
  const number = plot.data.findIndex(trace => trace.customdata);
  const at = plot.data[number].customdata.indexOf(code);
  const trace = plot.querySelectorAll('.scatterlayer .trace')[number];
  const point = trace.querySelectorAll('.point')[at];
  const box = point.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


@pytest.fixture
def fouled(database: Database) -> None:
    """Readings end now, so that they are live."""
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=DAYS)
    write_history(database, faulty("imm-2", faults), start, DAYS)
    run_diagnostics(job_context(database))


def find_drawing(page: Page) -> Locator:
    drawing = page.get_by_role("figure", name=re.compile("Hydraulic circuit of Injection"))
    expect(drawing).to_be_visible()
    return drawing


def click_symbol(page: Page, code: str) -> None:
    plot = find_drawing(page).locator(".js-plotly-plot")
    expect(plot.locator(".point").first).to_be_attached()
    page.mouse.click(*plot.evaluate(FIND_PLACE, code))


def test_from_the_drawing_to_what_is_wrong_with_a_part(
    database: Database, fouled: None, app: str, page: Page
) -> None:
    page.goto(f"{app}/system?system=imm-2")
    drawing = find_drawing(page)
    expect(drawing.get_by_text("✕ Oil cooler")).to_be_visible()
    expect(drawing.get_by_text(re.compile(r"^[\d.]+\sbar$")).first).to_be_visible()
    expect(drawing.get_by_text(re.compile("(ago|just now)$")).first).to_be_visible()
    click_symbol(page, "cooler")
    expect(page).to_have_url(re.compile("component=cooler"))
    chosen = page.get_by_role("heading", name="Oil cooler")
    expect(chosen).to_be_visible()
    page.reload()
    expect(chosen).to_be_visible()
    found = page.get_by_role("link", name="Cooler fouled, alarm")
    expect(found).to_be_visible()
    metrics = page.get_by_role("link", name="Open these in Metrics")
    expect(metrics).to_have_attribute("href", re.compile("T_COOLER_IN.*T_COOLER_OUT"))
    page.get_by_role("radio", name="Main pump").click()
    expect(page).to_have_url(re.compile("component=pump"))
    expect(page.get_by_role("heading", name="Main pump")).to_be_visible()
    click_symbol(page, "cooler")
    found.click()
    expect(page).to_have_url(re.compile(r"/findings\?finding=\d+"))


def test_a_machine_without_components_leads_to_fleet(
    database: Database, app: str, page: Page
) -> None:
    measured_machine(database, "press-1")
    page.goto(f"{app}/system?system=press-1")
    expect(page.get_by_text("No components yet")).to_be_visible()
    page.get_by_role("link", name="Add components on Fleet").click()
    expect(page).to_have_url(re.compile("/fleet"))
    expect(page.get_by_role("heading", name="Components", exact=True)).to_be_visible()
