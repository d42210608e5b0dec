import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.readings.ingest.numbers import parse_numbers

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE, min_size=1, max_size=20), st.sampled_from(".,"))
def test_written_numbers_are_read_back_exactly(numbers: list[float], decimal: str) -> None:
    texts = pl.Series([repr(number).replace(".", decimal) for number in numbers])
    values, empty = parse_numbers(texts, decimal)
    assert values.tolist() == numbers
    assert not empty.any()


@pytest.mark.parametrize("text", ["", " ", "NaN", "n/a", "-", "#N/A", None, '""'])
@pytest.mark.parametrize("decimal", [".", ","])
def test_empty_cells_are_no_readings(text: str | None, decimal: str) -> None:
    values, empty = parse_numbers(pl.Series(["1", text]), decimal)
    assert math.isnan(values[1])
    assert empty.tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "decimal"),
    [("1,5", "."), ("1.5", ","), ("1.234,5", ","), ("12 bar", "."), ("1_000", "."), ("0x1", ".")],
)
def test_doubtful_numbers_are_not_guessed(text: str, decimal: str) -> None:
    values, empty = parse_numbers(pl.Series([text, "1"]), decimal)
    assert math.isnan(values[0])
    assert not empty.any()


def test_blanks_around_numbers_do_not_count() -> None:
    values, _ = parse_numbers(pl.Series([" 1.5", "2.5\u00a0", '"3.5"']), ".")
    assert values.tolist() == [1.5, 2.5, 3.5]


def test_typed_columns_are_taken_as_they_are() -> None:
    values, empty = parse_numbers(pl.Series([1, None, 3]), ",")
    assert empty.tolist() == [False, True, False]
    assert np.array_equal(values, [1, np.nan, 3], equal_nan=True)


def test_columns_of_dates_hold_no_numbers() -> None:
    column = pl.Series(["2026-01-01"]).str.to_date()
    values, empty = parse_numbers(column, ".")
    assert math.isnan(values[0])
    assert not empty[0]
