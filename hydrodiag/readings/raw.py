"""Readings as stored, as long as they are not too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.binary_fetch import POSTGRES_EPOCH_US, fetch_rows, snapshot
from hydrodiag.readings.buckets import READING
from hydrodiag.readings.windows import MICROSECOND, TimeWindow

SQL = NamedQueries(__file__, "series.sql")
COLUMNS = ["sensor_id", "time", "value"]


@dataclass(frozen=True)
class RawReadings:
    """`frame` has sensor_id, time, value, ordered by sensor and time.

    `fitting`: None where the frame holds all there are; else how long a window may be at most.
    """

    frame: pd.DataFrame
    fitting: timedelta | None


def load_readings(
    db: Database, sensor_ids: Sequence[int], window: TimeWindow, most: int
) -> RawReadings:
    """The readings of each sensor; of one that has more than `most`, the first of them."""
    values = {
        "sensor_ids": sorted(set(sensor_ids)),
        "start_at": window.start,
        "end_at": window.end,
        "most": most + 1,
    }
    with snapshot(db) as connection:
        rows = fetch_rows(connection, SQL["raw_rows"], values, READING)
    rows = rows[np.lexsort((rows["time"], rows["sensor_id"]))]
    times = pd.DatetimeIndex((rows["time"].astype(np.int64) + POSTGRES_EPOCH_US).view("M8[us]"))
    columns = (
        rows["sensor_id"].astype(np.int32),
        times.tz_localize("UTC"),
        rows["value"].astype(np.float64),
    )
    frame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return RawReadings(frame, _find_fitting(frame, most))


def _find_fitting(frame: pd.DataFrame, most: int) -> timedelta | None:
    grouped = frame.groupby("sensor_id")["time"].agg(["min", "max", "size"])
    full = grouped[grouped["size"] > most]
    if full.empty:
        return None
    spans: pd.Series[pd.Timedelta] = full["max"] - full["min"]
    return max(spans.min().to_pytimedelta(), MICROSECOND)
