"""Opening a file: what it is by its content, and what it cannot be."""

import io
import os
from pathlib import Path
from typing import BinaryIO

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.block import Source
from hydrodiag.readings.ingest.csv_blocks import CsvSource
from hydrodiag.readings.ingest.parquet import ParquetSource
from hydrodiag.readings.ingest.sheet import SheetSource
from hydrodiag.readings.ingest.text_stream import detect_encoding

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ACCEPTED = "Hand in CSV, TSV, XLSX or Parquet."
# first bytes -> what it is, what to do
FOREIGN = (
    (b"%PDF", "a PDF document", "Export the readings as CSV or XLSX."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"(\xb5/\xfd", "a zstd archive", "Unpack it first."),
    (b"SQLite format 3", "an SQLite database", "Export the readings as CSV."),
    (b"\x89PNG", "an image", ACCEPTED),
    (b"\xff\xd8\xff", "an image", ACCEPTED),
    (b"\x89HDF", "an HDF5 or MATLAB file", "Export the readings as CSV or Parquet."),
    (b"MATLAB 5.0", "a MATLAB file", "Export the readings as CSV or Parquet."),
    (b"TDSm", "a TDMS file", "Export the readings as CSV."),
    (b"MDF ", "an MDF file", "Export the readings as CSV or Parquet."),
)
MARKUP = (b"<!doctype", b"<html", b"<table", b"<head", b"<body", b"<?xml", b"<meta")


def open_source(
    file: str | os.PathLike[str] | bytes | BinaryIO, name: str = "", *, sheet: str | None = None
) -> Source:
    """Open readings from a path, bytes or a seekable stream; the content decides what it is.

    Raises InvalidInput for files that hold no readings, saying what they are.
    """
    raw, name = _open_raw(file, name)
    try:
        return _open_kind(raw, name, sheet)
    except BaseException:
        raw.close()
        raise


def _open_raw(file: str | os.PathLike[str] | bytes | BinaryIO, name: str) -> tuple[BinaryIO, str]:
    if isinstance(file, bytes):
        return io.BytesIO(file), name or "the file"
    if not isinstance(file, str | os.PathLike):
        return file, name or str(getattr(file, "name", "the file"))
    path = Path(file)
    try:
        return path.open("rb"), name or path.name
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be opened: {error.strerror}.", hint="Check the path and its rights."
        ) from error


def _open_kind(raw: BinaryIO, name: str, sheet: str | None) -> Source:
    size_bytes = raw.seek(0, io.SEEK_END)
    raw.seek(0)
    head = raw.read(4096)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise InvalidInput(f"{name} is empty.", hint="Export the readings again.")
    if head.startswith(b"PAR1"):
        return ParquetSource(raw, name, size_bytes)
    if head.startswith(b"PK\x03\x04"):
        _require_workbook(raw, name)
        return SheetSource(raw, name, size_bytes, sheet)
    _refuse_foreign(raw, head, name)
    return CsvSource(raw, name, size_bytes)


def _require_workbook(raw: BinaryIO, name: str) -> None:
    raw.seek(0)
    if b"[Content_Types].xml" in raw.read(1_000_000) or _ends_like_workbook(raw):
        return
    raise InvalidInput(f"{name} is a ZIP archive, not a workbook.", hint="Unpack it first.")


def _ends_like_workbook(raw: BinaryIO) -> bool:
    """The list of a ZIP's entries stands at its end."""
    size = raw.seek(0, io.SEEK_END)
    raw.seek(max(0, size - 1_000_000))
    return b"xl/workbook" in raw.read()


def _refuse_foreign(raw: BinaryIO, head: bytes, name: str) -> None:
    if head.startswith(OLE):
        _refuse_ole(raw, name)
    for mark, what, hint in FOREIGN:
        if head.startswith(mark):
            raise InvalidInput(f"{name} is {what}.", hint=hint)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP):
        raise InvalidInput(
            f"{name} is a web page or XML, whatever its name says.",
            hint="Open it in a spreadsheet program and save it as XLSX or CSV.",
        )
    if _is_binary(head):
        raise InvalidInput(f"{name} is no text and of no known kind.", hint=ACCEPTED)


def _refuse_ole(raw: BinaryIO, name: str) -> None:
    raw.seek(0)
    if ENCRYPTED in raw.read(10_000_000):
        raise InvalidInput(
            f"{name} is protected by a password.", hint="Save it without a password."
        )
    raise InvalidInput(
        f"{name} is in the old XLS format or another Office format.", hint="Save it as XLSX."
    )


def _is_binary(head: bytes) -> bool:
    """Control characters beyond those of text."""
    if detect_encoding(head).startswith("utf-16"):
        return False
    control = sum(byte < 9 or 13 < byte < 27 for byte in head)
    return control > len(head) * 0.02
