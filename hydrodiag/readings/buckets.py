"""Readings of many sensors in buckets, from raw readings and rollups put together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from hydrodiag.db import NamedQueries
from hydrodiag.readings.binary_fetch import POSTGRES_EPOCH_US, fetch_rows, row_type
from hydrodiag.readings.cover import Span, build_cover
from hydrodiag.readings.rollups import PendingRange
from hydrodiag.readings.windows import MICROSECOND, TimeWindow, from_us, to_us

SQL = NamedQueries(__file__, "series.sql")
BUCKET = row_type(
    ("sensor_id", ">i4"),
    ("time", ">i8"),
    ("n", ">i8"),
    ("sum", ">f8"),
    ("min", ">f8"),
    ("max", ">f8"),
)
READING = row_type(("sensor_id", ">i4"), ("time", ">i8"), ("value", ">f8"))
COLUMNS = ("sensor_id", "time", "mean", "min", "max", "n")
Cover = Mapping[str, Sequence[tuple[int, Span]]]


def cover_sensors(
    sensor_ids: Iterable[int],
    window: TimeWindow,
    pending: Iterable[PendingRange],
    coarsest: str,
) -> Cover:
    """For each rollup and raw: the sensors and the spans it answers for."""
    stale: dict[int, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for each in pending:
        stale[each.sensor_id][each.level].append((to_us(each.start_at), to_us(each.end_at)))
    whole = (window.start_us, window.end_us)
    cover: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    usual = build_cover(whole, {}, coarsest)
    for sensor_id in sensor_ids:
        own = build_cover(whole, stale[sensor_id], coarsest) if sensor_id in stale else usual
        for source, spans in own.items():
            cover[source] += [(sensor_id, span) for span in spans]
    return cover


def load_buckets(connection: Connection, cover: Cover, step_us: int) -> pd.DataFrame:
    """Columns sensor_id, time (start of the bucket), mean, min, max, n; by sensor and time."""
    parts = [
        _fetch_buckets(connection, source, spans, step_us)
        for source, spans in cover.items()
        if spans
    ]
    return _build_frame(np.concatenate(parts) if parts else np.empty(0, BUCKET))


def place_spans(spans: Sequence[tuple[int, Span]]) -> dict[str, Any]:
    """As the statements take spans of sensors; `start_at` and `end_at` are around all of them."""
    starts = [from_us(lo) for _, (lo, _) in spans]
    ends = [from_us(hi) for _, (_, hi) in spans]
    return {
        "sensor_ids": [sensor_id for sensor_id, _ in spans],
        "starts": starts,
        "ends": ends,
        "start_at": min(starts),
        "end_at": max(ends),
    }


def load_raw(
    connection: Connection, sensor_ids: Sequence[int], window: TimeWindow, most: int
) -> pd.DataFrame | None:
    """All raw readings in the columns of buckets; None if a sensor has more than `most`."""
    values = {
        "sensor_ids": list(sensor_ids),
        "start_at": window.start,
        "end_at": window.end,
        "most": most + 1,
    }
    rows = fetch_rows(connection, SQL["raw_rows"], values, READING)
    if len(rows) and np.unique(rows["sensor_id"], return_counts=True)[1].max() > most:
        return None
    rows = rows[np.lexsort((rows["time"], rows["sensor_id"]))]
    value = rows["value"].astype(np.float64)
    ones = np.ones(len(rows), np.int64)
    return _frame(rows["sensor_id"], rows["time"], value, value, value, ones)


def _fetch_buckets(
    connection: Connection, source: str, spans: Sequence[tuple[int, Span]], step_us: int
) -> NDArray[np.void]:
    values = {**place_spans(spans), "step": step_us * MICROSECOND}
    return fetch_rows(connection, SQL[f"buckets_{source}"], values, BUCKET)


def _build_frame(rows: NDArray[np.void]) -> pd.DataFrame:
    """Parts of one bucket that came from different sources become one row."""
    rows = rows[np.lexsort((rows["time"], rows["sensor_id"]))]
    sensor, time = rows["sensor_id"], rows["time"]
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (sensor[1:] != sensor[:-1]) | (time[1:] != time[:-1])
    starts = np.flatnonzero(is_new)
    if not len(starts):
        empty = np.empty(0)
        return _frame(sensor, time, empty, empty, empty, np.empty(0, np.int64))
    count = np.add.reduceat(rows["n"].astype(np.int64), starts)
    return _frame(
        sensor[starts],
        time[starts],
        np.add.reduceat(rows["sum"].astype(np.float64), starts) / count,
        np.minimum.reduceat(rows["min"].astype(np.float64), starts),
        np.maximum.reduceat(rows["max"].astype(np.float64), starts),
        count,
    )


def _frame(
    sensor_ids: NDArray[np.int32],
    times: NDArray[np.int64],
    mean: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    count: NDArray[np.int64],
) -> pd.DataFrame:
    instants = times.astype(np.int64) + POSTGRES_EPOCH_US
    columns = (
        sensor_ids.astype(np.int32),
        pd.DatetimeIndex(instants.view("M8[us]")).tz_localize("UTC"),
        mean,
        low,
        high,
        count,
    )
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
