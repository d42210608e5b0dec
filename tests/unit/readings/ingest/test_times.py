from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hydrodiag.readings.ingest import Clock
from hydrodiag.readings.ingest.instants import NO_TIME, from_us
from hydrodiag.readings.ingest.times import join_date_and_time, parse_times

# Two digits of a year mean 1969 to 2068, as POSIX has it.
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31))
YEAR_FIRST = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%dT%H%M%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y-%m-%d, %H:%M:%S",
)
DAY_FIRST = ("%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m-%d-%y %H:%M:%S")


def parse(text: str | None, clock: Clock = Clock.DAY_FIRST, zone: str = "UTC") -> datetime | None:
    (us,) = parse_times(pl.Series([text], dtype=pl.String), clock, zone)
    return None if us == NO_TIME else from_us(us)


@settings(max_examples=100, deadline=None)
@given(st.lists(INSTANTS, min_size=1, max_size=20), st.sampled_from(YEAR_FIRST + DAY_FIRST))
def test_written_times_are_read_back(instants: list[datetime], pattern: str) -> None:
    texts = pl.Series([each.strftime(pattern) for each in instants])
    read = parse_times(texts, Clock.DAY_FIRST, "UTC")
    assert [from_us(us) for us in read] == [
        each.replace(microsecond=0, tzinfo=UTC) for each in instants
    ]


@settings(max_examples=60, deadline=None)
@given(INSTANTS, st.sampled_from(MONTH_FIRST))
def test_american_times_are_read_back(instant: datetime, pattern: str) -> None:
    expected = instant.replace(microsecond=0, tzinfo=UTC)
    assert parse(instant.strftime(pattern), Clock.MONTH_FIRST) == expected


@settings(max_examples=60, deadline=None)
@given(INSTANTS, st.integers(-14 * 4, 14 * 4))
def test_an_offset_in_the_text_beats_the_zone(instant: datetime, quarters: int) -> None:
    offset = timedelta(minutes=15 * quarters)
    sign, minutes = ("-" if quarters < 0 else "+"), abs(15 * quarters)
    text = f"{instant.isoformat(timespec='microseconds')}{sign}{minutes // 60:02}:{minutes % 60:02}"
    assert parse(text, zone="Asia/Tokyo") == instant.replace(tzinfo=UTC) - offset


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Europe/Moscow")),
)
def test_local_times_are_those_of_the_zone_or_refused(instant: datetime, zone: str) -> None:
    local = instant.replace(microsecond=0)
    early, late = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    read = parse(str(local), zone=zone)
    if early.utcoffset() == late.utcoffset():
        assert read == early.astimezone(UTC)
    else:
        assert read is None


@pytest.mark.parametrize(
    ("text", "clock", "expected"),
    [
        ("1700000000", Clock.EPOCH_S, "2023-11-14T22:13:20"),
        ("1700000000.5", Clock.EPOCH_S, "2023-11-14T22:13:20.500000"),
        ("1700000000,5", Clock.EPOCH_S, "2023-11-14T22:13:20.500000"),
        ("1700000000123", Clock.EPOCH_MS, "2023-11-14T22:13:20.123000"),
        ("1700000000123456", Clock.EPOCH_US, "2023-11-14T22:13:20.123456"),
        ("1700000000123456789", Clock.EPOCH_NS, "2023-11-14T22:13:20.123456"),
        ("45293.5", Clock.EXCEL, "2024-01-02T12:00:00"),
    ],
)
def test_counts_are_read(text: str, clock: Clock, expected: str) -> None:
    assert parse(text, clock) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "31.02.2026", "2026-13-01", "12:00", "2026-01-01 25:00", "1e99", "--"],
)
@pytest.mark.parametrize("clock", [Clock.DAY_FIRST, Clock.EPOCH_S, Clock.EPOCH_NS, Clock.EXCEL])
def test_what_is_no_time_is_none(text: str | None, clock: Clock) -> None:
    assert parse(text, clock) is None


def test_times_of_different_forms_stand_in_one_column() -> None:
    texts = ["2026-01-02 03:04:05", "junk", None, "2026-01-02T03:04:05.5Z", " 2026-01-02 03:04 "]
    read = parse_times(pl.Series(texts), Clock.DAY_FIRST, "UTC")
    minute = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    seconds = [None if us == NO_TIME else (from_us(us) - minute).total_seconds() for us in read]
    assert seconds == [5.0, None, None, 5.5, 0.0]


def test_a_date_and_a_time_of_day_make_an_instant() -> None:
    joined = join_date_and_time(pl.Series(["02.01.2026"]), pl.Series(["03:04:05,5"]))
    (us,) = parse_times(joined, Clock.DAY_FIRST, "UTC")
    assert from_us(us) == datetime(2026, 1, 2, 3, 4, 5, 500000, tzinfo=UTC)


def test_typed_times_keep_or_get_their_zone() -> None:
    naive = pl.Series([datetime(2026, 1, 2, 12)])
    (local,) = parse_times(naive, Clock.DAY_FIRST, "Europe/Moscow")
    assert from_us(local).hour == 9
    aware = naive.dt.replace_time_zone("Asia/Tokyo")
    (known,) = parse_times(aware, Clock.DAY_FIRST, "Europe/Moscow")
    assert from_us(known).hour == 3
