"""Scanned pages are read by tesseract, in both languages, and say that they were."""

from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from hydrodiag.manuals.parsing import ManualRefused, parse_manual
from tests.chromium import MISSING, has_tesseract
from tests.scans import MANUALS, write_scan


@pytest.fixture(autouse=True)
def tesseract() -> None:
    if not has_tesseract():
        pytest.fail(MISSING)


def texts(path: Path) -> tuple[list[str], tuple[str, ...]]:
    manual = parse_manual(path, path.name)
    pages = [" ".join(block.text for block in page.blocks) for page in manual.pages]
    return pages, manual.warnings


def test_a_scan_in_two_languages_is_read_with_its_numbers_on_their_pages(tmp_path: Path) -> None:
    path = write_scan(tmp_path / "scan.pdf", [("HP-200.pdf", 18), ("PG-160.pdf", 16)])
    [english, russian], [warning] = texts(path)
    assert "V1 is factory set to 265 bar" in english
    assert "КП1 настроить на давление 30 МПа" in russian
    assert warning.startswith("2 of 2 pages are scans")
    assert "check numbers on the page" in warning


def test_only_the_scanned_pages_of_a_mixed_manual_are_recognised(tmp_path: Path) -> None:
    scan = PdfDocument(write_scan(tmp_path / "scan.pdf", [("HP-200.pdf", 18)]))
    mixed = PdfDocument(MANUALS / "no-printing.pdf")
    both = PdfDocument.new()
    both.import_pages(mixed)
    both.import_pages(scan)
    both.save(tmp_path / "mixed.pdf")
    [plain, scanned], [warning] = texts(tmp_path / "mixed.pdf")
    assert "V7 opens at 250 bar" in plain
    assert "265 bar" in scanned
    assert warning.startswith("1 of 2 pages are scans")


def test_without_tesseract_a_scan_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_scan(tmp_path / "scan.pdf", [("HP-200.pdf", 18)])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ManualRefused, match=r"is a scan.*tesseract-ocr-rus"):
        parse_manual(path, "scan.pdf")
