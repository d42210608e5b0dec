from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.ui.quantities import THIN_SPACE, format_age, format_number, format_value
from hydrodiag.ui.wording import NOTHING

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_missing_value_is_a_dash_without_a_unit(value: float | None) -> None:
    assert format_number(value, 0.1) == NOTHING
    assert format_value(value, "bar", 0.1) == NOTHING


@pytest.mark.parametrize(
    ("value", "resolution", "text"),
    [
        (180.04, 0.1, "180.0"),
        (180.04, 0.01, "180.04"),
        (180.04, 1, "180"),
        (0.5, 0.5, "0.5"),
        (1e9, 0.1, "1000000000.0"),
    ],
)
def test_a_value_has_the_places_of_its_resolution(
    value: float, resolution: float, text: str
) -> None:
    assert format_number(value, resolution) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (3.14159, "3.142"), (1234.4, "1234"), (0.00012345, "0.0001234"), (-5.5, "-5.5")],
)
def test_a_value_without_a_resolution_has_four_figures(value: float, text: str) -> None:
    assert format_number(value, None) == text


@pytest.mark.parametrize("resolution", [0, -0.1])
def test_an_impossible_resolution_counts_as_none(resolution: float) -> None:
    assert format_number(3.14159, resolution) == "3.142"


@pytest.mark.parametrize(("value", "text"), [(-0.04, "0.0"), (-0.0, "0.0"), (-0.06, "-0.1")])
def test_zero_has_no_sign(value: float, text: str) -> None:
    assert format_number(value, 0.1) == text


@given(st.integers(-(10**7), 10**7), st.integers(0, 4))
def test_what_a_sensor_reports_reads_back_as_itself(steps: int, places: int) -> None:
    value = round(steps * 10.0**-places, places)
    assert float(format_number(value, 10.0**-places)) == value


def test_a_thin_space_parts_number_and_unit() -> None:
    assert format_value(180.04, "bar", 0.1) == f"180.0{THIN_SPACE}bar"


def test_a_value_without_a_unit_stands_alone() -> None:
    assert format_value(18, "", 1) == "18"


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=1.9), "just now"),
        (timedelta(seconds=2), "2 s ago"),
        (timedelta(minutes=3, seconds=40), "3 min ago"),
        (timedelta(hours=26), "1 d ago"),
        (timedelta(days=800), "800 d ago"),
    ],
)
def test_an_age_shows_its_largest_unit_only(age: timedelta, text: str) -> None:
    assert format_age(NOW - age, NOW) == text


def test_a_clock_slightly_ahead_reads_just_now() -> None:
    assert format_age(NOW + timedelta(seconds=30), NOW) == "just now"


def test_the_age_of_nothing_is_a_dash() -> None:
    assert format_age(None, NOW) == NOTHING


@pytest.mark.parametrize(
    ("stored", "resolution", "shown"),
    [(0.0625, 0.05, "0.05"), (4.0, 5, "5"), (8.0, 10, "10"), (128.0, 100, "100"),
     (0.25, 0.25, "0.25"), (15000.0, None, "15000"), (0.000012, None, "1.2e-05")],
)  # fmt: skip
def test_numbers_are_shown_as_the_sensor_reported_them(
    stored: float, resolution: float | None, shown: str
) -> None:
    assert format_number(stored, resolution) == shown
