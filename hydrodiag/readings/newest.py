"""The newest readings of the whole fleet held against their limits, all machines at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row

from hydrodiag.cache import generations
from hydrodiag.db import Database, NamedQueries
from hydrodiag.fleet.systems import FLEET_TOPIC
from hydrodiag.readings.binary_fetch import POSTGRES_EPOCH_US, read_array, snapshot
from hydrodiag.readings.windows import SECOND_US, from_us, to_us

SQL = NamedQueries(__file__, "overview.sql")
# Readings are overdue after this many sampling intervals, but not before five minutes.
PATIENCE_INTERVALS = 5
PATIENCE_LEAST = timedelta(minutes=5)
NEVER_US = np.iinfo(np.int64).min // 2
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FleetLayout:
    """Sensors of the fleet, (n,) each, system after system and the most important first.

    `starts` (m,): where the sensors of each of `owners`, the m systems that have any, begin.
    `sorted_ids` are the sensors' ids in order and `places` where each of them stands. Limits
    that are not set are infinite.
    """

    systems: tuple[Row[Any], ...]
    sensors: tuple[Row[Any], ...]
    owners: tuple[Row[Any], ...]
    starts: Ints
    sorted_ids: Ints
    places: Ints
    patience_us: Ints
    critical_low: Floats
    critical_high: Floats
    warn_low: Floats
    warn_high: Floats


@dataclass(frozen=True)
class NewestOfSystem:
    """`worst`: the first sensor with the gravest limit crossed; `value`: what it reads."""

    system: Row[Any]
    sensor_count: int
    newest_at: datetime | None = None
    is_silent: bool = False
    worst: Row[Any] | None = None
    value: float = np.nan


def find_newest(db: Database, now: datetime) -> list[NewestOfSystem]:
    """One for each system of the fleet, without order."""
    with db.read() as connection:
        generation = generations(connection, (FLEET_TOPIC,))[FLEET_TOPIC]
    # No connection is held meanwhile: loading asks for one of its own.
    layout = load_layout(db, generation)
    with db.read() as connection:
        times_us, values = _fetch(connection, layout)
    judged = judge(layout, times_us, values, now)
    return [judged.get(each.id) or NewestOfSystem(each, sensor_count=0) for each in layout.systems]


@lru_cache(maxsize=4)
def load_layout(db: Database, generation: int) -> FleetLayout:  # noqa: ARG001 - found by it
    with snapshot(db) as connection:
        systems = connection.execute(SQL["list_fleet_systems"]).all()
        sensors = connection.execute(SQL["list_fleet_sensors"]).all()
    return build_layout(systems, sensors)


def build_layout(systems: Sequence[Row[Any]], sensors: Sequence[Row[Any]]) -> FleetLayout:
    by_id = {each.id: each for each in systems}
    starts = np.flatnonzero(np.diff(_column(sensors, "system_id", np.nan), prepend=-1))
    ids = np.array([each.id for each in sensors], np.int64)
    places = np.argsort(ids)
    intervals_s = _column(sensors, "sampling_interval_s", 0.0)
    patience_s = np.maximum(PATIENCE_INTERVALS * intervals_s, PATIENCE_LEAST.total_seconds())
    return FleetLayout(
        tuple(systems), tuple(sensors),
        tuple(by_id[sensors[start].system_id] for start in starts.tolist()),
        starts, ids[places], places, (patience_s * SECOND_US).astype(np.int64),
        *(_column(sensors, f"{state}_{side}", nothing) for state in ("critical", "warn")
          for side, nothing in (("low", -np.inf), ("high", np.inf))),
    )  # fmt: skip


def _column(sensors: Sequence[Row[Any]], name: str, nothing: float) -> Floats:
    found = (getattr(each, name) for each in sensors)
    return np.array([nothing if each is None else each for each in found], np.float64)


def _fetch(connection: Connection, layout: FleetLayout) -> tuple[Ints, Floats]:
    """(n,) times in microseconds, NEVER_US where there is none, and values of the sensors."""
    raw: Any = connection.connection.driver_connection
    with raw.cursor(binary=True) as cursor:
        sent = cursor.execute(SQL.sources["fetch_newest"]).fetchone()
    ids, times, values = map(read_array, sent, (">i4", ">i8", ">f8"))
    return place(layout, ids, times.astype(np.int64) + POSTGRES_EPOCH_US, values)


def place(layout: FleetLayout, ids: Ints, times_us: Ints, values: Floats) -> tuple[Ints, Floats]:
    """In the order of the layout; newest readings of sensors that it does not know are left out."""
    placed = np.full(len(layout.sensors), NEVER_US), np.full(len(layout.sensors), np.nan)
    if len(ids) and len(layout.sensors):
        at = np.minimum(np.searchsorted(layout.sorted_ids, ids), len(layout.sorted_ids) - 1)
        is_known = layout.sorted_ids[at] == ids
        places = layout.places[at[is_known]]
        placed[0][places], placed[1][places] = times_us[is_known], values[is_known]
    return placed


def judge(
    layout: FleetLayout, times_us: Ints, values: Floats, now: datetime
) -> dict[int, NewestOfSystem]:
    """By the id of the system, of those with sensors.

    A sensor that fell silent while others of its system went on does not count.
    """
    if not len(layout.starts):
        return {}
    counts = np.diff(layout.starts, append=len(times_us))
    newest_us = np.maximum.reduceat(times_us, layout.starts)
    patience_us = np.maximum.reduceat(layout.patience_us, layout.starts)
    is_silent = newest_us < to_us(now) - patience_us
    is_speaking = times_us >= np.repeat(newest_us, counts) - layout.patience_us
    worst = _find_worst(layout, values, is_speaking & ~np.repeat(is_silent, counts))
    found = zip(layout.owners, counts.tolist(), newest_us.tolist(), is_silent.tolist(),
                worst.tolist(), strict=True)  # fmt: skip
    return {
        system.id: NewestOfSystem(
            system, count, _read_instant(us), us != NEVER_US and silent,
            layout.sensors[place] if place >= 0 else None,
            float(values[place]) if place >= 0 else np.nan,
        )
        for system, count, us, silent, place in found
    }  # fmt: skip


def _find_worst(layout: FleetLayout, values: Floats, is_speaking: NDArray[np.bool_]) -> Ints:
    """(m,) the place of the first sensor with the gravest limit crossed; -1 where none is."""
    critical = (values > layout.critical_high) | (values < layout.critical_low)
    warning = (values > layout.warn_high) | (values < layout.warn_low)
    gravity = np.where(critical, 2, np.where(warning, 1, 0)) * is_speaking
    n = len(values)
    gravest = np.maximum.reduceat(gravity * n + np.arange(n)[::-1], layout.starts)
    return np.where(gravest >= n, n - 1 - gravest % n, -1)


def _read_instant(us: int) -> datetime | None:
    return None if us == NEVER_US else from_us(us)
