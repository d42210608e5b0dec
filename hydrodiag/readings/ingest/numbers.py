"""Columns of numbers as people and programs write them."""

import numpy as np
import polars as pl

from hydrodiag.readings.ingest.batch import Float, Mask

BLANKS = ' \t\u00a0\u202f"'
# What programs write where there is no reading.
NO_READING = ("", "-", "--", "---", "nan", "null", "none", "na", "n/a", "#n/a", "#nv", "нет")


def parse_numbers(column: pl.Series, decimal: str) -> tuple[Float, Mask]:
    """Values, NaN where there is none, and where the cell was empty rather than unreadable."""
    if column.dtype != pl.String:
        return _typed(column)
    numbers = _parse(column, decimal)
    if not numbers.null_count():
        values = numbers.to_numpy()
        empty = np.isnan(values)
        return values, empty
    return _with_odd_cells(column, numbers, decimal)


def _typed(column: pl.Series) -> tuple[Float, Mask]:
    is_number = column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)
    numbers = column.cast(pl.Float64, strict=False) if is_number else None
    if numbers is None:
        return np.full(len(column), np.nan), column.is_null().to_numpy()
    values = numbers.fill_null(np.nan).to_numpy()
    return values, np.isnan(values)


def _parse(texts: pl.Series, decimal: str) -> pl.Series:
    if decimal == ".":
        return texts.cast(pl.Float64, strict=False)
    numbers = texts.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    # A point in a file with decimal commas separates thousands, or is a mistake: not guessed.
    has_point = texts.str.contains(".", literal=True).fill_null(value=False)
    return numbers.set(has_point, None) if has_point.any() else numbers


def _with_odd_cells(texts: pl.Series, numbers: pl.Series, decimal: str) -> tuple[Float, Mask]:
    """Cells that did not parse at once: with blanks around them, empty, or wrong."""
    odd = numbers.is_null().to_numpy()
    trimmed = texts.filter(numbers.is_null()).str.strip_chars(BLANKS)
    values = numbers.fill_null(np.nan).to_numpy().copy()
    empty = np.isnan(values) & ~odd
    values[odd] = _parse(trimmed, decimal).fill_null(np.nan).to_numpy()
    empty[odd] = trimmed.fill_null("").str.to_lowercase().is_in(NO_READING).to_numpy()
    return values, empty
