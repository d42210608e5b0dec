"""A model from labelled cycles of the rig: trained, looked at, put in use, gone back from."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.accounts import Role
from hydrodiag.db import Database
from hydrodiag.diagnostics.models.versions import find_active
from hydrodiag.readings.zema import import_zema
from tests.rig import write_valve_sessions

from .conftest import sign_in_browser

pytestmark = pytest.mark.browser


def pick(page: Page, label: str, value: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=value, exact=True).click()


def choose_version(page: Page, row: int) -> None:
    """By its checkbox, which is drawn on a canvas: rows are 35 px high below a head of 35."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible()
    table.click(position={"x": 16, "y": 35 * (row + 1) + 17})


def test_a_model_is_trained_judged_and_put_in_use(
    database: Database, scheduler: None, app: str, page: Page, tmp_path: Path
) -> None:
    import_zema(database, write_valve_sessions(tmp_path))
    page.goto(f"{app}/models")
    expect(page.get_by_text("No models yet")).to_be_visible()
    pick(page, "Label", "valve")
    healthy = page.get_by_role("combobox", name="Healthy is", exact=True)
    expect(healthy).to_have_value("73")
    pick(page, "Healthy is", "100")
    expect(healthy).to_have_value("100")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_disabled()
    pick(page, "Sessions", "session")
    expect(train).to_be_enabled()
    train.click()
    expect(page.get_by_text("Choose a version to see")).to_be_visible()
    choose_version(page, 0)
    expect(page.get_by_role("heading", name="valve 1")).to_be_visible()
    expect(page.get_by_text("Each session judged by a model that had not seen it")).to_be_visible()
    expect(page.get_by_text("144 cycles in 3 sessions (session)")).to_be_visible()
    page.get_by_role("button", name="Use this version").click()
    expect(page.get_by_text("Choose a version to see").or_(
        page.get_by_role("button", name="Use no model"))).to_be_visible()  # fmt: skip
    assert find_active(database)["valve"].id == 1


def test_labels_are_added_from_a_table_and_viewers_only_look(
    database: Database, database_url: str, app: str, page: Page, tmp_path: Path
) -> None:
    done = import_zema(database, write_valve_sessions(tmp_path))
    start = done.start_at
    lines = ["start,bearing", f"{start.isoformat()},worn", f"{start + timedelta(minutes=1)},",
             "yesterday,worn"]  # fmt: skip
    page.goto(f"{app}/models")
    page.get_by_text("Upload labels of working cycles").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "labels.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    )
    page.get_by_role("button", name="Add labels").click()
    expect(page.get_by_text("1 cycles labelled.")).to_be_visible()
    expect(page.get_by_text("Line 4: 'yesterday' is no instant")).to_be_visible()
    sign_in_browser(page.context, app, database_url, Role.VIEWER)
    page.goto(f"{app}/models")
    expect(page.get_by_text("No models yet")).to_be_visible()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_have_count(0)
