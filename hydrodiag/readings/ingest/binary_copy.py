"""Arrays into PostgreSQL by binary COPY: no text is made or parsed on either side."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import Connection

from hydrodiag.readings.ingest.batch import CleanBatch
from hydrodiag.readings.ingest.instants import POSTGRES_EPOCH_US

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
SLICE_ROWS = 65_536
READING = np.dtype(
    [
        ("fields", ">i2"),
        ("time_length", ">i4"),
        ("time", ">i8"),
        ("sensor_length", ">i4"),
        ("sensor_id", ">i4"),
        ("value_length", ">i4"),
        ("value", ">f8"),
    ]
)
STAGED = np.dtype([*READING.descr, ("position_length", ">i4"), ("position", ">i4")])
COPY_READINGS = "COPY sensor_data (time, sensor_id, value) FROM STDIN (FORMAT BINARY)"
COPY_STAGED = "COPY ingest_staging (time, sensor_id, value, position) FROM STDIN (FORMAT BINARY)"


def raw_connection(connection: Connection) -> psycopg.Connection:
    """The driver's connection below, in the same transaction: SQLAlchemy knows no COPY."""
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 (narrows the type)
    return driver


def copy_readings(connection: psycopg.Connection, batch: CleanBatch) -> None:
    """Raises psycopg's UniqueViolation if any of the instants is stored already."""
    _copy(connection, COPY_READINGS, batch, READING)


def copy_to_staging(connection: psycopg.Connection, batch: CleanBatch) -> None:
    """With each reading goes its index in the batch, as `position`."""
    _copy(connection, COPY_STAGED, batch, STAGED)


def _copy(
    connection: psycopg.Connection, statement: str, batch: CleanBatch, row: np.dtype[np.void]
) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEADER)
        for rows in _encode(batch, row):
            copy.write(rows)
        copy.write(TRAILER)


def _encode(batch: CleanBatch, row: np.dtype[np.void]) -> Iterator[bytes]:
    """Rows in COPY's binary form, a slice at a time: the whole batch would double its memory."""
    for start in range(0, len(batch), SLICE_ROWS):
        part = slice(start, min(start + SLICE_ROWS, len(batch)))
        rows = _empty_rows(part.stop - part.start, row)
        rows["time"] = batch.times_us[part] - POSTGRES_EPOCH_US
        rows["sensor_id"] = batch.sensor_ids[part]
        rows["value"] = batch.values[part]
        if "position" in (row.names or ()):
            rows["position"] = np.arange(part.start, part.stop)
        yield rows.tobytes()


def _empty_rows(count: int, row: np.dtype[np.void]) -> NDArray[np.void]:
    rows = np.empty(count, row)
    rows["fields"] = sum(name.endswith("_length") for name in row.names or ())
    rows["time_length"] = rows["value_length"] = 8
    rows["sensor_length"] = 4
    if "position" in (row.names or ()):
        rows["position_length"] = 4
    return rows
