"""Rollups of 1 minute, 1 hour and 1 day, kept true from the ranges that writers note as dirty.

A dirty range commits with its rows, and the refresh takes the range before it reads the rows:
whatever is not visible to it yet stays noted for the next pass. Buckets are only ever made
fuller: where retention has dropped raw rows, a late row does not undo what was counted
before. Deletions therefore go through `deletion.delete_readings`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Row, text

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.cover import LEVELS, Level
from hydrodiag.readings.windows import DAY_US, HOUR_US, MICROSECOND, TimeWindow, floor_us, from_us
from hydrodiag.readings.windows import to_us as us

SQL = NamedQueries(__file__, "rollups.sql")
# The slice's bounds must be seen by the planner, or every chunk is opened.
SLICE_SETTINGS = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), "
    "set_config('work_mem', '64MB', true)"
)
# One transaction takes this much time of readings of at most so many sensors: about 10 million
# rows a second apart, a few seconds of work.
SLICE_US = {"1m": 6 * HOUR_US, "1h": 30 * DAY_US, "1d": 720 * DAY_US}
MOST_RANGES = 500
# From here one pass over the slice beats reading it sensor by sensor.
BULK_SENSORS = 10
BULK_SHARE = 0.5
TIME_LIMIT = timedelta(minutes=5)


@dataclass(frozen=True)
class RollupReport:
    """`ranges` is what was taken up, `buckets` what changed, `pending` what is left."""

    ranges: int
    buckets: int
    pending: int

    def to_dict(self) -> dict[str, int]:
        return {"ranges": self.ranges, "buckets": self.buckets, "pending": self.pending}


@dataclass(frozen=True)
class PendingRange:
    """Readings of a sensor that the rollup `level` has not taken up; `end_at` is exclusive."""

    level: str
    sensor_id: int
    start_at: datetime
    end_at: datetime


def refresh_rollups(
    db: Database,
    *,
    report: Callable[[float | None, str], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    time_limit: timedelta = TIME_LIMIT,
) -> RollupReport:
    """Take up what is pending, newest first, slice by slice, until done, stopped or out of time.

    Each slice is a transaction: what is done stays done. Only one refresh should run at a time.
    """
    deadline = monotonic() + time_limit.total_seconds()
    ranges = buckets = 0
    for level in LEVELS:
        while monotonic() < deadline and not should_stop():
            done = _refresh_newest_slice(db, level)
            if done is None:
                break
            ranges, buckets = ranges + done[0], buckets + done[1]
            if report:
                report(None, f"{level.name}: {buckets:,} buckets brought up to date")
    with db.read() as connection:
        pending = connection.execute(SQL["count_dirty"]).scalar_one()
    return RollupReport(ranges, buckets, pending)


def renew_rollups(db: Database, *, report: Callable[[str], None] = lambda _: None) -> int:
    """Take up all raw readings once more, for what an earlier version did not keep of them.

    A day at a time, newest first: charts read that day from raw meanwhile. Returns the days.
    The job refresh_rollups should be paused, as only one refresh should run at a time.
    """
    with db.read() as connection:
        first, last = connection.execute(SQL["find_ends"]).one()
    if first is None:
        return 0
    days_us = range(floor_us(us(last), DAY_US), floor_us(us(first), DAY_US) - 1, -DAY_US)
    for day_us in days_us:
        with db.write() as connection:
            values = {"start_at": from_us(day_us), "end_at": from_us(day_us + DAY_US)}
            connection.execute(SQL["note_all"], values)
        done = refresh_rollups(db, time_limit=timedelta.max)
        report(f"{values['start_at']:%Y-%m-%d}: {done.buckets:,} buckets")
    return len(days_us)


def list_pending(
    connection: Connection, sensor_ids: Sequence[int], window: TimeWindow
) -> list[PendingRange]:
    values = {"sensor_ids": list(sensor_ids), "start_at": window.start, "end_at": window.end}
    rows = connection.execute(SQL["list_pending"], values)
    return [PendingRange(*row) for row in rows]


def _refresh_newest_slice(db: Database, level: Level) -> tuple[int, int] | None:
    """Ranges taken and buckets changed; None when nothing is pending at this level."""
    with db.write() as connection:
        values = {"level": level.name, "width": SLICE_US[level.name] * MICROSECOND}
        newest = connection.execute(SQL["find_newest_dirty"], values).one_or_none()
        if newest is None:
            return None
        connection.execute(SLICE_SETTINGS)
        span = _slice_before(newest.end_at, level)
        taken = _take(connection, level, span)
        if not taken:
            return None
        return len(taken), _roll_up(connection, level, span, taken)


def _slice_before(end_at: datetime, level: Level) -> TimeWindow:
    width_us = SLICE_US[level.name]
    start_us = floor_us(us(end_at) - 1, width_us)
    return TimeWindow(from_us(start_us), from_us(start_us + width_us))


def _take(connection: Connection, level: Level, span: TimeWindow) -> Sequence[Row[Any]]:
    values = {
        "level": level.name,
        "width": level.width_us * MICROSECOND,
        "slice_start": span.start,
        "slice_end": span.end,
        "most": MOST_RANGES,
    }
    return connection.execute(SQL["take_dirty"], values).all()


def _roll_up(
    connection: Connection, level: Level, span: TimeWindow, taken: Sequence[Row[Any]]
) -> int:
    ranges = {
        "sensor_ids": [row.sensor_id for row in taken],
        "starts": [row.start_at for row in taken],
        "ends": [row.end_at for row in taken],
    }
    bounds = {"slice_start": min(ranges["starts"]), "slice_end": max(ranges["ends"])}
    changed = connection.execute(SQL[_pick_block(level, span, taken)], {**ranges, **bounds})
    if level.next_name:
        connection.execute(SQL["note_next_level"], {"level": level.next_name, **ranges})
    return int(changed.rowcount)


def _pick_block(level: Level, span: TimeWindow, taken: Sequence[Row[Any]]) -> str:
    sensors = len({row.sensor_id for row in taken})
    covered = sum((row.end_at - row.start_at for row in taken), timedelta())
    is_bulk = sensors >= BULK_SENSORS and covered > BULK_SHARE * sensors * span.span
    return "roll_up_1m_slice" if level.name == "1m" and is_bulk else f"roll_up_{level.name}"
