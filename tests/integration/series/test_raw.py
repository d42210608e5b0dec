from datetime import datetime, timedelta

from hydrodiag.db import Database
from hydrodiag.readings.raw import load_readings
from hydrodiag.readings.windows import TimeWindow
from tests.integration.series.conftest import FEED


def test_readings_come_as_they_are_stored(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    frames = [feed(each, start_at, timedelta(hours=1)) for each in sensor_ids[:2]]
    window = TimeWindow(start_at, start_at + timedelta(hours=1))
    found = load_readings(database, sensor_ids[:2], window, 10_000)
    assert found.fitting is None
    for sensor_id, readings in zip(sensor_ids[:2], frames, strict=True):
        own = found.frame[found.frame["sensor_id"] == sensor_id]
        assert own["time"].tolist() == readings["time"].tolist()
        assert own["value"].tolist() == readings["value"].tolist()


def test_too_many_readings_tell_how_long_a_window_may_be(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    readings = feed(sensor_ids[0], start_at, timedelta(hours=1))
    window = TimeWindow(start_at, start_at + timedelta(hours=1))
    found = load_readings(database, sensor_ids[:1], window, 20)
    assert found.fitting == readings["time"].iloc[20] - readings["time"].iloc[0]
    short = TimeWindow(start_at, start_at + found.fitting)
    assert load_readings(database, sensor_ids[:1], short, 20).fitting is None


def test_no_readings_fit(database: Database, sensor_ids: list[int], start_at: datetime) -> None:
    found = load_readings(
        database, sensor_ids, TimeWindow(start_at, start_at + timedelta(days=1)), 10
    )
    assert found.frame.empty
    assert found.fitting is None
