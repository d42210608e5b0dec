"""Figures that sum up the readings of a window."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.binary_fetch import fetch_rows, row_type, snapshot
from hydrodiag.readings.buckets import Cover, cover_sensors, place_spans
from hydrodiag.readings.cover import LEVELS, RAW
from hydrodiag.readings.rollups import list_pending
from hydrodiag.readings.windows import TimeWindow

SQL = NamedQueries(__file__, "series.sql")
FIGURES = ["n", "mean", "min", "max", "std"]
ENDS = ["first_at", "first", "last_at", "last"]
# A part of the readings: how many, their sum and extremes, squared distances from their mean.
PART = row_type(
    ("sensor_id", ">i4"),
    ("n", ">i8"),
    ("sum", ">f8"),
    ("min", ">f8"),
    ("max", ">f8"),
    ("ssd", ">f8"),
)


def statistics(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> pd.DataFrame:
    """A row for each sensor: n, mean, min, max, std, first_at, first, last_at, last.

    All but the last four count every reading. `std` is that of a sample; missing where rollups
    from before they kept it stand for readings. `first` and `last` are missing where raw
    readings are gone.
    """
    ids = list(dict.fromkeys(int(each) for each in sensor_ids))
    with snapshot(db) as connection:
        table = _load_totals(connection, ids, window).reindex(ids)
        table = table.join(_load_ends(connection, ids, window))
    table["n"] = table["n"].fillna(0).astype("int64")
    return table.rename_axis("sensor_id").reset_index()


def _load_totals(connection: Connection, ids: list[int], window: TimeWindow) -> pd.DataFrame:
    pending = list_pending(connection, ids, window)
    found = _load_parts(connection, cover_sensors(ids, window, pending, LEVELS[-1].name))
    missing = sorted(set(ids) - set(found["sensor_id"].tolist()))
    if missing:
        raw = _load_parts(connection, cover_sensors(missing, window, [], RAW))
        found = np.concatenate([found, raw])
    return _sum_up(found)


def _load_parts(connection: Connection, cover: Cover) -> NDArray[np.void]:
    parts = [
        fetch_rows(connection, SQL[f"parts_{source}"], place_spans(spans), PART)
        for source, spans in cover.items()
        if spans
    ]
    return np.concatenate(parts) if parts else np.empty(0, PART)


def _sum_up(parts: NDArray[np.void]) -> pd.DataFrame:
    """Distances from the mean put together as by T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances", 1979.
    """
    ids, place = np.unique(parts["sensor_id"].astype(np.int64), return_inverse=True)
    low, high = np.full(len(ids), np.inf), np.full(len(ids), -np.inf)
    np.minimum.at(low, place, parts["min"].astype(np.float64))
    np.maximum.at(high, place, parts["max"].astype(np.float64))
    counts, sums = parts["n"].astype(np.float64), parts["sum"].astype(np.float64)
    n = np.bincount(place, counts, len(ids))
    mean = np.bincount(place, sums, len(ids)) / n
    distances = parts["ssd"].astype(np.float64) + counts * (sums / counts - mean[place]) ** 2
    variance = np.bincount(place, distances, len(ids)) / np.where(n > 1, n - 1, np.nan)
    columns = (n, mean, low, high, np.sqrt(variance))
    return pd.DataFrame(dict(zip(FIGURES, columns, strict=True)), index=ids)


def _load_ends(connection: Connection, ids: list[int], window: TimeWindow) -> pd.DataFrame:
    values: dict[str, Any] = {
        "sensor_ids": ids,
        "start_at": window.start,
        "end_at": window.end,
    }
    rows = connection.execute(SQL["first_and_last"], values).all()
    frame = pd.DataFrame(rows, columns=["sensor_id", *ENDS]).set_index("sensor_id")
    for column in ("first_at", "last_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame
