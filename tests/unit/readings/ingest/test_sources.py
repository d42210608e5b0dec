import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest import Kind, open_source
from tests.unit.readings.ingest.catalogs import all_rows

START = datetime(2026, 1, 2, 3, 4, 5, 123000)


def workbook(rows: list[list[object]], *, empty_first: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if empty_first:
        sheet = book.create_sheet("Readings")
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_is_read_with_its_times_and_numbers() -> None:
    rows: list[list[object]] = [["Device", "HPU"], [], ["Time", "PS1 [bar]"], [START, 12.25]]
    with open_source(workbook(rows), "a.csv") as source:
        assert (source.kind, source.columns) == (Kind.XLSX, ("Time", "PS1 [bar]"))
        assert all_rows(source) == [("2026-01-02 03:04:05.123", "12.25")]
        (block,) = source.blocks()
        assert block.first_line == 4


def test_the_first_sheet_with_a_table_is_taken() -> None:
    content = workbook([["Time", "PS1"], [START, 1.0]], empty_first=True)
    with open_source(content, "a.xlsx") as source:
        assert source.detail == "sheet Readings"


def test_an_unknown_sheet_names_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="It has Sheet"):
        open_source(workbook([["Time", "PS1"], [START, 1.0]]), "a.xlsx", sheet="Data")


def test_parquet_keeps_its_types_and_comes_in_blocks(tmp_path: Path) -> None:
    times = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n) for n in range(100)]
    path = tmp_path / "a.bin"
    pl.DataFrame({"time": times, "PS1": [float(n) for n in range(100)]}).write_parquet(path)
    with open_source(path) as source:
        source.block_bytes = 160
        assert source.kind is Kind.PARQUET
        blocks = list(source.blocks())
    assert len(blocks) == 10
    assert blocks[3].frame["PS1"].to_list() == [float(n) for n in range(30, 40)]
    assert blocks[-1].done_bytes == source.size_bytes


def test_equal_content_gives_equal_digests(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"time": [1, 2], "PS1": [1.0, 2.0]}).write_parquet(path)
    digests = set()
    for _ in range(2):
        with open_source(path) as source:
            digests.add(next(iter(source.blocks())).digest)
    assert len(digests) == 1


def zip_of(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO(workbook([["Time", "PS1"], [START, 1.0]]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(80_000_000))
    with pytest.raises(InvalidInput, match="unpacks to"):
        open_source(packed.getvalue(), "bomb.xlsx")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \r\n\n\t", "is empty"),
        (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table>", "web page"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook/>", "web page or XML"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x1f\x8b\x08\x00 ...", "gzip"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + "Workbook".encode("utf-16-le"), "old XLS format"),
        (zip_of("readings.csv", b"time,PS1\n"), "a ZIP archive"),
        (b"PK\x03\x04[Content_Types].xml and then nothing", "is damaged"),
        (b"PAR1 but nothing else", "cannot be read as Parquet"),
        (bytes(range(256)) * 10, "is no text"),
    ],
)
def test_what_is_no_file_of_readings_is_named(content: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        open_source(content, "readings.csv")
    assert refused.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.csv cannot be opened"):
        open_source(tmp_path / "nowhere.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be opened"):
        open_source(tmp_path)
