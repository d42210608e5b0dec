import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.ui.wording import (
    NOTHING,
    SIZES,
    format_away,
    format_bytes,
    format_count,
    format_estimate,
    format_instant,
    format_span,
    join_count,
)

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
UNIT_SECONDS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}


def read_count(text: str) -> int:
    return int(text.replace("\u202f", ""))


def read_seconds(text: str) -> float:
    words = text.split()
    return sum(
        float(count) * UNIT_SECONDS[unit]
        for count, unit in zip(words[::2], words[1::2], strict=True)
    )


def read_bytes(text: str) -> float:
    number, unit = text.split()
    return float(number) * 1000 ** SIZES.index(unit)


@pytest.mark.parametrize("form", [format_count, format_estimate, format_bytes, format_span])
def test_what_is_not_known_is_a_dash(form) -> None:
    assert form(None) == NOTHING


def test_an_instant_that_is_not_known_is_a_dash() -> None:
    assert format_instant(None) == NOTHING
    assert format_away(None, NOW) == NOTHING


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1\u202f000"), (-1234567, "-1\u202f234\u202f567")],
)
def test_thousands_stand_apart_by_a_narrow_blank(count: int, text: str) -> None:
    assert format_count(count) == text


@given(st.integers())
def test_a_count_reads_back_as_itself(count: int) -> None:
    assert read_count(format_count(count)) == count


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (987, "987"),
        (1234, "1\u202f230"),
        (999_999, "1\u202f000\u202f000"),
        (-1234, "-1\u202f230"),
    ],
)
def test_an_estimate_shows_three_figures(count: int, text: str) -> None:
    assert format_estimate(count) == text


@given(st.integers(-(10**15), 10**15))
def test_an_estimate_is_within_half_a_percent(count: int) -> None:
    assert math.isclose(read_count(format_estimate(count)), count, rel_tol=0.005)


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999.6, "1.0 kB"),
        (1000, "1.0 kB"),
        (12_345, "12.3 kB"),
        (123_456, "123 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (5_000_000_000, "5.0 GB"),
        (2_500_000_000_000, "2.5 TB"),
        (-2_500_000, "-2.5 MB"),
    ],
)
def test_sizes_are_in_powers_of_a_thousand(size_bytes: float, text: str) -> None:
    assert format_bytes(size_bytes) == text


def test_the_largest_unit_takes_any_size() -> None:
    assert format_bytes(12e21) == "12000000 PB"


@given(st.integers(1, 10**18))
def test_a_size_reads_back_within_five_percent(size_bytes: int) -> None:
    assert math.isclose(read_bytes(format_bytes(size_bytes)), size_bytes, rel_tol=0.05)


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_larger_size_never_looks_smaller(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert read_bytes(format_bytes(small)) <= read_bytes(format_bytes(large))


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0 s"),
        (timedelta(microseconds=300), "0 s"),
        (timedelta(milliseconds=5), "0.005 s"),
        (timedelta(milliseconds=420), "0.42 s"),
        (timedelta(seconds=1), "1 s"),
        (timedelta(seconds=59.6), "1 min"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(hours=2, minutes=10, seconds=59), "2 h 10 min"),
        (timedelta(hours=2, seconds=59), "2 h"),
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
        (timedelta(days=4000), "4000 d"),
    ],
)
def test_a_span_shows_its_two_largest_parts(span: timedelta, text: str) -> None:
    assert format_span(span) == text


def test_a_span_backwards_reads_like_the_one_forwards() -> None:
    assert format_span(-timedelta(hours=1, minutes=5)) == "1 h 5 min"


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=36_500)))
def test_a_span_reads_back_without_what_its_smaller_parts_held(span: timedelta) -> None:
    shown, seconds = read_seconds(format_span(span)), round(span.total_seconds())
    assert 0 <= seconds - shown <= seconds / 24


def test_an_instant_is_shown_to_the_second() -> None:
    assert format_instant(NOW.replace(microsecond=999_999)) == "2026-07-31 12:00:00"


@pytest.mark.parametrize(
    ("away", "text"),
    [
        (timedelta(), "now"),
        (timedelta(milliseconds=999), "now"),
        (-timedelta(milliseconds=999), "now"),
        (timedelta(minutes=130), "in 2 h 10 min"),
        (-timedelta(minutes=3), "3 min ago"),
    ],
)
def test_a_distance_tells_past_from_future(away: timedelta, text: str) -> None:
    assert format_away(NOW + away, NOW) == text


def test_a_distance_holds_across_time_zones() -> None:
    elsewhere = datetime.fromisoformat("2026-07-31T14:05:00+02:00")
    assert format_away(elsewhere, NOW) == "in 5 min"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 chunks"), (1, "1 chunk"), (2, "2 chunks"), (1200, "1\u202f200 chunks")],
)
def test_only_one_is_singular(count: int, text: str) -> None:
    assert join_count(count, "chunk", "chunks") == text
