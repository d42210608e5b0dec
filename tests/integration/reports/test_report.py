"""A report of a machine: what stands in it, in both forms, and what may not happen in it."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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
from hydrodiag.fleet import System, SystemDraft, create_system
from hydrodiag.reports import gather_report, write_html, write_pdf
from hydrodiag.reports.document import name_file
from tests.demo_history import days_ago, faulty, write_history

EMIL = Actor("emil", Role.ENGINEER, 1)
DAYS = 6
START = days_ago(DAYS)
END = START + timedelta(days=DAYS)
TOLD = ("Cooler fouled", "Measured", "Alarm limit", "Clean the cooler's fins",
        "Рёбра охладителя промыты.", "T_TANK", "by emil", "no sensor for")  # fmt: skip
TRAP = (
    '#read("/etc/passwd") $x$ *bold* <img src="http://evil.example/x.png"><script>alert(1)</script>'
)


@pytest.fixture
def fouled(database: Database) -> System:
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    system = write_history(database, faulty("imm-2", faults), START, DAYS)
    context: Any = SimpleNamespace(
        database=database, params={}, run_id=1, report=lambda *_: None, should_stop=lambda: False,
    )  # fmt: skip
    run_diagnostics(context)
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
    told, pages = read_pdf(write_pdf(report))
    page = html.fromstring(write_html(report))
    for text in (told, " ".join(page.text_content().split())):
        for words in TOLD:
            assert words in text, words
    assert 2 <= pages <= 8
    assert len(page.findall(".//svg")) >= 1 + len(report.sensors)


def test_words_of_people_stay_words_and_nothing_is_fetched(
    database: Database, fouled: System
) -> None:
    report = gather_report(database, fouled, START, END, "emil")
    told, _ = read_pdf(write_pdf(report))
    assert '#read("/etc/passwd") $x$ *bold*' in told
    content = write_html(report).decode()
    page = html.fromstring(content)
    assert TRAP in page.text_content()
    assert page.findall(".//script") == page.findall(".//img") == []
    sources = re.findall(r'(?:src|(?<!xmlns:xlink=)(?:xlink:)?href)="([^"]*)"', content)
    assert all(each.startswith("#") for each in sources)
    assert "url(http" not in content


def test_a_machine_without_anything_gets_an_honest_report(database: Database) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="Neu", kind="press"))
    report = gather_report(database, system, START, END, "emil")
    told, pages = read_pdf(write_pdf(report))
    assert pages == 1
    for words in ("No finding in this period.", "has not been diagnosed yet", "Nothing noted"):
        assert words in told
        assert words in html.fromstring(write_html(report)).text_content()


def test_a_period_leaves_out_what_was_not_in_it(database: Database, fouled: System) -> None:
    report = gather_report(database, fouled, START, START + timedelta(days=2), "emil")
    assert report.findings == ()
    assert len(report.maintenance) == 1
    late = gather_report(database, fouled, START + timedelta(days=2), END, "emil")
    assert late.maintenance == ()
    assert late.findings


@pytest.mark.parametrize("days", [0, -1, 401])
def test_a_period_that_cannot_be_is_refused(database: Database, days: int) -> None:
    system = create_system(database, SystemDraft(code="new-1", name="New", kind="press"))
    with pytest.raises(InvalidInput, match="period"):
        gather_report(database, system, START, START + timedelta(days=days), "emil")


def test_the_file_is_named_safely() -> None:
    system = SimpleNamespace(code="../a b")
    named = name_file(system, START, END, "pdf")  # type: ignore[arg-type]
    assert named == f"report----a-b-{START:%Y-%m-%d}-{END:%Y-%m-%d}.pdf"


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
    load_settings.cache_clear()
    assert isinstance(wrong.exception, InvalidInput)
