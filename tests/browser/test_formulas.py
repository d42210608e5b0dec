"""Derived series and comparisons on the page Metrics."""

import re
from datetime import timedelta
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from hydrodiag.accounts import Actor, Role
from hydrodiag.db import Database
from hydrodiag.diagnostics.choices import confirm_healthy
from hydrodiag.fleet import SensorDraft, create_sensor
from hydrodiag.readings.ingest import load_columns
from tests.machines import SECOND_US, MeasuredMachine, measured_machine

pytestmark = pytest.mark.browser
POWER = "Hydraulic power = P_PUMP * Q_PUMP in kW"


@pytest.fixture
def press(database: Database) -> MeasuredMachine:
    """With a flow that is no key sensor, a healthy span, and a second press beside it."""
    measured_machine(database, "press-2")
    machine = measured_machine(database)
    flow = SensorDraft(
        tag="Q_PUMP", name="Pump flow", quantity="flow", unit="l/min", sampling_interval_s=1
    )
    sensor = create_sensor(database, machine.system.id, flow)
    seconds = np.arange(7200)
    times = (int(machine.start_at.timestamp()) + 1 + seconds) * SECOND_US
    values = 40 + 4 * np.sin(seconds / 600)
    load_columns(database, np.full(7200, sensor.id), times, values, origin="test")
    hour = timedelta(hours=1)
    confirm_healthy(
        database, Actor("ada", Role.ADMINISTRATOR), machine.system.id,
        machine.start_at, machine.start_at + hour,
    )  # fmt: skip
    return machine


def open_chart(page: Page, url: str) -> None:
    page.goto(url)
    expect(chart_of(page)).to_be_visible()


def chart_of(page: Page, name: str = "P_PUMP"):
    return page.get_by_role("figure", name=re.compile(name))


def open_options(page: Page) -> None:
    """What is asked there stands in a popover, that may be open already."""
    opener = page.get_by_role("button", name="Options")
    if opener.get_attribute("aria-expanded") != "true":
        opener.click()


def type_formulas(page: Page, text: str) -> None:
    open_options(page)
    field = page.get_by_role("textbox", name="Derived series")
    field.fill(text)
    field.press("Control+Enter")


def choose(page: Page, name: str, option: str) -> None:
    open_options(page)
    page.get_by_role("combobox", name=name).click()
    page.get_by_role("option", name=option, exact=True).click()


def legend_of(page: Page, text: str):
    return page.locator(f'.js-plotly-plot text[data-unformatted="{text}"]')


def test_a_formula_has_its_panel_and_stays_in_the_address(
    press: MeasuredMachine, app: str, page: Page
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=6h")
    type_formulas(page, f"{POWER}\nWrong = P_PUMP + T_TANK\nLost = P_BACK * 2")
    expect(page.get_by_text("Line 2, column 16: bar and °C cannot be added")).to_be_visible()
    expect(page.get_by_text("Line 3, column 8: this machine has no sensor P_BACK")).to_be_visible()
    expect(legend_of(page, "Hydraulic power")).to_be_visible()
    expect(page.get_by_text("derived series are worked out on the means of")).to_be_visible()
    type_formulas(page, f"{POWER}\nRise = T_TANK - 40 °C")
    expect(legend_of(page, "Rise")).to_be_visible()
    expect(page).to_have_url(re.compile("formulas=Hydraulic"))
    page.reload()
    expect(page.get_by_role("textbox", name="Derived series")).to_have_count(0)
    expect(chart_of(page, "Hydraulic power, Rise of Press press-1")).to_be_visible()
    expect(page.get_by_text("Derived [K]")).to_be_visible()


def test_derived_series_are_downloaded_as_drawn(
    press: MeasuredMachine, app: str, page: Page
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=6h&formulas={quote(POWER)}")
    expect(legend_of(page, "Hydraulic power")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download derived").click()
    assert download.value.suggested_filename.endswith("_derived.csv")
    rows = pd.read_csv(download.value.path(), parse_dates=["time"])
    assert set(rows["series"]) == {"Hydraulic power"}
    assert set(rows["unit"]) == {"kW"}
    assert len(rows) > 100
    assert rows["time"].diff().min().total_seconds() == rows["bucket_s"].iloc[0]
    assert rows["value"].between(1, 100).all()


def test_readings_are_compared_and_the_address_says_with_what(
    press: MeasuredMachine, app: str, page: Page
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=6h")
    choose(page, "Compare with", "Another machine")
    expect(legend_of(page, "P_PUMP, press-2")).to_be_visible()
    page.reload()
    expect(legend_of(page, "P_PUMP, press-2")).to_be_visible()
    choose(page, "Compare with", "Healthy span")
    expect(legend_of(page, "P_PUMP, healthy")).to_be_visible()
    expect(page).to_have_url(re.compile(r"beside=Healthy(\+|%20)span"))


def test_a_link_of_before_still_compares_with_the_period_before(
    press: MeasuredMachine, app: str, page: Page
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=15m&compare=true")
    expect(legend_of(page, "P_PUMP, before")).to_be_visible()
    page.reload()
    expect(legend_of(page, "P_PUMP, before")).to_be_visible()
    choose(page, "Compare with", "Nothing")
    expect(legend_of(page, "P_PUMP, before")).to_have_count(0)
    page.reload()
    expect(legend_of(page, "P_PUMP")).to_be_visible()
    expect(legend_of(page, "P_PUMP, before")).to_have_count(0)
