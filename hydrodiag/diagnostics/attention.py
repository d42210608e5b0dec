"""Which machine needs somebody first: its newest readings and its findings taken together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.reading import WorstFinding, list_worst
from hydrodiag.diagnostics.records import Severity
from hydrodiag.readings.overview import STATES, MachineState, list_machines

RAISED = {
    Severity.WARNING: "warning",
    Severity.ALARM: "critical",
    Severity.DANGER: "critical",
}


@dataclass(frozen=True)
class FleetNeed:
    """`machines` stand in the order of their need; `worst` by the id of the machine."""

    machines: tuple[MachineState, ...]
    worst: Mapping[int, WorstFinding]


def list_by_need(db: Database, now: datetime | None = None) -> FleetNeed:
    """The worst state first, within a state the gravest finding, then what changed last.

    A machine is as bad as the worse of its newest readings and of its worst finding that goes
    on; an advisory finding changes its place, not its state.
    """
    worst = list_worst(db)
    machines = [_raise(each, worst.get(each.system_id)) for each in list_machines(db, now)]
    machines.sort(key=lambda each: _rank(each, worst.get(each.system_id)))
    return FleetNeed(tuple(machines), worst)


def _raise(machine: MachineState, worst: WorstFinding | None) -> MachineState:
    state = RAISED.get(worst.severity) if worst else None
    if worst is None or state is None or STATES.index(state) >= STATES.index(machine.state):
        return machine
    return replace(machine, state=state, reason=machine.reason or worst.title)


def _rank(machine: MachineState, worst: WorstFinding | None) -> tuple[int, int, float, str]:
    gravity = worst.severity if worst else Severity.NORMAL
    changed_at = worst.since_at if worst else machine.newest_at
    age = -(changed_at or datetime.fromtimestamp(0, UTC)).timestamp()
    is_even = machine.state == "ok" and worst is None
    return STATES.index(machine.state), -gravity, 0.0 if is_even else age, machine.name
