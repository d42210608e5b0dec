"""A report of a machine: what stands in it, in both forms, and what may not happen in it."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pypdfium2 as pdfium
import pytest
from lxml import html
from typer.testing import CliRunner

from hydrodiag.accounts import Actor, Role
from hydrodiag.cli import app
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.choices import note_maintenance
from hydrodiag.diagnostics.findings.handling import comment
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import SensorDraft, System, SystemDraft, create_sensor, create_system
from hydrodiag.readings.ingest import load_columns
from hydrodiag.reports import build_document, gather_report, name_file, write_html, write_pdf
from hydrodiag.reports.content import MOST_CHARTS
from hydrodiag.reports.document import format_number
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context

EMIL = Actor("emil", Role.ENGINEER, 1)
DAYS = 6
START = days_ago(DAYS)
END = START + timedelta(days=DAYS)
LAST = END - timedelta(days=1)
TOLD = ("Cooler fouled", "Measured", "Alarm limit", "Clean the cooler's fins",
        "Рёбра охладителя промыты.", "T_TANK", "by emil", "no sensor for")  # fmt: skip
TRAP = (
    '#read("/etc/passwd") $x$ *bold* <img src="http://evil.example/x.png"><script>alert(1)</script>'
)


@pytest.fixture
def fouled(database: Database) -> System:
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    system = write_history(database, faulty("imm-2", faults), START, DAYS)
    run_diagnostics(job_context(database))
    note_maintenance(database, EMIL, system.id, START + timedelta(days=1), "repair",
                     component="cooler", text="Рёбра охладителя промыты.")  # fmt: skip
    [cooler] = [each for each in list_findings(database) if each.component == "cooler"]
    comment(database, EMIL, cooler.id, TRAP)
    return system


def read_pdf(content: bytes) -> tuple[str, int]:
    document = pdfium.PdfDocument(content)
    texts = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(texts).split()), len(texts)


def test_both_forms_tell_the_finding_its_numbers_and_what_was_done(
    database: Database, fouled: System
) -> None:
    report = gather_report(database, fouled, START, END, "emil")
    document = build_document(report)
    told, pages = read_pdf(write_pdf(document))
    page = html.fromstring(write_html(document))
    for text in (told, " ".join(page.text_content().split())):
        for words in TOLD:
            assert words in text, words
    assert 2 <= pages <= 8
    assert len(page.findall(".//svg")) >= 1 + len(report.sensors)


def test_words_of_people_stay_words_and_nothing_is_fetched(
    database: Database, fouled: System
) -> None:
    document = build_document(gather_report(database, fouled, START, END, "emil"))
    told, _ = read_pdf(write_pdf(document))
    assert '#read("/etc/passwd") $x$ *bold*' in told
    check_nothing_is_fetched(write_html(document).decode())


def test_names_of_machines_and_sensors_stay_words(database: Database) -> None:
    draft = SystemDraft(code="new-1", name=TRAP, kind="press", description="Пресс №3")
    system = create_system(database, draft)
    sensor = SensorDraft(tag=f"--> {TRAP}", name=TRAP, quantity="pressure", unit="bar")
    sensor_id = create_sensor(database, system.id, sensor).id
    send(database, [sensor_id], START)
    document = build_document(gather_report(database, system, START, END, TRAP))
    told, _ = read_pdf(write_pdf(document))
    assert told.count('#read("/etc/passwd") $x$ *bold*') >= 4
    assert "Пресс №3" in told
    check_nothing_is_fetched(write_html(document).decode())


def check_nothing_is_fetched(content: str) -> None:
    page = html.fromstring(content)
    assert TRAP in page.text_content()
    assert page.findall(".//svg")
    assert page.findall(".//script") == page.findall(".//img") == []
    sources = re.findall(r'(?:src|(?<!xmlns:xlink=)(?:xlink:)?href)="([^"]*)"', content)
    assert all(each.startswith("#") for each in sources)
    assert "url(http" not in content


def send(database: Database, sensor_ids: list[int], start: datetime) -> None:
    """A reading a minute, an hour long, of each sensor."""
    ids = np.repeat(np.array(sensor_ids, np.int32), 60)
    first_us = int(start.timestamp()) * 1_000_000
    times = np.tile(first_us + np.arange(60, dtype=np.int64) * 60_000_000, len(sensor_ids))
    load_columns(database, ids, times, np.tile(np.arange(60.0), len(sensor_ids)), origin="test")


def test_a_long_word_does_not_leave_the_page(database: Database) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    note_maintenance(database, EMIL, system.id, START, "repair", text="Ж" * 300)
    report = gather_report(database, system, START, END, "emil")
    [page] = pdfium.PdfDocument(write_pdf(build_document(report)))
    text = page.get_textpage()
    rights = [text.get_charbox(place)[2] for place in range(text.count_chars())]
    assert text.get_text_range().count("Ж") == 300
    assert max(rights) < page.get_width() - 40  # points; the margin is 51


def test_a_machine_of_many_sensors_gets_a_line_of_each_and_the_charts_that_tell(
    database: Database,
) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    many = MOST_CHARTS + 3
    ids = [
        create_sensor(
            database, system.id,
            SensorDraft(tag=f"T{number:02}", name="Oil", quantity="temperature", unit="°C",
                        is_key=number == many - 1),
        ).id
        for number in range(many)
    ]  # fmt: skip
    send(database, ids, START)
    report = gather_report(database, system, START, END, "emil")
    assert len(report.sensors) == many
    drawn = [each.sensor.tag for each in report.sensors if each.frame is not None]
    assert len(drawn) == MOST_CHARTS
    assert drawn[-1] == f"T{many - 1:02}"


def test_a_line_breaks_where_readings_are_missing(database: Database) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    draft = SensorDraft(tag="T1", name="Oil", quantity="temperature", unit="°C")
    sensor = create_sensor(database, system.id, draft)
    send(database, [sensor.id], START)
    send(database, [sensor.id], START + timedelta(days=2))
    [told] = gather_report(database, system, START, END, "emil").sensors
    assert told.figures["n"] == 120
    assert told.frame is not None
    assert told.frame["mean"].isna().sum() == 1


def test_a_machine_without_anything_gets_an_honest_report(database: Database) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="Neu", kind="press"))
    report = gather_report(database, system, START, END, "emil")
    document = build_document(report)
    told, pages = read_pdf(write_pdf(document))
    assert pages == 1
    for words in ("No finding in this period.", "has not been diagnosed yet", "Nothing noted"):
        assert words in told
        assert words in html.fromstring(write_html(document)).text_content()


def test_a_period_leaves_out_what_was_not_in_it(database: Database, fouled: System) -> None:
    report = gather_report(database, fouled, START, START + timedelta(days=2), "emil")
    assert report.findings == ()
    assert len(report.maintenance) == 1
    late = gather_report(database, fouled, START + timedelta(days=2), END, "emil")
    assert late.maintenance == ()
    assert late.findings


def test_what_is_still_open_is_told_also_where_the_machine_sends_nothing_any_more(
    database: Database, fouled: System
) -> None:
    report = gather_report(database, fouled, END, END + timedelta(days=3), "emil")
    assert "Cooler fouled" in {each.finding.title for each in report.findings}
    assert report.sensors == ()
    told, _ = read_pdf(write_pdf(build_document(report)))
    # Whether the oil gets too hot as well depends on the weather of these days.
    count = len(report.findings)
    counted = "One finding" if count == 1 else f"{count} findings"
    assert f"{counted} in this period; {count} going on now, the worst is “Cooler fouled”" in told
    assert "None in this period" in told


@pytest.mark.parametrize("days", [0, -1, 401])
def test_a_period_that_cannot_be_is_refused(database: Database, days: int) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    with pytest.raises(InvalidInput, match="period"):
        gather_report(database, system, START, START + timedelta(days=days), "emil")


def test_the_file_is_named_safely() -> None:
    system = SimpleNamespace(code="../a b")
    named = name_file(system, START, END, "pdf")  # type: ignore[arg-type]
    assert named == f"report----a-b-{START:%Y-%m-%d}-{LAST:%Y-%m-%d}.pdf"


def test_the_period_is_told_with_its_last_day(database: Database) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    document = build_document(gather_report(database, system, START, END, "emil"))
    assert document["period"] == f"{START:%Y-%m-%d} to {LAST:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.32514, "0.3251"), (12.0, "12"), (-4.5678, "-4.568"), (123_456.7, "123\u202f457"),
     (3e12, "3e+12"), (float("nan"), "–")],
)  # fmt: skip
def test_numbers_are_told_as_people_write_them(value: float, told: str) -> None:
    assert format_number(value) == told


def test_the_command_writes_a_file(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    load_settings.cache_clear()
    out = tmp_path / "report.pdf"
    done = CliRunner().invoke(app, ["report", "new-1", "--out", str(out), "--from", "2026-01-01",
                                    "--to", "2026-02-01"])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(b"%PDF")
    wrong = CliRunner().invoke(app, ["report", "new-1", "--out", str(tmp_path / "report.doc")])
    nowhere = CliRunner().invoke(app, ["report", "new-1", "--out", str(tmp_path / "no" / "r.html")])
    load_settings.cache_clear()
    assert isinstance(wrong.exception, InvalidInput)
    assert isinstance(nowhere.exception, InvalidInput)
    assert "cannot be written" in str(nowhere.exception)
