"""The looks of the page Metrics: pairs, distributions, cycles and spectra of readings."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, expect

from hydrodiag.db import Database
from hydrodiag.demo.arrays import build_arrays
from hydrodiag.demo.fleet import upsert_machine
from hydrodiag.demo.machines import MACHINES
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.fleet import SensorDraft, create_sensor, list_systems
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups

from .accessible import settle

pytestmark = pytest.mark.browser
MACHINE = next(machine for machine in MACHINES if machine.code == "imm-2")


@pytest.fixture
def simulated(database: Database) -> datetime:
    """A demo machine by the second: when its half an hour began."""
    ids = upsert_machine(database, MACHINE)
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=35)
    start_s = int(start.timestamp())
    spans = [(start_s, start_s + 1800, Resolution.SECOND)]
    load_columns(
        database, *build_arrays(MachineSimulator(MACHINE, start_s), ids, spans), origin="simulator"
    )
    refresh_rollups(database)
    return start


def address_of(app: str, start: datetime) -> str:
    end = start + timedelta(minutes=30)
    return (
        f"{app}/readings?system={MACHINE.code}&sensors=P_PUMP&sensors=Q_PUMP"
        f"&from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
    )


def choose(page: Page, look: str) -> None:
    page.get_by_role("radio", name=look, exact=True).or_(
        page.get_by_role("button", name=look, exact=True)
    ).click()


def figure_of(page: Page, name: str) -> Locator:
    return page.get_by_role("figure", name=re.compile(name))


def drawn_text(page: Page, text: str) -> Locator:
    """What stands in a chart: a title of an axis, or a name in a legend."""
    return page.locator(f'.js-plotly-plot text[data-unformatted="{text}"]')


def test_readings_are_looked_at_from_all_sides(simulated: datetime, app: str, page: Page) -> None:
    page.goto(address_of(app, simulated))
    expect(page.get_by_text("points from")).to_be_visible()
    comparison = page.get_by_role("combobox", name=re.compile("Compare with"))
    derived = page.get_by_role("textbox", name="Derived series")
    page.get_by_role("button", name="Options").click()
    for control in (comparison, derived):
        expect(control).to_be_enabled()
    page.keyboard.press("Escape")

    choose(page, "Scatter")
    expect(figure_of(page, "Q_PUMP against P_PUMP")).to_be_visible()
    expect(page.get_by_text("Pearson r")).to_be_visible()
    expect(page).to_have_url(re.compile("look=Scatter"))
    page.get_by_role("button", name="Options").click()
    expect(comparison).to_be_disabled()
    expect(derived).to_be_enabled()
    page.keyboard.press("Escape")

    choose(page, "Histogram")
    expect(figure_of(page, "How often P_PUMP, Q_PUMP")).to_be_visible()
    expect(page.get_by_text("readings as stored")).to_be_visible()

    choose(page, "Spectrum")
    expect(figure_of(page, "Amplitude spectrum of P_PUMP")).to_be_visible()
    expect(page.get_by_text("1 s apart, so up to 0.5 Hz").first).to_be_visible()

    choose(page, "Cycles")
    expect(figure_of(page, "cycles of .* laid over each other")).to_be_visible()
    expect(page.get_by_text("Band: 5 to 95 % of the cycles")).to_be_visible()
    expect(page).to_have_url(re.compile("look=Cycles"))
    page.reload()
    expect(figure_of(page, "cycles of .* laid over each other")).to_be_visible()
    page.get_by_role("button", name="Options").click()
    for control in (comparison, derived):
        expect(control).to_be_disabled()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Link to this view").click()
    expect(page.locator("[data-testid=stCode] code")).to_contain_text("look=Cycles")
    settle(page)
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=stCode] code")).to_have_count(0)
    settle(page)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download Parquet").click()
    table = pq.read_table(Path(download.value.path()))
    assert table.num_rows == 2 * 1800
    assert set(table["sensor"].to_pylist()) == {"P_PUMP", "Q_PUMP"}
    assert np.datetime64(table["time"][0].as_py().replace(tzinfo=None)) == np.datetime64(
        simulated.replace(tzinfo=None)
    )


def test_a_derived_series_is_looked_at_like_a_sensor(
    simulated: datetime, app: str, page: Page
) -> None:
    page.goto(f"{address_of(app, simulated)}&look=Scatter")
    expect(figure_of(page, "Q_PUMP against P_PUMP")).to_be_visible()
    page.get_by_role("button", name="Options").click()
    field = page.get_by_role("textbox", name="Derived series")
    field.fill("Power = P_PUMP * Q_PUMP in kW\nWrong = P_PUMP + T_TANK")
    field.press("Control+Enter")
    expect(page.get_by_text("Line 2, column 16: bar and °C cannot be added")).to_be_visible()
    expect(page.get_by_text("1 formula is not drawn: see Options.")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("combobox", name=re.compile("Vertical")).click()
    page.get_by_role("option", name="Power", exact=True).click()
    expect(figure_of(page, "Power against P_PUMP of .* 1800 pairs")).to_be_visible()
    expect(drawn_text(page, "Power\N{NARROW NO-BREAK SPACE}[kW]")).to_be_visible()
    expect(page.get_by_text("kW per bar")).to_be_visible()
    expect(page.get_by_text("Raw readings averaged over the same 1 s each")).to_be_visible()
    expect(page.get_by_text("Derived series are worked out on these means")).to_be_visible()
    page.reload()
    expect(figure_of(page, "Power against P_PUMP")).to_be_visible()

    choose(page, "Histogram")
    expect(figure_of(page, "How often P_PUMP, Q_PUMP, Power of")).to_be_visible()
    expect(drawn_text(page, "Power")).to_be_visible()
    expect(drawn_text(page, "kW")).to_be_visible()
    expect(page.get_by_text("worked out on the means of 1 s of their sensors")).to_be_visible()

    choose(page, "Spectrum")
    expect(figure_of(page, "Amplitude spectrum of P_PUMP, Q_PUMP of")).to_be_visible()
    page.get_by_role("button", name="Options").click()
    expect(field).to_be_disabled()
    page.get_by_test_id("stTextArea").get_by_test_id("stTooltipHoverTarget").hover()
    expect(page.get_by_text("Cycles and Spectrum are made of single readings")).to_be_visible()


def test_a_derived_axis_without_readings_says_why(
    simulated: datetime, database: Database, app: str, page: Page
) -> None:
    """One sensor and a series derived of it are two to choose from."""
    own = SensorDraft(tag="P_SPARE", name="Spare", quantity="pressure", unit="bar")
    machine = next(each for each in list_systems(database) if each.code == MACHINE.code)
    create_sensor(database, machine.id, own)
    address = address_of(app, simulated).replace("&sensors=Q_PUMP", "")
    page.goto(f"{address}&look=Scatter&formulas={quote('Drop = P_PUMP - P_SPARE')}")
    reason = "Drop: no readings of P_SPARE in this window"
    expect(page.get_by_text(f"{reason}. Choose another window")).to_be_visible()
    choose(page, "Histogram")
    expect(figure_of(page, "How often P_PUMP, Drop")).to_be_visible()
    expect(page.get_by_text(reason)).to_be_visible()


def test_a_look_that_cannot_be_says_what_to_do(simulated: datetime, app: str, page: Page) -> None:
    page.goto(f"{address_of(app, simulated).replace('&sensors=Q_PUMP', '')}&look=Scatter")
    expect(page.get_by_text("It takes two sensors. Choose another one")).to_be_visible()
