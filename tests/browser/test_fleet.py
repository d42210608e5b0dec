"""A machine made by hand, changed in tables, taken out as YAML and brought back changed."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.accounts import Role
from hydrodiag.db import Database
from hydrodiag.fleet import list_sensors, read_yaml, write_yaml
from tests.machines import measured_machine

from .conftest import sign_in_browser

pytestmark = pytest.mark.browser
SENSOR = """  sensors:
  - tag: P_PUMP
    name: Pump pressure
    quantity: pressure
    unit: bar
    warn_high: 200
    is_key: true
"""


def test_from_nothing_to_a_machine_in_version_control(
    database: Database, app: str, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{app}/fleet")
    expect(page.get_by_text("No machines yet")).to_be_visible()
    expect(page.get_by_text("columns of a file")).to_be_visible()
    expect(page.get_by_role("link", name="Begin with a file")).to_have_attribute(
        "href", re.compile(r"\bdata$")
    )
    form = page.get_by_test_id("stForm")
    form.get_by_role("textbox", name="Code").fill("press-9")
    form.get_by_role("textbox", name="Name").fill("Пресс № 9")
    form.get_by_role("textbox", name="Type").fill("press")
    form.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Sensors")).to_be_visible()
    page.get_by_role("textbox", name="Site").first.fill("Plant A")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 change saved.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Whole fleet").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "site: Plant A" in text
    file = tmp_path / "fleet.yaml"
    file.write_text(text + SENSOR, encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("1 change imported.")).to_be_visible()
    expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)
    # The uploader is a new one: a file given to the old one, still shown, would be lost.
    app_itself = page.get_by_test_id("stApp")
    expect(app_itself).to_have_attribute("data-test-script-state", "notRunning")
    [sensor] = list_sensors(database)
    assert (sensor.tag, sensor.warn_high, sensor.is_key) == ("P_PUMP", 200, True)
    file.write_text(text + SENSOR.replace("200", "high"), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("warn_high is 'high', not a number")).to_be_visible()
    page.goto(app)
    expect(page.get_by_text("Пресс № 9").first).to_be_visible()


def test_a_machine_with_readings_is_kept_and_viewers_only_look(
    database: Database, database_url: str, app: str, page: Page
) -> None:
    measured_machine(database)
    page.goto(f"{app}/fleet?system=press-1")
    page.get_by_text("Delete press-1").click()
    button = page.get_by_role("button", name="Delete machine")
    expect(button).to_be_disabled()
    page.get_by_role("textbox", name="Type its code").fill("press-1")
    page.keyboard.press("Enter")
    button.click()
    expect(page.get_by_text("has stored readings")).to_be_visible()
    sign_in_browser(page.context, app, database_url, Role.VIEWER)
    page.goto(f"{app}/fleet")
    expect(page.get_by_role("button", name="Whole fleet")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="This machine").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert write_yaml(read_yaml(text)) == text
