"""A clean batch into `sensor_data`, inside the caller's transaction.

New readings go straight in by binary COPY. If an instant is stored already, the COPY fails
as a whole, is taken back to its savepoint, and the batch goes through a staging table.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, text

from hydrodiag.db import NamedQueries
from hydrodiag.readings.ingest.batch import CleanBatch
from hydrodiag.readings.ingest.binary_copy import copy_readings, copy_to_staging
from hydrodiag.readings.ingest.instants import from_us

SQL = NamedQueries(__file__)
# The staging table is new to the planner: it must see its size, and the chunks' time bounds.
PLAN_WITH_VALUES = text("SET LOCAL plan_cache_mode = force_custom_plan")
ANALYZE_STAGING = text("ANALYZE ingest_staging")


@dataclass(frozen=True)
class Loaded:
    """`new` is what went in; `conflicts` maps a candidate's position to the value stored."""

    new: CleanBatch
    already_there: int
    conflicts: dict[int, float]


def load_batch(connection: Connection, batch: CleanBatch, *, expect_stored: bool) -> Loaded:
    """Insert what is not stored. `expect_stored` goes through staging at once."""
    if not len(batch):
        return Loaded(batch, batch.repeated, {})
    if not expect_stored and _insert_directly(connection, batch):
        return Loaded(batch, batch.repeated, {})
    return _insert_missing(connection, batch)


def raw_connection(connection: Connection) -> psycopg.Connection:
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 (narrows the type)
    return driver


def _insert_directly(connection: Connection, batch: CleanBatch) -> bool:
    raw = raw_connection(connection)
    raw.execute("SAVEPOINT before_copy")
    try:
        copy_readings(raw, batch)
    except UniqueViolation:
        raw.execute("ROLLBACK TO SAVEPOINT before_copy")
        return False
    raw.execute("RELEASE SAVEPOINT before_copy")
    return True


def _insert_missing(connection: Connection, batch: CleanBatch) -> Loaded:
    span = stage_batch(connection, batch)
    found = connection.execute(SQL["compare_staged"], span).one()
    new = _insert_staged(connection, batch, span) if found.missing else pick(batch, slice(0))
    conflicts: dict[int, float] = {}
    if found.different or len(new) < found.missing:
        rows = connection.execute(SQL["list_conflicts"], span)
        conflicts = {row.position: row.stored_value for row in rows}
    stored = len(batch) - len(new) - len(conflicts)
    return Loaded(new, stored + batch.repeated, conflicts)


def stage_batch(connection: Connection, batch: CleanBatch) -> dict[str, Any]:
    """Put the batch into `ingest_staging`; return its span in time as parameters."""
    connection.execute(SQL["create_staging"])
    copy_to_staging(raw_connection(connection), batch)
    connection.execute(ANALYZE_STAGING)
    connection.execute(PLAN_WITH_VALUES)
    first, last = int(batch.times_us.min()), int(batch.times_us.max())
    return {"first_at": from_us(first), "last_at": from_us(last)}


def _insert_staged(connection: Connection, batch: CleanBatch, span: dict[str, Any]) -> CleanBatch:
    rows = connection.execute(SQL["insert_staged"], span).all()
    if len(rows) == len(batch):
        return batch
    keys = np.array([(row.sensor_id, row.time_us) for row in rows], np.int64).reshape(-1, 2)
    return pick(batch, find_positions(batch, keys[:, 0], keys[:, 1]))


def find_positions(
    batch: CleanBatch, sensor_ids: NDArray[np.int64], times_us: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Where these instants stand in the batch; both are ordered by sensor and time."""
    wanted = _pairs(sensor_ids, times_us)
    return np.searchsorted(_pairs(batch.sensor_ids, batch.times_us), wanted)


def _pairs(sensor_ids: NDArray[Any], times_us: NDArray[np.int64]) -> NDArray[np.complex128]:
    """Sensor and time as one value that sorts by sensor, then time (both exact in a double)."""
    return sensor_ids.astype(np.float64) + 1j * times_us.astype(np.float64)


def pick(batch: CleanBatch, which: slice | NDArray[np.intp]) -> CleanBatch:
    return replace(
        batch,
        sensor_ids=batch.sensor_ids[which],
        times_us=batch.times_us[which],
        values=batch.values[which],
        positions=batch.positions[which],
    )
