from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import TimeWindow
from tests.integration.series.conftest import FEED, assert_equal, expected_buckets

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SPIKES = {
    timedelta(hours=5, minutes=3, seconds=20): 350.0,
    timedelta(days=3, hours=7, seconds=50): -40.0,
    timedelta(days=9, hours=23, minutes=59, seconds=50): 399.0,
    timedelta(days=17, minutes=1): 0.0,
}


def after(start: datetime, lo: timedelta, span: timedelta) -> TimeWindow:
    return TimeWindow(start + lo, start + lo + span)


@pytest.mark.parametrize(
    ("span", "max_points", "source"),
    [
        (HOUR, 200, "raw"),
        (6 * HOUR, 50, "1m"),
        (3 * DAY, 1000, "1m"),
        (19 * DAY, 500, "1h"),
        (19 * DAY, 20, "1d"),
    ],
)
def test_every_source_gives_what_the_readings_say(
    database: Database,
    sensor_ids: list[int],
    feed: FEED,
    start_at: datetime,
    span: timedelta,
    max_points: int,
    source: str,
) -> None:
    readings = feed(sensor_ids[0], start_at, 20 * DAY)
    refresh_rollups(database)
    window = after(start_at, timedelta(minutes=17, seconds=5), span)
    answer = series(database, sensor_ids[:1], window, max_points)
    assert answer.source == source
    assert answer.bucket is not None
    assert len(answer.frame) <= max_points
    assert_equal(answer.frame, expected_buckets(readings, window, answer.bucket))


@pytest.mark.parametrize("is_refreshed", [True, False])
@pytest.mark.parametrize("max_points", [20, 100, 500, 1000, 5000])
def test_every_planted_spike_is_found_at_every_level(
    database: Database,
    sensor_ids: list[int],
    feed: FEED,
    start_at: datetime,
    max_points: int,
    is_refreshed: bool,
) -> None:
    feed(sensor_ids[0], start_at, 20 * DAY, spikes=SPIKES)
    if is_refreshed:
        refresh_rollups(database)
    answer = series(database, sensor_ids[:1], after(start_at, -DAY, 22 * DAY), max_points)
    assert len(answer.frame) <= max_points
    for offset, value in SPIKES.items():
        at = start_at + offset
        before = answer.frame[answer.frame["time"] <= at].iloc[-1]
        assert value in (before["min"], before["max"])


def test_what_is_not_rolled_up_is_read_from_raw(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    feed(sensor_ids[0], start_at, 12 * DAY)
    refresh_rollups(database)
    late = {timedelta(minutes=4): 300.0}
    feed(sensor_ids[0], start_at + timedelta(hours=30, seconds=3), HOUR, spikes=late)
    readings = feed(sensor_ids[0], start_at + 12 * DAY, timedelta(days=1, minutes=11))
    window = after(start_at, HOUR, 13 * DAY)
    for max_points in (20, 500, 1000):
        answer = series(database, sensor_ids[:1], window, max_points)
        assert (answer.pending, answer.is_exact) == (2, True)
        assert answer.bucket is not None
        assert_equal(answer.frame, expected_buckets(readings, window, answer.bucket))


def test_readings_that_fit_are_given_as_stored(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    readings = feed(sensor_ids[0], start_at, HOUR)
    answer = series(database, sensor_ids[:1], after(start_at, -HOUR, 5 * HOUR))
    assert (answer.source, answer.bucket) == ("raw", None)
    assert answer.frame["time"].tolist() == readings["time"].tolist()
    assert answer.frame["max"].tolist() == readings["value"].tolist()
    assert set(answer.frame["n"]) == {1}


def test_few_readings_in_a_long_window_are_given_as_stored(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    readings = feed(sensor_ids[2], start_at, 18 * DAY, step_s=3600)
    refresh_rollups(database)
    answer = series(database, sensor_ids[2:], after(start_at, -300 * DAY, 320 * DAY))
    assert answer.bucket is None
    assert answer.frame["time"].tolist() == readings["time"].tolist()


def test_many_sensors_are_answered_at_once_in_order(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    readings = {each: feed(each, start_at, 2 * DAY) for each in sensor_ids[:2]}
    refresh_rollups(database)
    window = after(start_at, HOUR, DAY)
    answer = series(database, [*reversed(sensor_ids), 999_999], window)
    assert answer.frame["sensor_id"].is_monotonic_increasing
    assert sorted(answer.frame["sensor_id"].unique()) == sensor_ids[:2]
    assert answer.bucket is not None
    for sensor_id, own in answer.frame.groupby("sensor_id"):
        assert_equal(own, expected_buckets(readings[int(sensor_id)], window, answer.bucket))


def test_readings_past_the_dirty_log_are_shown(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    readings = feed(sensor_ids[0], start_at, 2 * DAY)
    with database.write() as connection:
        connection.execute(text("DELETE FROM rollup_dirty"))
    window = after(start_at, -DAY, 20 * DAY)
    answer = series(database, sensor_ids[:1], window, 100)
    assert answer.bucket is not None
    assert_equal(answer.frame, expected_buckets(readings, window, answer.bucket))


def test_minutes_answer_where_raw_is_gone(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    within_a_minute = start_at.replace(second=13)
    feed(sensor_ids[0], within_a_minute, DAY)
    refresh_rollups(database)
    with database.maintain() as connection:
        connection.execute(text("SELECT drop_chunks('sensor_data', TIMESTAMPTZ '2090-01-01')"))
    answer = series(database, sensor_ids[:1], after(within_a_minute, HOUR, 3 * HOUR), 500)
    assert (answer.source, answer.bucket) == ("1m", timedelta(minutes=1))
    assert len(answer.frame) == 181


def test_a_window_without_readings_gives_an_empty_frame(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    for span in (HOUR, DAY, 300 * DAY):
        answer = series(database, sensor_ids, after(start_at, -span, span))
        assert answer.frame.empty
        assert list(answer.frame) == ["sensor_id", "time", "mean", "min", "max", "n"]
    assert series(database, [], after(start_at, -DAY, DAY)).frame.empty


def test_one_point_is_no_series(database: Database, start_at: datetime) -> None:
    with pytest.raises(InvalidInput, match="2 points"):
        series(database, [1], after(start_at, -DAY, DAY), 1)
