"""Files with passwords: said so, and the others go on."""

import shutil
from pathlib import Path

import pytest

from hydrodiag.manuals.parsing import ManualRefused, parse_manual

DATA = Path(__file__).parents[2] / "data" / "manuals"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_a_pdf_that_asks_for_a_password_is_refused() -> None:
    with pytest.raises(ManualRefused, match="is locked with a password"):
        parse_manual(DATA / "locked.pdf", "locked.pdf")


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    manual = parse_manual(DATA / "no-printing.pdf", "no-printing.pdf")
    assert "V7 opens at 250 bar" in manual.pages[0].blocks[0].text


@pytest.mark.parametrize(
    ("part", "why"),
    [("EncryptedPackage", "locked with a password"), ("WordDocument", "old Office format")],
)
def test_a_locked_office_file_is_told_from_an_old_one(tmp_path: Path, part: str, why: str) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(OLE + bytes(2000) + part.encode("utf-16-le") + bytes(600))
    with pytest.raises(ManualRefused, match=why):
        parse_manual(path, "plan.docx")


def test_a_missing_tail_is_damage_not_a_password(tmp_path: Path) -> None:
    path = tmp_path / "half.pdf"
    shutil.copy(DATA / "HP-200.pdf", path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ManualRefused, match="damaged"):
        parse_manual(path, "half.pdf")
