"""Finding the header among the first rows of a table, whatever stands above it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hydrodiag.readings.ingest.units import find_unit

TIME_LIKE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}:\d{2}|\d{1,2}-[A-Za-z]{3}-\d{2}")
NUMBER_LIKE = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """Column names, unique; `data_row` is the index of the first row of data."""

    columns: tuple[str, ...]
    data_row: int


def find_header(rows: Sequence[Row]) -> Header:
    width = usual_width(rows)
    data_row = _find_data(rows, width)
    top = _find_top(rows, width, data_row)
    if top is None:
        return Header(unique_names([""] * width), data_row)
    names, start = list(trim(rows[top])), top + 1
    if start < data_row and is_units_row(rows[start]):
        names = [_with_unit(name, unit) for name, unit in zip(names, rows[start], strict=False)]
        start += 1
    names += [""] * (width - len(names))
    return Header(unique_names(names), start)


def usual_width(rows: Sequence[Row]) -> int:
    """How many fields most rows have, empty ones at the end left out."""
    widths = Counter(len(trim(row)) for row in rows[len(rows) // 5 :] if trim(row))
    if not widths:
        return max((len(trim(row)) for row in rows), default=0)
    return max(widths, key=lambda width: (widths[width], width))


def trim(row: Row) -> Row:
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return row[:width]


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names without blanks around them; empty and repeated ones get a number."""
    seen: Counter[str] = Counter()
    unique = []
    for position, name in enumerate(names, 1):
        label = " ".join(name.strip().strip('"').split()) or f"column {position}"
        seen[label] += 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(unique)


def is_data_row(row: Row) -> bool:
    filled = [field.strip() for field in row if field.strip()]
    numbers = sum(bool(NUMBER_LIKE.match(field)) for field in filled)
    has_time = any(TIME_LIKE.search(field) for field in filled)
    return bool(filled) and (numbers * 2 > len(filled) or (has_time and numbers > 0))


def is_units_row(row: Row) -> bool:
    filled = [field.strip().strip("[]()") for field in row if field.strip()]
    known = sum(find_unit(field) is not None for field in filled)
    return bool(filled) and known * 2 > len(filled) and not is_data_row(row)


def _with_unit(name: str, unit: str) -> str:
    bare = unit.strip().strip("[]()")
    return f"{name.strip()} [{bare}]" if bare and find_unit(bare) else name


def _find_data(rows: Sequence[Row], width: int) -> int:
    """Index of the first row of full width that looks like data."""
    for index, row in enumerate(rows):
        if len(row) >= width and len(trim(row)) * 2 > width and is_data_row(row):
            return index
    return 1 if len(rows) > 1 else len(rows)


def _find_top(rows: Sequence[Row], width: int, data_row: int) -> int | None:
    """The topmost row of the full-width ones right above the data; None: no header."""
    top = None
    for index in range(data_row - 1, -1, -1):
        if len(trim(rows[index])) < max(2, width - 1) and width > 1:
            break
        top = index
    return top
