"""How a delimited text is written: encoding, delimiter, quotes, and where its data start."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.header import Header, find_header, trim
from hydrodiag.readings.ingest.records import record_ends
from hydrodiag.readings.ingest.text_stream import as_utf8, detect_encoding, mark_length

# A comma last: it also stands inside numbers.
DELIMITERS = ("\t", ";", "|", ",")
DELIMITER_NAMES = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
HEAD_BYTES = 262_144
LOOK_ROWS = 200
PREAMBLE_SHARE = 0.2
MAX_LOOK_BYTES = 100_000
CLEAR_SHARE = 0.7


@dataclass(frozen=True)
class Dialect:
    """`data_offset` and `data_line` say where the data start in the UTF-8 text."""

    encoding: str
    delimiter: str
    quoted: bool
    lone_cr: bool
    columns: tuple[str, ...]
    data_offset: int
    data_line: int

    def __str__(self) -> str:
        return f"{self.encoding}, {DELIMITER_NAMES[self.delimiter]} between columns"


def detect_dialect(head: bytes, name: str) -> Dialect:
    """Judge by the first bytes of a file; raises InvalidInput where there are no rows."""
    encoding = detect_encoding(head)
    text = _decode(head, encoding)
    lone_cr = "\n" not in text and "\r" in text
    text = text.replace("\r", "\n") if lone_cr else text
    encoded = text.encode()
    delimiter, quoted, records = _split(encoded, name)
    rows = parse_records(records, delimiter, quoted=quoted)
    header = find_header(rows)
    _require_rows(rows, header, name)
    before = encoded[: sum(len(record) for record in records[: header.data_row])]
    return Dialect(
        encoding,
        delimiter,
        quoted,
        lone_cr,
        header.columns,
        len(before),
        before.count(b"\n") + 1,
    )


def parse_records(records: Sequence[bytes], delimiter: str, *, quoted: bool) -> list[list[str]]:
    """Fields of each record; a blank record has none."""
    rows = []
    for record in records:
        line = io.StringIO(_plain(record))
        reader = (
            csv.reader(line, delimiter=delimiter)
            if quoted
            else csv.reader(line, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        )
        fields: list[str] = next(reader, [])
        rows.append([field.strip() for field in fields])
    return rows


def _plain(record: bytes) -> str:
    """Without what csv refuses: NUL, carriage returns and endless fields."""
    text = record[:MAX_LOOK_BYTES].decode("utf-8", "replace")
    return text.replace("\0", "").replace("\r", " ")


def _decode(head: bytes, encoding: str) -> str:
    body = head[mark_length(head) :]
    if encoding.startswith("utf-16"):
        body = body[: len(body) // 2 * 2]
    return body.decode(encoding, "replace" if len(head) < HEAD_BYTES else "ignore")


def _split(text: bytes, name: str) -> tuple[str, bool, list[bytes]]:
    """Delimiter, whether quotes quote, and the first records."""
    quoted = b'"' in text
    records = _first_records(text, quoted=quoted)
    if quoted and max((record.count(b"\n") for record in records), default=0) > LOOK_ROWS // 4:
        quoted, records = False, _first_records(text, quoted=False)
    shares = {each: _share(records, each, quoted=quoted) for each in DELIMITERS}
    clear = [each for each, share in shares.items() if share >= CLEAR_SHARE]
    whole = {each: _share(records, each, quoted=quoted, skip=0.0) for each in clear}
    delimiter = max(clear or DELIMITERS, key=lambda each: (whole or shares)[each])
    if not shares[delimiter]:
        raise InvalidInput(
            f"{name} has only one column.",
            hint="Readings need a time and a value, separated by comma, semicolon, tab or |.",
        )
    return delimiter, quoted or b'"' not in text, records


def _first_records(text: bytes, *, quoted: bool) -> list[bytes]:
    ends = record_ends(text, quoted=quoted)[: LOOK_ROWS + 1].tolist()
    starts = [0, *ends]
    records = [text[start:end] for start, end in zip(starts, ends, strict=False)]
    cut_off = len(text) >= HEAD_BYTES and ends and ends[-1] == len(text)
    return records[:-1] if cut_off and len(records) > 1 else records


def _share(
    records: Sequence[bytes], delimiter: str, *, quoted: bool, skip: float = PREAMBLE_SHARE
) -> float:
    """Share of the rows that have the usual number of fields, 0 if that is below two.

    The first ones, up to `skip` of all, may be a preamble.
    """
    rows = parse_records(records, delimiter, quoted=quoted)
    widths = Counter(len(row) for row in rows[int(len(rows) * skip) :] if trim(row))
    if not widths:
        return 0.0
    width, count = widths.most_common(1)[0]
    return count / widths.total() if width >= 2 else 0.0


def _require_rows(rows: Sequence[Sequence[str]], header: Header, name: str) -> None:
    if not any(trim(row) for row in rows):
        raise InvalidInput(f"{name} holds no text.", hint="Export the readings again.")
    if header.data_row >= len(rows):
        raise InvalidInput(
            f"{name} has a header but no rows below it.", hint="Export the readings again."
        )


def decode_block(block: bytes) -> bytes:
    """The block if it is UTF-8, else what it is in the single-byte encoding it looks like."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return as_utf8(block)
    return block
