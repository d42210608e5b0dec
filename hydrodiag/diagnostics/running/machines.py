"""The machines to diagnose, with all that they are held against."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.baseline import Baseline, learn_baseline
from hydrodiag.diagnostics.engine import CheckOverride, Setup
from hydrodiag.diagnostics.findings.applying import load_ongoing
from hydrodiag.diagnostics.records import (
    Assessment,
    Channel,
    Frame,
    Steps,
)
from hydrodiag.diagnostics.roles import guess_roles
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import list_components, list_sensors
from hydrodiag.readings.frames import SensorGrid

SQL = NamedQueries(__file__, "machines.sql")
DIGITS = 6


@dataclass(frozen=True)
class Machine:
    system_id: int
    code: str
    cycle_s: float | None
    cycle_anchor_at: datetime | None
    roles: Mapping[str, int]
    nominal: Mapping[str, float]
    through_at: datetime | None
    newest_at: datetime


@dataclass(frozen=True)
class StoredBaseline:
    """A healthy span; `baseline` is None until it has been learned, `note` says why not."""

    id: int
    from_at: datetime
    to_at: datetime
    baseline: Baseline | None


def list_machines(db: Database, system_id: int | None = None) -> list[Machine]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_machines"], {"system_id": system_id})
        return [Machine(**row._mapping) for row in rows]


def load_channels(db: Database, machine: Machine) -> dict[str, Channel]:
    components = list_components(db, machine.system_id)
    return guess_roles(list_sensors(db, machine.system_id), components, machine.roles)


def load_setup(db: Database, machine: Machine, channels: Mapping[str, Channel]) -> Setup:
    stored = find_baseline(db, machine.system_id)
    return Setup(
        channels=channels,
        baseline=stored.baseline if stored else None,
        nominal=machine.nominal,
        settings=load_settings(db, machine.system_id),
        ongoing=load_ongoing(db, machine.system_id),
    )


def load_settings(db: Database, system_id: int) -> dict[str, CheckOverride]:
    """What is set for the machine goes before what is set for all."""
    with db.read() as connection:
        rows = connection.execute(SQL["list_settings"], {"system_id": system_id})
        return {
            row.check_id: CheckOverride(row.is_enabled, row.warn, row.critical, row.persist_steps)
            for row in rows
        }


def find_baseline(db: Database, system_id: int) -> StoredBaseline | None:
    with db.read() as connection:
        row = connection.execute(SQL["find_baseline"], {"system_id": system_id}).one_or_none()
    if row is None:
        return None
    learned = Baseline.from_dict(row.detail, row.id) if row.detail else None
    return StoredBaseline(row.id, row.from_at, row.to_at, learned)


def learn_waiting(db: Database, system_id: int, through: datetime) -> None:
    """Learn from the confirmed span once its steps are all there; say why where it cannot be."""
    stored = find_baseline(db, system_id)
    if stored is None or stored.baseline is not None or stored.to_at > through:
        return
    steps = load_steps(db, system_id, stored.from_at, stored.to_at)
    note, detail = "", "{}"
    try:
        detail = json.dumps(learn_baseline(steps, baseline_id=stored.id).to_dict())
    except InvalidInput as error:
        note = str(error)
    values = {"id": stored.id, "detail": detail, "steps": len(steps.times), "note": note}
    with db.write() as connection:
        connection.execute(SQL["keep_learned"], values)


def build_frame(
    channels: Mapping[str, Channel],
    grids: Mapping[int, SensorGrid],
    start: datetime,
    end: datetime,
    step_s: int,
) -> Frame:
    """In the units of the roles; a role whose sensor said nothing at all is all NaN."""
    count = int((end - start) / timedelta(seconds=step_s))
    begin = np.datetime64(round(start.timestamp() * 1_000_000), "us")
    times = begin + np.arange(count) * np.timedelta64(step_s * 1_000_000, "us")
    mean, low, high, received = {}, {}, {}, {}
    nothing = np.full(count, np.nan)
    for role, channel in channels.items():
        grid = grids.get(channel.sensor_id)
        if grid is None:
            mean[role], low[role], high[role], received[role] = (nothing,) * 3 + (nothing * 0,)
            continue
        for target, values in ((mean, grid.mean), (low, grid.low), (high, grid.high)):
            target[role] = values * channel.factor + channel.offset
        received[role] = grid.count
    return Frame(times, float(step_s), mean, low, high, received)


def keep_steps(db: Database, system_id: int, steps: Steps, since: datetime) -> int:
    """Those from `since` on; how many they were."""
    first = np.datetime64(round(since.timestamp() * 1_000_000), "us")
    rows = [
        {
            "system_id": system_id,
            "time": _to_datetime(steps.times[place]),
            "step_s": steps.step_s,
            "state": str(steps.states[place]),
            "indicators": json.dumps(_tell(steps, place)),
        }
        for place in np.flatnonzero(steps.times >= first).tolist()
    ]
    if rows:
        with db.write() as connection:
            connection.execute(SQL["upsert_step"], rows)
    return len(rows)


def load_steps(db: Database, system_id: int, start: datetime, end: datetime) -> Steps:
    values = {"system_id": system_id, "start_at": start, "end_at": end}
    with db.read() as connection:
        rows = connection.execute(SQL["load_steps"], values).all()
    names = sorted({name for row in rows for name in row.indicators})
    return Steps(
        times=np.array([_to_instant(row.time) for row in rows], "datetime64[us]"),
        step_s=rows[0].step_s if rows else 0.0,
        states=np.array([row.state for row in rows] or [], dtype="<U8"),
        values={
            name: np.array([row.indicators.get(name, np.nan) for row in rows], float)
            for name in names
        },
    )


def keep_outcome(db: Database, machine: Machine, assessment: Assessment, through: datetime) -> None:
    with db.write() as connection:
        skipped = json.dumps([vars(each) for each in assessment.skipped])
        values = {"system_id": machine.system_id, "through_at": through, "skipped": skipped}
        connection.execute(SQL["note_through"], values)
        rows = [
            {"system_id": machine.system_id, "at": through, **vars(each)}
            for each in assessment.health
        ]
        if rows:
            connection.execute(SQL["upsert_health"], rows)


def _tell(steps: Steps, place: int) -> dict[str, float]:
    return {
        name: float(f"{values[place]:.{DIGITS}g}")
        for name, values in steps.values.items()
        if np.isfinite(values[place])
    }


def _to_datetime(instant: np.datetime64) -> datetime:
    found: datetime = instant.astype("datetime64[us]").astype(datetime)
    return found.replace(tzinfo=UTC)


def _to_instant(instant: datetime) -> np.datetime64:
    return np.datetime64(round(instant.timestamp() * 1_000_000), "us")
