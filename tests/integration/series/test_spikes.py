"""Spikes of a single reading show at every zoom, rolled up or not."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from hydrodiag.db import Database
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import TimeWindow

from .conftest import FEED

DAY = timedelta(days=1)
SPANS = (timedelta(hours=1), DAY, 30 * DAY, 360 * DAY)
SPIKES = 200


def plant(count: int, span: timedelta, step_s: int, base: float) -> dict[timedelta, float]:
    """Spikes of different heights at random readings: how long after the first -> how high."""
    dice = np.random.default_rng(int(base))
    places = dice.choice(int(span.total_seconds() / step_s), count, replace=False)
    return {timedelta(seconds=int(at) * step_s): base + number for number, at in enumerate(places)}


def unseen(database: Database, sensor_id: int, window: TimeWindow, spikes: pd.Series) -> int:
    """How many of the window's spikes are above the highest that their point shows."""
    inside = spikes[(spikes.index >= window.start) & (spikes.index < window.end)].sort_index()
    assert len(inside) >= SPIKES
    frame = series(database, [sensor_id], window, 1000).frame
    assert len(frame) <= 1001
    rows = frame["time"].searchsorted(inside.index, side="right") - 1
    return int((frame["max"].to_numpy()[np.maximum(rows, 0)] < inside.to_numpy()).sum())


def test_every_spike_shows_in_every_window(
    database: Database, sensor_ids: list[int], start_at: datetime, feed: FEED
) -> None:
    """A year ten minutes apart, its last day a second apart, each window with its 200 spikes."""
    sensor_id, end = sensor_ids[0], start_at + 19 * DAY
    first, last_day, last_hour = end - 360 * DAY, end - DAY, end - timedelta(hours=1)
    month = {330 * DAY + at: high for at, high in plant(SPIKES, 29 * DAY, 600, 2000).items()}
    year = {**plant(SPIKES, 330 * DAY, 600, 1000), **month}
    feed(sensor_id, first, 359 * DAY, 600, year)
    day = plant(SPIKES, DAY - timedelta(hours=1), 1, 3000)
    feed(sensor_id, last_day, DAY - timedelta(hours=1), 1, day)
    hour = plant(SPIKES, timedelta(hours=1), 1, 4000)
    feed(sensor_id, last_hour, timedelta(hours=1), 1, hour)
    planted = {
        pd.Timestamp(origin + at): high
        for origin, spikes in ((first, year), (last_day, day), (last_hour, hour))
        for at, high in spikes.items()
    }
    spikes = pd.Series(planted)
    windows = [TimeWindow(end - span, end) for span in SPANS]
    assert [unseen(database, sensor_id, window, spikes) for window in windows] == [0] * 4
    refresh_rollups(database)
    assert [unseen(database, sensor_id, window, spikes) for window in windows] == [0] * 4
