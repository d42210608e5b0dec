"""Readings over time for charts: as many points as fit, every peak kept, exact to the last row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.readings.binary_fetch import snapshot
from hydrodiag.readings.buckets import cover_sensors, load_buckets, load_raw
from hydrodiag.readings.cover import LEVELS, RAW, Level
from hydrodiag.readings.rollups import PendingRange, list_pending
from hydrodiag.readings.windows import (
    MICROSECOND,
    MINUTE_US,
    TimeWindow,
    ceil_us,
    floor_us,
    from_us,
    pick_step_us,
)

SQL = NamedQueries(__file__, "series.sql")
MAX_POINTS = 1000
# Above this many raw rows minutes are shown: raw would take a tenth of a second and more.
RAW_ROWS = 100_000
# What is pending is read from raw up to this many rows; beyond, the rollups answer as they are.
STITCHED_ROWS = 4_000_000
GAP_FACTOR = 3


@dataclass(frozen=True)
class Series:
    """`frame` has sensor_id, time, mean, min, max, n, ordered by sensor and time.

    `source` is the coarsest form that answered: raw, 1m, 1h or 1d. `bucket` None: each row is
    a reading as stored. `pending` ranges were not yet in the rollups; the answer includes them
    unless `is_exact` is False.
    """

    frame: pd.DataFrame
    source: str
    bucket: timedelta | None
    pending: int
    is_exact: bool = True

    def rows_of(self, sensor_id: int) -> pd.DataFrame:
        """The rows of one sensor."""
        return self.frame.iloc[self._find_rows(sensor_id)].reset_index(drop=True)

    def span_of(self, sensor_id: int) -> tuple[float, float] | None:
        """The lowest and the highest reading of one sensor; None without any."""
        rows = self._find_rows(sensor_id)
        low, high = (self.frame[name].to_numpy()[rows] for name in ("min", "max"))
        return (float(low.min()), float(high.max())) if len(low) else None

    def _find_rows(self, sensor_id: int) -> slice:
        """By their order: a filter over all rows is far slower."""
        ids = self.frame["sensor_id"].to_numpy()
        start, end = np.searchsorted(ids, (sensor_id, sensor_id + 1))
        return slice(start, end)


@dataclass(frozen=True)
class Plan:
    source: str
    step_us: int


def series(
    db: Database, sensor_ids: Sequence[int], window: TimeWindow, max_points: int = MAX_POINTS
) -> Series:
    """At most `max_points` rows a sensor, with the lowest and highest reading of each bucket."""
    if max_points < 2:
        raise InvalidInput("A series needs 2 points or more.", hint="Raise max_points.")
    wanted = sorted({int(each) for each in sensor_ids})
    with snapshot(db) as connection:
        per_second = _count_per_second(connection, wanted)
        if _row_count(window, per_second) <= max_points * max(1, len(wanted)):
            frame = load_raw(connection, wanted, window, max_points)
            if frame is not None and len(frame):
                return Series(frame, RAW, None, 0)
        return _load_bucketed(connection, wanted, window, max_points, per_second)


def gaps(frame: pd.DataFrame, interval: timedelta) -> pd.DataFrame:
    """`frame` with a row of NaN after each reading that no other follows for 3 intervals.

    A line drawn through the rows then breaks where readings are missing.
    """
    ids, times = frame["sensor_id"].to_numpy(), frame["time"].to_numpy(dtype="datetime64[us]")
    is_gap = (np.diff(times) > np.timedelta64(GAP_FACTOR * interval)) & (np.diff(ids) == 0)
    breaks = np.flatnonzero(is_gap) + 1
    if not len(breaks):
        return frame
    before = frame.iloc[breaks - 1]
    missing = before.assign(
        time=before["time"] + interval, mean=np.nan, min=np.nan, max=np.nan, n=0
    )
    order = np.argsort(np.concatenate([np.arange(len(frame)), breaks - 0.5]), kind="stable")
    return pd.concat([frame, missing], ignore_index=True).iloc[order].reset_index(drop=True)


def pick_plan(window: TimeWindow, max_points: int, row_count: float) -> Plan:
    """The coarsest source whose buckets are not wider than what `max_points` allow to show."""
    step_us = pick_step_us(window.start_us, window.end_us, max_points)
    fitting = [level for level in LEVELS if level.width_us <= step_us]
    if fitting:
        return Plan(fitting[-1].name, step_us)
    if row_count <= RAW_ROWS:
        return Plan(RAW, step_us)
    return _minutes(window, max_points)


def _load_bucketed(
    connection: Connection,
    sensor_ids: list[int],
    window: TimeWindow,
    max_points: int,
    per_second: float,
) -> Series:
    plan = pick_plan(window, max_points, _row_count(window, per_second))
    pending = list_pending(connection, sensor_ids, window) if plan.source != RAW else []
    is_exact = _pending_rows(pending, window, per_second, len(sensor_ids)) <= STITCHED_ROWS
    frame = _load_plan(connection, sensor_ids, window, plan, pending if is_exact else [])
    if frame.empty and plan.source == RAW:
        # Retention has dropped the readings, or there never were any: minutes are kept longer.
        whole = _whole_minutes(window)
        plan = _minutes(whole, max_points)
        frame = _load_plan(connection, sensor_ids, whole, plan, [])
    elif plan.source != RAW:
        frame = _add_unrolled(connection, sensor_ids, window, plan, frame)
    raw = _load_few(connection, sensor_ids, window, frame, max_points)
    if raw is not None:
        return Series(raw, RAW, None, 0)
    return Series(frame, plan.source, plan.step_us * MICROSECOND, len(pending), is_exact)


def _load_plan(
    connection: Connection,
    sensor_ids: Sequence[int],
    window: TimeWindow,
    plan: Plan,
    pending: Sequence[PendingRange],
) -> pd.DataFrame:
    cover = cover_sensors(sensor_ids, window, pending, plan.source)
    return load_buckets(connection, cover, plan.step_us)


def _add_unrolled(
    connection: Connection,
    sensor_ids: Sequence[int],
    window: TimeWindow,
    plan: Plan,
    frame: pd.DataFrame,
) -> pd.DataFrame:
    """Sensors the rollups know nothing of, from raw: written past the dirty log, or empty."""
    missing = sorted(set(sensor_ids) - set(frame["sensor_id"].unique().tolist()))
    if not missing:
        return frame
    found = _load_plan(connection, missing, window, Plan(RAW, plan.step_us), [])
    if found.empty:
        return frame
    both = pd.concat([frame, found], ignore_index=True)
    return both.sort_values(["sensor_id", "time"], ignore_index=True)


def _load_few(
    connection: Connection,
    sensor_ids: Sequence[int],
    window: TimeWindow,
    frame: pd.DataFrame,
    max_points: int,
) -> pd.DataFrame | None:
    """The readings as stored where they turn out to fit, and are all still there."""
    counts = frame.groupby("sensor_id")["n"].sum()
    if frame.empty or counts.max() > max_points:
        return None
    raw = load_raw(connection, sensor_ids, window, max_points)
    return raw if raw is not None and len(raw) == counts.sum() else None


def _whole_minutes(window: TimeWindow) -> TimeWindow:
    """The window out to full minutes: its edges cannot be cut finer without raw readings."""
    start_us, end_us = floor_us(window.start_us, MINUTE_US), ceil_us(window.end_us, MINUTE_US)
    return TimeWindow(from_us(start_us), from_us(end_us))


def _minutes(window: TimeWindow, max_points: int) -> Plan:
    minute: Level = LEVELS[0]
    least_us = minute.width_us
    step_us = pick_step_us(window.start_us, window.end_us, max_points, least_us=least_us)
    return Plan(minute.name, step_us)


def _count_per_second(connection: Connection, sensor_ids: list[int]) -> float:
    """Readings a second of all these sensors together."""
    rows = connection.execute(SQL["sampling_rates"], {"sensor_ids": sensor_ids})
    return float(sum(row.per_second for row in rows))


def _row_count(window: TimeWindow, per_second: float) -> float:
    return window.span.total_seconds() * per_second


def _pending_rows(
    pending: Sequence[PendingRange], window: TimeWindow, per_second: float, sensors: int
) -> float:
    spans = (
        min(each.end_at, window.end) - max(each.start_at, window.start)
        for each in pending
        if each.level == LEVELS[0].name
    )
    return sum((span.total_seconds() for span in spans), 0.0) * per_second / max(1, sensors)
