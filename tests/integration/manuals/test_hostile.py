"""Files made to hurt: each is refused with a reason, in bounded memory and time."""

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hydrodiag.manuals.parsed import ParsedManual
from hydrodiag.manuals.parsing import ManualRefused, ParseLimits, parse_manual

TIGHT = ParseLimits(memory_bytes=600_000_000, cpu_s=20, wall_s=30)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]><w:document>&j;</w:document>"
)


def write_docx(path: Path, document: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return path


def write_pdf_with(path: Path, content: bytes) -> Path:
    """One page whose content unpacks to `content`."""
    packed = zlib.compress(content, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
        b" >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(body)
    body += b"xref\n0 5\n0000000000 65535 f \n" + table
    body += b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start
    path.write_bytes(body)
    return path


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "bomb.docx", bytes(310_000_000))
    with pytest.raises(ManualRefused, match="it unpacks to 310 MB"):
        parse_manual(path, "bomb.docx")


def test_entities_within_entities_are_not_expanded(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "laughs.docx", LAUGHS.encode())
    with pytest.raises(ManualRefused):
        parse_manual(path, "laughs.docx", TIGHT)


def test_a_small_pdf_that_becomes_huge_ends_its_own_process_only(tmp_path: Path) -> None:
    text = b"BT /F1 9 Tf 9 9 Td " + b"(bomb) Tj " * 4_000_000 + b"ET"
    path = write_pdf_with(tmp_path / "bomb.pdf", text)
    assert path.stat().st_size < 200_000
    with suppress(ManualRefused):
        manual = parse_manual(path, "bomb.pdf", TIGHT)
        assert sum(len(block.text) for block in manual.pages[0].blocks) < 50_000


def test_the_same_page_without_the_bomb_is_read(tmp_path: Path) -> None:
    path = write_pdf_with(tmp_path / "small.pdf", b"BT /F1 9 Tf 99 500 Td (valve V1 265 bar) Tj ET")
    manual = parse_manual(path, "small.pdf", TIGHT)
    assert "valve V1 265 bar" in manual.pages[0].blocks[0].text


def test_more_pages_than_allowed_are_refused_with_their_number(tmp_path: Path) -> None:
    pdf = pypdfium2.PdfDocument.new()
    for _ in range(30):
        pdf.new_page(100, 100)
    pdf.save(tmp_path / "long.pdf")
    with pytest.raises(ManualRefused, match="has 30 pages, more than 20"):
        parse_manual(tmp_path / "long.pdf", "long.pdf", ParseLimits(pages=20))


def test_a_script_within_html_is_neither_run_nor_read(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><head><title>Pump</title></head><body><script>steal()</script><h2>Bleeding</h2>"
        "<p style='display:none'>unseen</p><iframe src=http://evil.example></iframe>"
        "<p>Open screw S1 half a turn.</p></body></html>"
    )
    manual = parse_manual(path, "page.html")
    text = " ".join(block.text for block in manual.pages[0].blocks)
    assert (manual.title, text) == ("Pump", "Bleeding Open screw S1 half a turn.")


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    head=st.sampled_from([b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"# Title\n", b""]),
    rest=st.binary(max_size=3000),
)
def test_whatever_the_bytes_are_they_are_read_or_refused(
    tmp_path: Path, head: bytes, rest: bytes
) -> None:
    path = tmp_path / "any"
    path.write_bytes(head + rest)
    with suppress(ManualRefused):
        assert isinstance(parse_manual(path, "any", TIGHT), ParsedManual)
