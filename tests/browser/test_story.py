"""The whole way: an empty database, a file of real readings, a chart, a job and its result."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, table

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.db import Database

RIG = PROJECT_ROOT.parent / "shared" / "data" / "uci-hydraulic-1hz" / "readings.parquet"
CYCLES = 100
READINGS = CYCLES * 60 * 3
TABLES = ("sensor_data", "quarantined_reading")
UNITS = {"PS1": "bar", "FS1": "l/min", "TS1": "°C"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not RIG.exists(), reason="needs the rig readings in ../shared/data/uci-hydraulic-1hz"
    ),
]


@pytest.fixture
def logger_file(tmp_path: Path) -> Path:
    """The rig's first cycles as a German data logger exports them, one cell broken.

    The readings carry no times: they are laid end to end and end an hour ago.
    """
    rig = pl.read_parquet(RIG, columns=list(UNITS)).head(CYCLES * 60)
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1, seconds=len(rig))
    lines = [";".join(("Zeit", *(f"{tag} [{unit}]" for tag, unit in UNITS.items())))]
    for second, row in enumerate(rig.iter_rows()):
        instant = start + timedelta(seconds=second)
        cells = (f"{value:.3f}".replace(".", ",") for value in row)
        lines.append(";".join((f"{instant:%d.%m.%Y %H:%M:%S}", *cells)))
    lines[7] = re.sub(r"[^;]+$", "Err", lines[7])
    path = tmp_path / "pruefstand.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
    return path


def test_from_a_file_to_a_chart_and_a_job(
    database: Database, app: str, scheduler: None, page: Page, logger_file: Path
) -> None:
    page.goto(app)
    page.get_by_role("link", name="Upload readings").click()
    upload(page, logger_file)
    create_machine(page, "RIG-1", "Test rig")
    load(page)
    assert stored(database) == (READINGS - 1, 1)
    show_chart(page)
    load_again(page, app, logger_file)
    assert stored(database) == (READINGS - 1, 1)
    run_job(page, app, "ensure_partitions", "Make partitions ahead")


def stored(database: Database) -> tuple[int, int]:
    """Readings and quarantined readings."""
    counts = (select(func.count()).select_from(table(name)) for name in TABLES)
    with database.read() as connection:
        readings, refused = (connection.scalar(each) or 0 for each in counts)
    return readings, refused


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("heading", name="How the file is read")).to_be_visible()


def create_machine(page: Page, code: str, name: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("Preview of")).to_be_visible()


def load(page: Page) -> None:
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text(re.compile(r"18\D000 readings in"))).to_be_visible()


def load_again(page: Page, app: str, path: Path) -> None:
    """The mapping of the first time is remembered."""
    page.goto(f"{app}/data")
    upload(page, path)
    expect(page.get_by_text("Filled in as the last file")).to_be_visible()
    load(page)


def show_chart(page: Page) -> None:
    page.get_by_role("link", name="Show in Metrics").click()
    expect(page.get_by_role("figure", name=re.compile("PS1"))).to_be_visible()
    expect(page.get_by_text("Test rig").first).to_be_visible()


def run_job(page: Page, app: str, job: str, title: str) -> None:
    page.goto(f"{app}/jobs?job={job}")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text(f"{title} succeeded")).to_be_visible()
