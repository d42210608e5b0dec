"""Which machine needs somebody, and why: the state of every system from its newest readings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.grid import as_reported, decimals
from hydrodiag.readings.newest import (
    PATIENCE_INTERVALS,
    PATIENCE_LEAST,
    NewestOfSystem,
    find_newest,
)

SQL = NamedQueries(__file__, "overview.sql")
SPARKLINE_SPAN = timedelta(hours=24)
STATES = ("critical", "warning", "stale", "ok", "no_data")


@dataclass(frozen=True)
class KeyValue:
    """A key sensor's newest value in `unit`; `state` is one of STATES."""

    sensor_id: int
    tag: str
    name: str
    quantity: str
    unit: str
    resolution: float | None
    value: float | None
    at: datetime | None
    state: str


@dataclass(frozen=True)
class MachineState:
    """`state` is one of STATES; `reason` says why it is not ok, for people.

    `is_silent`: its newest reading is overdue. `keys` come with `with_keys`, for those shown.
    """

    system_id: int
    code: str
    name: str
    kind: str
    site: str
    state: str
    reason: str
    newest_at: datetime | None
    sensor_count: int
    is_silent: bool = False
    keys: tuple[KeyValue, ...] = ()


@dataclass(frozen=True)
class LatestReading:
    sensor_id: int
    tag: str
    time: datetime
    value: float


@dataclass(frozen=True)
class Crossing:
    """The newest `value` of `sensor` is on the wrong `side` of its `limit`."""

    sensor: Row[Any]
    value: float
    state: str
    side: str
    limit: float

    @property
    def reason(self) -> str:
        """What crossed which limit, with units."""
        sensor, places = self.sensor, decimals(self.sensor.resolution)
        value = _rounded(as_reported(self.value, sensor.resolution), places)
        limit, unit = _rounded(self.limit, places), f" {sensor.unit}".rstrip()
        return f"{sensor.name} {value}{unit}, {self.side} the {self.state} limit of {limit}{unit}"


def list_machines(db: Database, now: datetime | None = None) -> list[MachineState]:
    """Every system, the ones that need somebody first.

    A machine is stale when its newest reading is older than five sampling intervals of its
    slowest sensor, and than five minutes; its limits then say nothing any more. A sensor that
    fell silent while others went on does not count either.
    """
    found = find_newest(db, now or datetime.now(UTC))
    machines = [_build_machine(each) for each in found]
    return sorted(machines, key=lambda each: (STATES.index(each.state), each.name))


def with_keys(db: Database, machines: Sequence[MachineState]) -> list[MachineState]:
    """The same machines with the newest values of their key sensors."""
    values = {"system_ids": [each.system_id for each in machines]}
    with db.read() as connection:
        keys = _by_system(connection.execute(SQL["list_key_sensors"], values))
    return [
        replace(each, keys=tuple(_build_key(key, each) for key in keys[each.system_id]))
        for each in machines
    ]


def load_sparklines(
    db: Database, sensor_ids: Sequence[int], end: datetime
) -> dict[int, list[float]]:
    """Means of the whole hours in the 24 before `end`; hours without readings are left out."""
    values = {"sensor_ids": list(sensor_ids), "start_at": end - SPARKLINE_SPAN, "end_at": end}
    with db.read() as connection:
        rows = connection.execute(SQL["load_sparklines"], values)
        return {row.sensor_id: list(row.means) for row in rows}


def latest(db: Database, system_id: int) -> list[LatestReading]:
    """The newest reading of each sensor of the system that has any."""
    with db.read() as connection:
        rows = connection.execute(SQL["latest"], {"system_id": system_id})
        return [LatestReading(**row._mapping) for row in rows]


def check_limits(sensor: Row[Any], value: float) -> Crossing | None:
    """The worst limit of the sensor that `value` has crossed."""
    for state, low, high in (
        ("critical", sensor.critical_low, sensor.critical_high),
        ("warning", sensor.warn_low, sensor.warn_high),
    ):
        if high is not None and value > high:
            return Crossing(sensor, value, state, "above", high)
        if low is not None and value < low:
            return Crossing(sensor, value, state, "below", low)
    return None


def _by_system(sensors: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    sorted_out: dict[int, list[Row[Any]]] = defaultdict(list)
    for sensor in sensors:
        sorted_out[sensor.system_id].append(sensor)
    return sorted_out


def _build_machine(newest: NewestOfSystem) -> MachineState:
    system = newest.system
    state, reason = _judge(newest)
    return MachineState(
        system.id, system.code, system.name, system.kind, system.site, state, reason,
        newest.newest_at, newest.sensor_count, newest.is_silent,
    )  # fmt: skip


def _judge(newest: NewestOfSystem) -> tuple[str, str]:
    if newest.newest_at is None:
        return "no_data", "no readings yet" if newest.sensor_count else "no sensors yet"
    if newest.is_silent:
        return "stale", "no new readings"
    crossing = check_limits(newest.worst, newest.value) if newest.worst is not None else None
    return (crossing.state, crossing.reason) if crossing else ("ok", "")


def _is_silent(sensor: Row[Any], newest_at: datetime) -> bool:
    """Whether others of the machine went on without it."""
    return sensor.at is not None and sensor.at < newest_at - _patience(sensor.sampling_interval_s)


def _build_key(sensor: Row[Any], machine: MachineState) -> KeyValue:
    return KeyValue(
        sensor.sensor_id,
        sensor.tag,
        sensor.name,
        sensor.quantity,
        sensor.unit,
        sensor.resolution,
        sensor.value,
        sensor.at,
        _judge_key(sensor, machine),
    )


def _judge_key(sensor: Row[Any], machine: MachineState) -> str:
    if sensor.value is None or machine.newest_at is None:
        return "no_data"
    if machine.is_silent or _is_silent(sensor, machine.newest_at):
        return "stale"
    crossing = check_limits(sensor, sensor.value)
    return crossing.state if crossing else "ok"


@lru_cache(maxsize=1024)
def _patience(interval_s: float | None) -> timedelta:
    return max(PATIENCE_INTERVALS * timedelta(seconds=interval_s or 0), PATIENCE_LEAST)


def _rounded(value: float, places: int | None) -> str:
    return f"{value:.{places}f}" if places is not None else f"{value:g}"
