"""Bodies of POST /readings, JSON and CSV, as rows for ingest."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import ValidationError

from hydrodiag.api.answers import ApiError
from hydrodiag.api.body import too_many_rows
from hydrodiag.api.checking import tell_invalid
from hydrodiag.api.instants import read_times
from hydrodiag.api.schemas import Reading, ReadingsBody, ReadingsQuery
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.rows import NamedSensor, RowTable, RowText

COLUMNS = ("time", "sensor", "value", "unit", "system")
REQUIRED = COLUMNS[:3]
MAX_TEXT = 200
Cells = dict[str, str]


@dataclass(frozen=True)
class ParsedBody:
    table: RowTable
    system: str | None


def parse_json(content: bytes, query: ReadingsQuery, most_rows: int) -> ParsedBody:
    try:
        body = ReadingsBody.model_validate_json(content)
    except ValidationError as error:
        raise tell_invalid(error, "body") from None
    rows = body.readings
    if len(rows) > most_rows:
        raise too_many_rows(len(rows), most_rows)
    unit = body.time_unit or query.time_unit
    table = RowTable(
        [NamedSensor(row.sensor, row.system or "", row.unit or "") for row in rows],
        read_times([str(row.time) for row in rows], unit),
        np.array([read_number(row.value) for row in rows], np.float64),
        lambda position: _tell_reading(rows[position]),
    )
    return ParsedBody(table, body.system or query.system)


def _tell_reading(row: Reading) -> RowText:
    value = "" if row.value is None else str(row.value)
    return RowText(row.model_dump_json(exclude_unset=True), str(row.time), value)


def parse_csv(content: bytes, query: ReadingsQuery, most_rows: int) -> ParsedBody:
    """Comma-separated UTF-8 with a header: time, sensor, value and perhaps unit, system."""
    try:
        text = content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        raise _no_csv("it is not UTF-8") from None
    except csv.Error as error:
        raise _no_csv(str(error)) from None
    rows = [line for line in lines if line]
    if not rows:
        raise _no_csv("it has no header")
    header = _check_header(rows[0])
    if len(rows) - 1 > most_rows:
        raise too_many_rows(len(rows) - 1, most_rows)
    return ParsedBody(_build_csv_table(header, rows[1:], query.time_unit), query.system)


def _build_csv_table(header: Sequence[str], rows: list[list[str]], unit: str) -> RowTable:
    cells = [dict(zip(header, row, strict=False)) for row in rows]
    return RowTable(
        [NamedSensor(_cut(row, "sensor"), _cut(row, "system"), _cut(row, "unit")) for row in cells],
        read_times([row.get("time", "") for row in cells], unit),
        np.array([read_number(row.get("value", "")) for row in cells], np.float64),
        lambda position: _tell_line(rows[position], cells[position]),
        {
            position: (Code.BAD_VALUE, f"The row has {len(row)} fields, the header {len(header)}.")
            for position, row in enumerate(rows)
            if len(row) != len(header)
        },
    )


def _check_header(names: list[str]) -> list[str]:
    header = [name.strip().lower() for name in names]
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in header]
    if unknown or missing or len(set(header)) < len(header):
        raise _no_csv(f"its header is {','.join(header)[:MAX_TEXT]!r}")
    return header


def _cut(row: Cells, name: str) -> str:
    return row.get(name, "").strip()[:MAX_TEXT]


def _tell_line(row: list[str], cells: Cells) -> RowText:
    raw = io.StringIO()
    csv.writer(raw, lineterminator="").writerow(row)
    return RowText(
        raw.getvalue(), cells.get("time", "")[:MAX_TEXT], cells.get("value", "")[:MAX_TEXT]
    )


def read_number(value: float | bool | str | None) -> float:
    """NaN for what is no number; true is 1, as of a switch."""
    if isinstance(value, str):
        return _parse_number(value)
    try:
        return float("nan") if value is None else float(value)
    except OverflowError:
        return float("inf")


def _parse_number(text: str) -> float:
    """Plain decimal notation: no blanks or underscores within, as Python would take."""
    try:
        return float(text) if "_" not in text else float("nan")
    except ValueError:
        return float("nan")


def _no_csv(why: str) -> ApiError:
    return ApiError(
        400, "bad_csv", f"The body is no CSV as described: {why}.",
        "UTF-8 with commas and the header time,sensor,value, perhaps with unit and system.",
    )  # fmt: skip
