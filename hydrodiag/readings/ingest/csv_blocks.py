"""Delimited text, read in blocks that end with a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hydrodiag.readings.ingest.block import OVERFLOW, Block, Kind, RowTexts, Source
from hydrodiag.readings.ingest.dialect import HEAD_BYTES, Dialect, decode_block, detect_dialect
from hydrodiag.readings.ingest.records import last_record_end, record_ends
from hydrodiag.readings.ingest.text_stream import Utf8Stream, mark_length

SAMPLE_BYTES = 65_536


class CsvSource(Source):
    kind = Kind.CSV

    def __init__(self, raw: BinaryIO, name: str, size_bytes: int) -> None:
        self._raw = raw
        self.name = name
        self.size_bytes = size_bytes
        raw.seek(0)
        self.dialect = detect_dialect(raw.read(HEAD_BYTES), name)
        self.columns = self.dialect.columns
        self.detail = str(self.dialect)
        self.sample = pl.concat(list(self._sample()))

    def blocks(self) -> Iterator[Block]:
        dialect = self.dialect
        stream = Utf8Stream(self._raw, dialect.encoding, lone_cr=dialect.lone_cr)
        line = dialect.data_line
        skip = dialect.data_offset
        for text in cut_blocks(stream, self.block_bytes, quoted=dialect.quoted, skip=skip):
            digest = blake2b(text, digest_size=32).digest()
            frame, quoted = parse_block(text, dialect)
            lines = text.count(b"\n") + (not text.endswith(b"\n"))
            texts = LineTexts(text, quoted, line)
            yield Block(frame, digest, stream.tell(), line, line + lines - 1, texts)
            line += lines

    def close(self) -> None:
        self._raw.close()

    def _sample(self) -> Iterator[pl.DataFrame]:
        """Rows from the start, the middle and the end, for judging dates and decimals."""
        dialect = self.dialect
        stream = Utf8Stream(self._raw, dialect.encoding, lone_cr=dialect.lone_cr)
        size = dialect.data_offset + SAMPLE_BYTES
        first = next(cut_blocks(stream, size, quoted=dialect.quoted, skip=dialect.data_offset), b"")
        yield parse_block(first, dialect)[0]
        for share in (0.5, 1.0):
            position = int(self.size_bytes * share) - SAMPLE_BYTES
            if position > 2 * size:
                yield parse_block(self._read_around(position), dialect)[0]

    def _read_around(self, position: int) -> bytes:
        """Whole lines after `position`, which must not split a UTF-16 sign."""
        encoding = self.dialect.encoding
        start = mark_length_of(self._raw) + position // 2 * 2
        self._raw.seek(start)
        text = self._raw.read(SAMPLE_BYTES).decode(encoding, "replace")
        text = text.replace("\r", "\n") if self.dialect.lone_cr else text
        return text[text.find("\n") + 1 : text.rfind("\n") + 1].encode()


def mark_length_of(raw: BinaryIO) -> int:
    raw.seek(0)
    return mark_length(raw.read(4))


def cut_blocks(
    stream: Utf8Stream, block_bytes: int, *, quoted: bool, skip: int = 0
) -> Iterator[bytes]:
    """The text after `skip` bytes in pieces of about `block_bytes`, cut between records."""
    rest = b""
    while read := stream.read(block_bytes):
        text = rest + read
        if skip:
            skip, text = max(0, skip - len(text)), text[skip:]
        end = last_record_end(text, quoted=quoted)
        rest = text[end:]
        if end:
            yield text[:end]
    if rest:
        yield rest


def parse_block(text: bytes, dialect: Dialect) -> tuple[pl.DataFrame, bool]:
    """Rows of a block as text columns, and whether quotes were taken as such.

    A row a record, blank ones included. Quotes that do not pair up are ordinary characters.
    """
    text = decode_block(text) if dialect.encoding == "utf-8" else text
    if dialect.quoted and b'"' in text:
        frame = _read(text, dialect, '"')
        if frame is not None and frame.height == len(record_ends(text, quoted=True)):
            return frame, True
    plain = _read(text, dialect, None)
    if plain is None or plain.height != len(record_ends(text, quoted=False)):
        raise ValueError("a block of text without quotes was not read line by line")
    return plain, False


def _read(text: bytes, dialect: Dialect, quote: str | None) -> pl.DataFrame | None:
    # A first row with every column and one more: the reader takes the width from it.
    guide = dialect.delimiter.encode() * len(dialect.columns) + b"\n"
    names = [*dialect.columns, OVERFLOW]
    try:
        frame = pl.read_csv(
            guide + text,
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            separator=dialect.delimiter,
            quote_char=quote,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.ComputeError:
        if quote is None:
            raise
        return None
    return frame.slice(1)


@dataclass(frozen=True)
class LineTexts(RowTexts):
    text: bytes
    quoted: bool
    first_line: int

    def locate(self, rows: NDArray[np.int64]) -> list[tuple[int, str]]:
        ends = record_ends(self.text, quoted=self.quoted)
        starts = np.append(0, ends[:-1])
        lines = self._line_numbers(starts, rows)
        return [
            (line, self.text[starts[row] : ends[row]].decode("utf-8", "replace").rstrip("\r\n"))
            for line, row in zip(lines, rows.tolist(), strict=True)
        ]

    def _line_numbers(self, starts: NDArray[np.int64], rows: NDArray[np.int64]) -> list[int]:
        if not self.quoted:
            return [self.first_line + row for row in rows.tolist()]
        breaks = record_ends(self.text, quoted=False)
        return [self.first_line + int(n) for n in np.searchsorted(breaks, starts[rows], "right")]
