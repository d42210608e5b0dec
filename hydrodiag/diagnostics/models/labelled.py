"""Labelled working cycles of machines, as steps."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.cycles.shape import CYCLE_S
from hydrodiag.diagnostics.cycles.stepping import can_fold, compute_cycle_steps
from hydrodiag.diagnostics.records import Channel, Steps
from hydrodiag.diagnostics.running.machines import build_frame, list_machines, load_channels
from hydrodiag.errors import InvalidInput
from hydrodiag.readings.frames import load_grids

SQL = NamedQueries(__file__, "labelled.sql")
CHUNK = timedelta(days=1)
CYCLE = timedelta(seconds=CYCLE_S)


@dataclass(frozen=True)
class Request:
    """`label` and `group` are keys of cycle_label.labels; a group holds for its machine alone."""

    label: str
    group: str
    system_ids: tuple[int, ...]
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass(frozen=True)
class LabelledSteps:
    steps: Steps
    labels: tuple[object, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    start_at: datetime
    label: object
    group: str


def load_labelled(
    db: Database, request: Request, report: Callable[[float | None, str], None]
) -> LabelledSteps:
    """Raises InvalidInput where no cycle bears both keys, or a machine lacks sensors."""
    known = _list_known(db, request)
    parts, told = [], []
    for number, (system_id, cycles) in enumerate(known.items()):
        report(number / len(known), f"Reading {len(cycles)} labelled cycles")
        channels = _load_channels(db, system_id)
        for chunk in _chunk(cycles):
            steps = _measure(db, channels, chunk)
            parts.append(steps)
            told += chunk
    return LabelledSteps(
        _join(parts), tuple(each.label for each in told), tuple(each.group for each in told)
    )


def _list_known(db: Database, request: Request) -> dict[int, list[_Known]]:
    values = {**vars(request), "system_ids": list(request.system_ids)}
    found: dict[int, list[_Known]] = defaultdict(list)
    with db.read() as connection:
        for row in connection.execute(SQL["list_labels"], values):
            group = f"{row.system_id}/{row.labels[request.group]}"
            label = row.labels[request.label]
            found[row.system_id].append(_Known(row.start_at, label, group))
    if not found:
        raise InvalidInput(
            f"No working cycle of these machines bears both {request.label} and {request.group}.",
            hint="Label cycles with the condition and with the session that they belong to.",
        )
    return found


def _load_channels(db: Database, system_id: int) -> dict[str, Channel]:
    machine = next(iter(list_machines(db, system_id)), None)
    channels = load_channels(db, machine) if machine else {}
    if machine is None or not can_fold(channels):
        raise InvalidInput(
            f"Machine {system_id if machine is None else machine.code} lacks sensors or readings "
            "of working cycles.",
            hint="Name its sensors' roles: pressures, flow, power, temperatures, cooling.",
        )
    return channels


def _chunk(cycles: Sequence[_Known]) -> list[list[_Known]]:
    """Cycles on one grid without a day's gap, at most a day long."""
    chunks: list[list[_Known]] = []
    for each in cycles:
        first = chunks[-1][0] if chunks else None
        away = each.start_at - first.start_at if first else CHUNK
        if first is None or away >= CHUNK or away % CYCLE:
            chunks.append([])
        chunks[-1].append(each)
    return chunks


def _measure(db: Database, channels: dict[str, Channel], chunk: Sequence[_Known]) -> Steps:
    """From one cycle earlier: the closing of the valve needs the end of the cycle before."""
    start, end = chunk[0].start_at - CYCLE, chunk[-1].start_at + CYCLE
    grids = load_grids(db, [each.sensor_id for each in channels.values()], start, end, 1)
    steps = compute_cycle_steps(build_frame(channels, grids, start, end, 1))
    places = np.array([(each.start_at - start) // CYCLE for each in chunk])
    return Steps(steps.times[places], steps.step_s, steps.states[places],
                 {name: each[places] for name, each in steps.values.items()})  # fmt: skip


def _join(parts: Sequence[Steps]) -> Steps:
    names = sorted({name for part in parts for name in part.values})
    return Steps(
        np.concatenate([part.times for part in parts]), float(CYCLE_S),
        np.concatenate([part.states for part in parts]),
        {
            name: np.concatenate(
                [part.values.get(name, np.full(len(part.times), np.nan)) for part in parts]
            )
            for name in names
        },
    )  # fmt: skip
