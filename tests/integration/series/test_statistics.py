from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from hydrodiag.db import Database
from hydrodiag.readings import statistics as module
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow, to_us
from tests.integration.series.conftest import FEED

DAY = timedelta(days=1)


@pytest.mark.parametrize("is_refreshed", [True, False])
def test_figures_count_every_reading_of_the_window(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime, is_refreshed: bool
) -> None:
    readings = feed(sensor_ids[0], start_at, 5 * DAY)
    if is_refreshed:
        refresh_rollups(database)
    window = TimeWindow(start_at + timedelta(hours=3, seconds=5), start_at + 4 * DAY)
    table = statistics(database, sensor_ids[:2], window).set_index("sensor_id")
    inside = readings[(readings["time"] >= window.start) & (readings["time"] < window.end)]
    figures, values = table.loc[sensor_ids[0]], inside["value"]
    assert figures["n"] == len(inside)
    assert (figures["min"], figures["max"]) == (values.min(), values.max())
    assert figures["mean"] == pytest.approx(values.mean())
    assert figures["std"] == pytest.approx(values.std())
    assert figures["std_source"] == "raw"
    assert (figures["first_at"], figures["first"]) == tuple(inside.iloc[0])
    assert (figures["last_at"], figures["last"]) == tuple(inside.iloc[-1])


def test_a_sensor_without_readings_has_a_row_of_its_own(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    table = statistics(database, sensor_ids[::-1], TimeWindow(start_at, start_at + DAY))
    assert table["sensor_id"].tolist() == sensor_ids[::-1]
    assert table["n"].tolist() == [0, 0, 0]
    assert table[["mean", "std", "first", "last_at"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("most_by_minutes", "source", "means"),
    [
        (1000, "means of minutes", np.tile([9.0, 11.0, 19.0, 21.0], 30)),
        (200, "means of hours", [10.0, 20.0]),
    ],
)
def test_above_a_limit_the_deviation_is_that_of_means(
    database: Database,
    sensor_ids: list[int],
    start_at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    most_by_minutes: int,
    source: str,
    means: list[float],
) -> None:
    monkeypatch.setattr(module, "EXACT_DEVIATION_ROWS", 100)
    monkeypatch.setattr(module, "MINUTE_DEVIATION_ROWS", most_by_minutes)
    hour = start_at.replace(minute=0, second=0)
    times_us = to_us(hour) + np.arange(240) * 30_000_000
    minutes = np.repeat(np.tile([-1.0, 1.0], 60), 2)
    values = np.repeat([10.0, 20.0], 120) + minutes
    load_columns(database, np.full(240, sensor_ids[0]), times_us, values, origin="test")
    refresh_rollups(database)
    table = statistics(database, sensor_ids[:1], TimeWindow(hour, hour + DAY))
    assert table.loc[0, "std_source"] == source
    assert table.loc[0, "std"] == pytest.approx(pd.Series(means).std())
