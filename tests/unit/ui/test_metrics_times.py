from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_times import AxisClock, find_zone, parse_instant, write_instant

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS.map(timezone))


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Base", "../../etc/passwd", "/etc/localtime", "UTC\0", "Europe/"]
)
def test_a_zone_that_makes_no_sense_is_utc(name: str | None) -> None:
    assert find_zone(name).key == "UTC"


def test_a_known_zone_is_taken() -> None:
    assert find_zone("Europe/Berlin") == BERLIN


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-07-31 14:00", "2026-07-31T12:00:00+00:00"),
        (" 2026-07-31T14:00:00 ", "2026-07-31T12:00:00+00:00"),
        ("2026-01-31 14:00:00", "2026-01-31T13:00:00+00:00"),
        ("2026-07-31T14:00:00Z", "2026-07-31T14:00:00+00:00"),
        ("2026-07-31T14:00:00-04:00", "2026-07-31T18:00:00+00:00"),
        ("2026-07-31", "2026-07-30T22:00:00+00:00"),
        ("2026-07-31 14:00:00.25", "2026-07-31T12:00:00.250000+00:00"),
    ],
)
def test_an_instant_without_an_offset_is_meant_in_the_reader_s_zone(text: str, utc: str) -> None:
    assert parse_instant(text, BERLIN) == datetime.fromisoformat(utc)
    assert parse_instant(text, BERLIN).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "now", "31.07.2026", "2026-02-30", "2026-07-31 25:00"])
def test_what_is_no_instant_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no date with a time") as refused:
        parse_instant(text, BERLIN)
    assert "2026-07-31 14:05:00" in refused.value.hint


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NOON, "2026-07-31T12:00:00Z"),
        (NOON.astimezone(BERLIN), "2026-07-31T12:00:00Z"),
        (NOON.replace(microsecond=50), "2026-07-31T12:00:00.000050Z"),
    ],
)
def test_an_instant_is_written_in_utc(instant: datetime, text: str) -> None:
    assert write_instant(instant) == text


@given(INSTANTS, st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]))
def test_a_written_instant_reads_back_as_itself_in_any_zone(instant: datetime, zone: str) -> None:
    assert parse_instant(write_instant(instant), ZoneInfo(zone)) == instant


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("UTC", "UTC"),
        ("Europe/London", "UTC+01:00"),
        ("Europe/Berlin", "UTC+02:00"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/St_Johns", "UTC-02:30"),
    ],
)
def test_the_axis_says_how_far_it_is_from_utc(zone: str, label: str) -> None:
    assert AxisClock.build(TimeWindow(NOON - HOUR, NOON), ZoneInfo(zone)).label == label


def test_the_axis_has_the_offset_at_the_end_of_the_window() -> None:
    change = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert AxisClock.build(TimeWindow(change - HOUR, change - HOUR / 2), BERLIN).offset == 2 * HOUR
    assert AxisClock.build(TimeWindow(change - HOUR, change), BERLIN).offset == HOUR


def test_no_hour_is_drawn_twice_when_the_clocks_go_back() -> None:
    change = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    clock = AxisClock.build(TimeWindow(change - 3 * HOUR, change + 3 * HOUR), BERLIN)
    times = pd.Series(pd.date_range(change - 3 * HOUR, change + 3 * HOUR, freq="30min"))
    placed = clock.place(times)
    assert placed.is_monotonic_increasing
    assert placed.is_unique


def test_a_series_and_one_instant_are_placed_alike() -> None:
    clock = AxisClock(timedelta(hours=5, minutes=45))
    placed = clock.place(pd.Series([pd.Timestamp(NOON)]))
    assert placed.tolist() == [clock.place_one(NOON)]
    assert placed.dt.tz is None


def test_no_times_are_placed_as_none() -> None:
    empty = pd.Series([], dtype="datetime64[us, UTC]")
    assert AxisClock(HOUR).place(empty).empty


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-07-31 14:05", "2026-07-31T12:05:00+00:00"),
        ("2026-07-31 14:05:00.1234", "2026-07-31T12:05:00.123400+00:00"),
        ("2026-07-31", "2026-07-30T22:00:00+00:00"),
    ],
)
def test_a_time_on_the_axis_reads_back_in_utc(text: str, utc: str) -> None:
    assert AxisClock(2 * HOUR).read(text) == datetime.fromisoformat(utc)


@given(INSTANTS, OFFSETS)
def test_an_instant_on_the_axis_reads_back_as_itself(instant: datetime, offset: timedelta) -> None:
    clock = AxisClock(offset)
    assert clock.read(str(clock.place_one(instant))) == instant


def test_an_instant_is_written_on_the_clock_of_the_axis() -> None:
    assert AxisClock(2 * HOUR).format(NOON) == "2026-07-31 14:00:00"
    assert AxisClock(2 * HOUR).format(NOON.astimezone(BERLIN)) == "2026-07-31 14:00:00"


@pytest.mark.parametrize("name", ["Europe", "x" * 300, "Nowhere/Town", "", None])
def test_a_zone_that_is_none_is_utc(name: str | None) -> None:
    assert find_zone(name).key == "UTC"


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59-05:00", "1969-12-31"])
def test_instants_no_reading_can_have_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no time of a reading"):
        parse_instant(text, ZoneInfo("Europe/Berlin"))
