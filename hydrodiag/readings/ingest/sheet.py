"""XLSX files: one sheet, read as text through calamine."""

import struct
from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

import fastexcel
import polars as pl

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.block import OVERFLOW, Block, FrameTexts, Kind, Source
from hydrodiag.readings.ingest.header import find_header

# A sheet is unpacked in memory: at most 1,048,576 rows, but not any number of columns.
MAX_UNPACKED_BYTES = 512_000_000
MAX_RATIO = 200
LOOK_ROWS = 200
SAMPLE_ROWS = 500
BYTES_A_CELL = 12


class SheetSource(Source):
    kind = Kind.XLSX

    def __init__(self, raw: BinaryIO, name: str, size_bytes: int, sheet: str | None = None) -> None:
        self._raw = raw
        self.name = name
        self.size_bytes = size_bytes
        check_unpacked_size(raw, name)
        self.sheets, self.sheet, rows = _load(raw, name, sheet)
        self.detail = f"sheet {self.sheet}"
        header = find_header([[cell or "" for cell in row] for row in rows[:LOOK_ROWS].iter_rows()])
        self.columns = header.columns
        self._first_line = header.data_row + 1
        self._rows = _named(rows.slice(header.data_row), header.columns)
        if not self._rows.height:
            raise InvalidInput(f"{name} has no rows of data.", hint="Choose another sheet.")
        self.sample = self._rows.head(SAMPLE_ROWS)
        if self._rows.height > 2 * SAMPLE_ROWS:
            self.sample = pl.concat([self.sample, self._rows.tail(SAMPLE_ROWS)])

    def blocks(self) -> Iterator[Block]:
        count = max(1, self.block_bytes // (BYTES_A_CELL * len(self.columns)))
        for start in range(0, self._rows.height, count):
            frame = self._rows.slice(start, count)
            digest = blake2b(frame.write_csv().encode(), digest_size=32).digest()
            first = self._first_line + start
            done = self.size_bytes * (start + frame.height) // self._rows.height
            texts = FrameTexts(frame.select(self.columns), first)
            yield Block(frame, digest, done, first, first + frame.height - 1, texts)

    def close(self) -> None:
        self._raw.close()


def check_unpacked_size(raw: BinaryIO, name: str) -> None:
    """Refuse what would unpack to more than memory should hold, before unpacking it."""
    hint = "Save the sheet as CSV: that is read at any size."
    try:
        raw.seek(0)
        entries = ZipFile(raw).infolist()
    except (BadZipFile, struct.error, ValueError) as error:
        raise InvalidInput(f"{name} is damaged: {error}.", hint="Save it again.") from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > 50_000_000 and unpacked / packed > MAX_RATIO):
        raise InvalidInput(
            f"{name} unpacks to {unpacked / 1e6:,.0f} MB, more than a sheet may have "
            f"({MAX_UNPACKED_BYTES / 1e6:,.0f} MB).",
            hint=hint,
        )


def _load(raw: BinaryIO, name: str, sheet: str | None) -> tuple[list[str], str, pl.DataFrame]:
    raw.seek(0)
    try:
        book = fastexcel.read_excel(raw.read())
        chosen = _pick_sheet(book.sheet_names, name, sheet)
        for each in chosen:
            rows = book.load_sheet(each, header_row=None, skip_rows=0, dtypes="string").to_polars()
            if rows.height and rows.width > 1:
                return book.sheet_names, each, rows
    except fastexcel.FastExcelError as error:
        raise InvalidInput(
            f"{name} cannot be read as XLSX: {error}.", hint="Save it again, or save it as CSV."
        ) from error
    raise InvalidInput(f"{name} is empty.", hint="Choose a sheet that holds readings.")


def _pick_sheet(names: list[str], file_name: str, wanted: str | None) -> list[str]:
    if wanted is None:
        return names
    if wanted not in names:
        raise InvalidInput(
            f"{file_name} has no sheet {wanted!r}.", hint=f"It has {', '.join(names)}."
        )
    return [wanted]


def _named(rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows under their column names; cells beyond these go into one overflow column."""
    beyond = rows.columns[len(columns) :]
    overflow = pl.coalesce(beyond) if beyond else pl.lit(None, pl.String)
    named = rows.select(
        *(pl.col(old).alias(new) for old, new in zip(rows.columns, columns, strict=False)),
        overflow.alias(OVERFLOW),
    )
    missing = [pl.lit(None, pl.String).alias(each) for each in columns[rows.width :]]
    return named.with_columns(missing).select(*columns, OVERFLOW)
