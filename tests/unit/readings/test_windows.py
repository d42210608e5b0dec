from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.windows import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    QUICK_RANGES,
    TimeWindow,
    ceil_us,
    count_buckets,
    floor_us,
    from_us,
    live_step,
    pick_step_us,
    quick_window,
    to_us,
)

INSTANTS = st.datetimes(
    datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.sampled_from([UTC])
)
STARTS_US = st.integers(to_us(datetime(2000, 1, 1, tzinfo=UTC)), 10**15 * 4)
SPANS_US = st.integers(1, 20 * 365 * DAY_US)
NOON = datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)


@given(INSTANTS)
def test_microseconds_and_instants_are_the_same_thing(instant: datetime) -> None:
    assert from_us(to_us(instant)) == instant


@given(STARTS_US, SPANS_US, st.integers(2, 3000), st.sampled_from([1, MINUTE_US, HOUR_US, DAY_US]))
def test_never_more_buckets_than_points_whatever_the_window(
    start_us: int, span_us: int, max_points: int, least_us: int
) -> None:
    step_us = pick_step_us(start_us, start_us + span_us, max_points, least_us=least_us)
    assert count_buckets(start_us, start_us + span_us, step_us) <= max_points
    assert step_us % least_us == 0


@given(STARTS_US, SPANS_US, st.sampled_from([1, MINUTE_US, HOUR_US, DAY_US, 7 * DAY_US]))
def test_buckets_that_are_touched_are_counted(start_us: int, span_us: int, step_us: int) -> None:
    end_us = start_us + span_us
    first, last = floor_us(start_us, step_us), floor_us(end_us - 1, step_us)
    assert count_buckets(start_us, end_us, step_us) == (last - first) // step_us + 1
    assert ceil_us(end_us, step_us) == last + step_us


def test_most_of_the_points_are_used() -> None:
    for days in (1, 3, 7, 30, 60, 365):
        step_us = pick_step_us(0, days * DAY_US, 1000)
        assert 1000 >= days * DAY_US / step_us > 450


def test_a_window_is_kept_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    window = TimeWindow(datetime(2026, 3, 1, 1, tzinfo=berlin), NOON)
    assert window.start.isoformat() == "2026-03-01T00:00:00+00:00"


@pytest.mark.parametrize("end", [NOON, NOON - timedelta(seconds=1)])
def test_a_window_ends_after_its_start(end: datetime) -> None:
    with pytest.raises(InvalidInput, match="not after its start"):
        TimeWindow(NOON, end)


def test_a_window_needs_time_zones() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        TimeWindow(datetime(2026, 3, 1), NOON)


@given(INSTANTS, st.sampled_from(sorted(QUICK_RANGES)), st.integers(1, 3600))
def test_quick_ranges_of_one_step_are_equal(now: datetime, name: str, step_s: int) -> None:
    step = timedelta(seconds=step_s)
    window = quick_window(name, now=now, step=step)
    assert window.span == QUICK_RANGES[name]
    assert timedelta(0) <= window.end - now < step
    assert quick_window(name, now=window.end, step=step) == window


@pytest.mark.parametrize(
    ("name", "step_s"),
    [("15m", 15), ("1h", 15), ("6h", 30), ("24h", 120), ("7d", 600), ("30d", 3600), ("1y", 3600)],
)
def test_a_live_window_moves_on_by_hardly_more_than_a_dot(name: str, step_s: int) -> None:
    now = NOON + timedelta(seconds=1)
    window = quick_window(name, now=now)
    assert window == quick_window(name, now=now, step=timedelta(seconds=step_s))
    assert window.end > now
    assert live_step(window.span) <= max(window.span / 720, timedelta(seconds=15))


def test_the_previous_window_ends_where_this_one_starts() -> None:
    window = quick_window("6h", now=NOON)
    assert window.previous() == TimeWindow(window.start - timedelta(hours=6), window.start)


def test_an_unknown_quick_range_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="15m, 1h"):
        quick_window("2h")
