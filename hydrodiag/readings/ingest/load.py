"""A clean batch into `sensor_data`, inside the caller's transaction.

New readings go straight in by binary COPY. If an instant is stored already, the COPY fails
as a whole and is taken back to its savepoint; then what is stored is read and left out.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from hydrodiag.errors import LockBusy
from hydrodiag.readings.ingest.batch import CleanBatch
from hydrodiag.readings.ingest.binary_copy import copy_readings, raw_connection
from hydrodiag.readings.ingest.stored import find_stored_values

# A rival may commit the same readings between our look and our COPY.
ATTEMPTS = 3


@dataclass(frozen=True)
class Loaded:
    """`new` is what went in; `conflicts` maps a candidate's position to the value stored."""

    new: CleanBatch
    already_there: int
    conflicts: dict[int, float]


def load_batch(connection: Connection, batch: CleanBatch, *, expect_stored: bool) -> Loaded:
    """Insert what is not stored. `expect_stored` looks first instead of trying."""
    if not len(batch):
        return Loaded(batch, batch.repeated, {})
    if not expect_stored and _insert(connection, batch):
        return Loaded(batch, batch.repeated, {})
    for _ in range(ATTEMPTS):
        loaded = compare(connection, batch)
        if not len(loaded.new) or _insert(connection, loaded.new):
            return loaded
    raise LockBusy("Another process loads the same readings.", hint="Try again shortly.")


def compare(connection: Connection, batch: CleanBatch) -> Loaded:
    """What loading the batch would do now: new readings, stored ones, conflicts."""
    stored = find_stored_values(connection, batch)
    is_new = np.isnan(stored)
    differs = np.flatnonzero(~is_new & (stored != batch.values))
    conflicts = dict(zip(batch.positions[differs].tolist(), stored[differs].tolist(), strict=True))
    same = len(batch) - int(is_new.sum()) - len(conflicts)
    return Loaded(_pick(batch, np.flatnonzero(is_new)), same + batch.repeated, conflicts)


def _insert(connection: Connection, batch: CleanBatch) -> bool:
    """False, and nothing written, if any of the instants is stored."""
    raw = raw_connection(connection)
    raw.execute("SAVEPOINT before_copy")
    try:
        copy_readings(raw, batch)
    except UniqueViolation:
        raw.execute("ROLLBACK TO SAVEPOINT before_copy")
        return False
    raw.execute("RELEASE SAVEPOINT before_copy")
    return True


def _pick(batch: CleanBatch, which: NDArray[np.intp]) -> CleanBatch:
    return replace(
        batch,
        sensor_ids=batch.sensor_ids[which],
        times_us=batch.times_us[which],
        values=batch.values[which],
        positions=batch.positions[which],
    )
