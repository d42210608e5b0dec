"""What the database holds for the instants of a batch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from hydrodiag.db import NamedQueries
from hydrodiag.readings.ingest.batch import CleanBatch, Float, Int
from hydrodiag.readings.ingest.binary_copy import copy_to_staging, raw_connection
from hydrodiag.readings.ingest.instants import POSTGRES_EPOCH_US, from_us

SQL = NamedQueries(__file__)
# A generic plan would not see the chunks' time bounds, and not the size of the staging table.
PLAN_WITH_VALUES = text("SET LOCAL plan_cache_mode = force_custom_plan")
ANALYZE_STAGING = text("ANALYZE ingest_staging")
# Reading back a whole span beats a join by far, as long as the batch fills it.
MOST_PER_READING = 3
MOST_BESIDES = 10_000
ARRAY_HEADER_BYTES = 20
Keys = NDArray[np.complex128]


def find_stored_values(connection: Connection, batch: CleanBatch) -> Float:
    """The value stored for each instant of the batch, NaN where there is none."""
    connection.execute(PLAN_WITH_VALUES)
    span = {
        "first_at": from_us(batch.times_us.min()),
        "last_at": from_us(batch.times_us.max()),
    }
    found = _read_span(connection, batch, span)
    return _join(connection, batch, span) if found is None else _look_up(batch, *found)


def _read_span(
    connection: Connection, batch: CleanBatch, span: dict[str, Any]
) -> tuple[Keys, Float] | None:
    """Keys and values of all that is stored around the batch; None if that is far more."""
    most = MOST_PER_READING * len(batch) + MOST_BESIDES
    sensor_ids = batch.sensor_ids[batch.sensor_ends].tolist()
    values = {**span, "sensor_ids": sensor_ids, "most": most}
    rows = connection.execute(SQL["read_stored"], values).all()
    if sum(row.readings for row in rows) >= most:
        return None
    keys = [_keys(row.sensor_id, _decode(row.times, ">i8") + POSTGRES_EPOCH_US) for row in rows]
    stored = [_decode(row.values, ">f8") for row in rows]
    if not rows:
        return np.empty(0, np.complex128), np.empty(0, np.float64)
    return np.concatenate(keys), np.concatenate(stored)


def _decode(array: bytes, kind: str) -> NDArray[Any]:
    """Elements of a one-dimensional array of 8-byte numbers, as array_send writes it."""
    element = np.dtype([("length", ">i4"), ("element", kind)])
    return np.frombuffer(array, element, offset=ARRAY_HEADER_BYTES)["element"].astype(kind[1:])


def _look_up(batch: CleanBatch, keys: Keys, stored: Float) -> Float:
    if len(keys) and not np.all(keys[1:] >= keys[:-1]):
        order = np.argsort(keys)
        keys, stored = keys[order], stored[order]
    wanted = _keys(batch.sensor_ids, batch.times_us)
    values = np.full(len(batch), np.nan)
    if len(keys):
        place = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
        hit = keys[place] == wanted
        values[hit] = stored[place[hit]]
    return values


def _keys(sensor_ids: NDArray[np.int32] | int, times_us: Int) -> Keys:
    """Sensor and time as one number that sorts by sensor, then time; a double holds both."""
    keys = np.empty(len(times_us), np.complex128)
    keys.real, keys.imag = sensor_ids, times_us
    return keys


def _join(connection: Connection, batch: CleanBatch, span: dict[str, Any]) -> Float:
    """The same by a join: for a few readings scattered over a long time."""
    connection.execute(SQL["create_staging"])
    copy_to_staging(raw_connection(connection), batch)
    connection.execute(ANALYZE_STAGING)
    values = np.full(len(batch), np.nan)
    for row in connection.execute(SQL["list_stored"], span):
        values[row.position] = row.value
    return values
