"""Readings of many sensors on an even grid, as arrays: what the diagnostics look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.binary_fetch import POSTGRES_EPOCH_US, fetch_rows, row_type, snapshot

SQL = NamedQueries(__file__, "frames.sql")
ROW = row_type(
    ("sensor_id", ">i4"), ("time", ">i8"), ("mean", ">f8"), ("low", ">f8"), ("high", ">f8"),
    ("n", ">i4"),
)  # fmt: skip
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SensorGrid:
    """(n,) each, in the sensor's unit; NaN and 0 where nothing was received."""

    mean: Floats
    low: Floats
    high: Floats
    count: Floats


def load_grids(
    db: Database, sensor_ids: Sequence[int], start: datetime, end: datetime, step_s: int
) -> dict[int, SensorGrid]:
    """By sensor, from `start` on; `step_s` is 60 (rollup) or 1 (readings as stored)."""
    values = {"sensor_ids": list(sensor_ids), "start_at": start, "end_at": end}
    block = "load_minutes" if step_s == 60 else "load_seconds"
    with snapshot(db) as connection:
        rows = fetch_rows(connection, SQL[block], values, ROW)
    count = int((end - start) / timedelta(seconds=step_s))
    times_us = rows["time"].astype(np.int64) + POSTGRES_EPOCH_US
    places = (times_us - round(start.timestamp() * 1_000_000)) // (step_s * 1_000_000)
    order = np.argsort(rows["sensor_id"], kind="stable")
    sensors, starts = np.unique(rows["sensor_id"][order], return_index=True)
    parts = np.split(order, starts[1:]) if len(sensors) else []
    return {
        int(sensor): _lay_out(rows[part], places[part], count)
        for sensor, part in zip(sensors, parts, strict=True)
    }


def find_taken_up(
    db: Database, sensor_ids: Sequence[int], since: datetime, until: datetime
) -> datetime:
    """How far after `since` the rollup has taken readings up, at most `until`."""
    values = {"sensor_ids": list(sensor_ids), "since": since}
    with db.read() as connection:
        pending: datetime | None = connection.execute(SQL["find_pending_since"], values).scalar()
    return until if pending is None else min(until, max(since, pending))


def _lay_out(rows: NDArray[np.void], places: NDArray[np.int64], count: int) -> SensorGrid:
    received = np.zeros(count)
    received[places] = rows["n"]
    mean, low, high = (_spread(rows[name], places, count) for name in ("mean", "low", "high"))
    return SensorGrid(mean, low, high, received)


def _spread(values: NDArray[np.void], places: NDArray[np.int64], count: int) -> Floats:
    column = np.full(count, np.nan)
    column[places] = values
    return column
