"""Figures that sum up the readings of a window."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.binary_fetch import snapshot
from hydrodiag.readings.buckets import cover_sensors, load_buckets
from hydrodiag.readings.cover import LEVELS, RAW
from hydrodiag.readings.rollups import list_pending
from hydrodiag.readings.windows import DAY_US, TimeWindow

SQL = NamedQueries(__file__, "series.sql")
# Wider than any window of instants that can be stored: the whole window is one bucket.
ONE_BUCKET_US = 100_000 * DAY_US
# Up to so many readings the deviation is computed from each of them; up to so many times the
# readings of a minute from the means of minutes.
EXACT_DEVIATION_ROWS = 500_000
MINUTE_DEVIATION_ROWS = 60 * EXACT_DEVIATION_ROWS
FIGURES = ["n", "mean", "min", "max"]
BLOCKS = {
    "raw": "deviation_of_raw",
    "means of minutes": "deviation_of_minutes",
    "means of hours": "deviation_of_hours",
}
ENDS = ["first_at", "first", "last_at", "last"]


def statistics(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> pd.DataFrame:
    """A row for each sensor: n, mean, min, max, std, std_source, first_at, first, last_at, last.

    n, mean, min and max count every reading. `std` is that of the readings (std_source "raw"),
    above 500,000 readings that of their means ("means of minutes", "means of hours"), which
    leaves out what moves within these. `first` and `last` are missing where raw readings are gone.
    """
    ids = list(dict.fromkeys(int(each) for each in sensor_ids))
    with snapshot(db) as connection:
        totals = _load_totals(connection, ids, window)
        source = _pick_source(int(totals["n"].sum()))
        deviations = _load_deviations(connection, ids, window, source)
        ends = _load_ends(connection, ids, window)
    table = totals[FIGURES].reindex(ids).join(deviations).join(ends)
    table["n"] = table["n"].fillna(0).astype("int64")
    table["std_source"] = table["std"].notna().map({True: source, False: ""})
    columns = [*FIGURES, "std", "std_source", *ENDS]
    return table[columns].rename_axis("sensor_id").reset_index()


def _pick_source(rows: int) -> str:
    if rows <= EXACT_DEVIATION_ROWS:
        return "raw"
    return "means of minutes" if rows <= MINUTE_DEVIATION_ROWS else "means of hours"


def _load_totals(connection: Connection, ids: list[int], window: TimeWindow) -> pd.DataFrame:
    pending = list_pending(connection, ids, window)
    cover = cover_sensors(ids, window, pending, LEVELS[-1].name)
    found = load_buckets(connection, cover, ONE_BUCKET_US)
    missing = sorted(set(ids) - set(found["sensor_id"].tolist()))
    if missing:
        raw = load_buckets(connection, cover_sensors(missing, window, [], RAW), ONE_BUCKET_US)
        found = found if raw.empty else pd.concat([found, raw])
    return found.set_index("sensor_id")


def _load_deviations(
    connection: Connection, ids: list[int], window: TimeWindow, source: str
) -> pd.DataFrame:
    return _load_frame(connection, BLOCKS[source], ids, window, ["std"])


def _load_ends(connection: Connection, ids: list[int], window: TimeWindow) -> pd.DataFrame:
    frame = _load_frame(connection, "first_and_last", ids, window, ENDS)
    for column in ("first_at", "last_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def _load_frame(
    connection: Connection, block: str, ids: list[int], window: TimeWindow, columns: list[str]
) -> pd.DataFrame:
    values: dict[str, Any] = {
        "sensor_ids": ids,
        "start_at": window.start,
        "end_at": window.end,
    }
    rows = connection.execute(SQL[block], values).all()
    return pd.DataFrame(rows, columns=["sensor_id", *columns]).set_index("sensor_id")
