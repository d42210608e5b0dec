"""The looks of the page Metrics: pairs, distributions, cycles and spectra of readings."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Locator, Page, expect

from hydrodiag.db import Database
from hydrodiag.demo.arrays import build_arrays
from hydrodiag.demo.fleet import upsert_machine
from hydrodiag.demo.machines import MACHINES
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups

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


def test_readings_are_looked_at_from_all_sides(simulated: datetime, app: str, page: Page) -> None:
    page.goto(address_of(app, simulated))
    expect(page.get_by_text("points from")).to_be_visible()
    of_lines = (page.get_by_role("combobox", name=re.compile("Compare with")),
                page.get_by_role("textbox", name="Derived series"))  # fmt: skip
    page.get_by_role("button", name="Options").click()
    for control in of_lines:
        expect(control).to_be_enabled()
    page.keyboard.press("Escape")

    choose(page, "Scatter")
    expect(figure_of(page, "Q_PUMP against P_PUMP")).to_be_visible()
    expect(page.get_by_text("Pearson r")).to_be_visible()
    expect(page).to_have_url(re.compile("look=Scatter"))

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
    for control in of_lines:
        expect(control).to_be_disabled()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Link to this view").click()
    expect(page.locator("[data-testid=stCode] code")).to_contain_text("look=Cycles")
    page.keyboard.press("Escape")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download Parquet").click()
    table = pq.read_table(Path(download.value.path()))
    assert table.num_rows == 2 * 1800
    assert set(table["sensor"].to_pylist()) == {"P_PUMP", "Q_PUMP"}
    assert np.datetime64(table["time"][0].as_py().replace(tzinfo=None)) == np.datetime64(
        simulated.replace(tzinfo=None)
    )


def test_a_look_that_cannot_be_says_what_to_do(simulated: datetime, app: str, page: Page) -> None:
    page.goto(f"{address_of(app, simulated).replace('&sensors=Q_PUMP', '')}&look=Scatter")
    expect(page.get_by_text("It takes two sensors. Choose another one")).to_be_visible()
