"""Going on from where the history ends: a gap by the minute, then every second."""

import time
from collections.abc import Callable

import numpy as np
import structlog

from hydrodiag.db import Database
from hydrodiag.demo.arrays import Arrays, Span, build_arrays
from hydrodiag.demo.fleet import upsert_machine
from hydrodiag.demo.history import ORIGIN
from hydrodiag.demo.machines import MACHINES
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.demo.story import find_story
from hydrodiag.errors import DatabaseError, InvalidInput
from hydrodiag.readings.ingest import load_columns

TICK_S = 1.0
GAP_BY_MINUTE_S = 600
CATCH_UP_S = 7 * 86_400
PAUSE_AFTER_ERROR_S = 5.0
log = structlog.get_logger(__name__)


class LiveMachine:
    def __init__(self, simulator: MachineSimulator, sensor_ids: dict[str, int], end_s: int) -> None:
        self._simulator = simulator
        self._sensor_ids = sensor_ids
        self.end_s = end_s

    def advance(self, now_s: int) -> tuple[Arrays, int]:
        """Readings up to `now_s`, a week at most, and where they end."""
        until = min(now_s, self.end_s + CATCH_UP_S)
        spans: list[Span] = []
        fine_from = self.end_s
        if until - self.end_s > GAP_BY_MINUTE_S:
            fine_from = until // 60 * 60
            first = -(-self.end_s // 60) * 60
            spans.append((first, fine_from, Resolution.MINUTE))
        spans.append((fine_from, until, Resolution.SECOND))
        return build_arrays(self._simulator, self._sensor_ids, spans), until


def simulate_live(
    db: Database,
    should_stop: Callable[[], bool],
    *,
    now: Callable[[], float] = time.time,
    tick_s: float = TICK_S,
) -> int:
    """Write readings of the demo fleet until told to stop; return how many were written.

    Raises InvalidInput if the fleet has no history to go on from. A database that goes away is
    waited for.
    """
    machines = _load_machines(db)
    written = 0
    while not should_stop():
        try:
            written += _tick(db, machines, int(now()))
        except DatabaseError as error:
            log.warning("simulation_waits_for_database", error=str(error))
            time.sleep(PAUSE_AFTER_ERROR_S)
        time.sleep(max(0.0, tick_s - now() % tick_s))
    return written


def _load_machines(db: Database) -> list[LiveMachine]:
    machines = []
    for machine in MACHINES:
        sensor_ids = upsert_machine(db, machine)
        story = find_story(db, sensor_ids)
        if story is None:
            raise InvalidInput(
                f"{machine.name} has no history to go on from.", hint="Run `make init-data` first."
            )
        machines.append(
            LiveMachine(MachineSimulator(machine, story.start_s), sensor_ids, story.end_s)
        )
    return machines


def _tick(db: Database, machines: list[LiveMachine], now_s: int) -> int:
    """Load what all machines have measured since; move on only after that has worked."""
    advanced = [machine.advance(now_s) for machine in machines]
    columns = [np.concatenate([arrays[place] for arrays, _ in advanced]) for place in range(3)]
    inserted = load_columns(db, *columns, origin=ORIGIN).inserted if len(columns[0]) else 0
    for machine, (_, end_s) in zip(machines, advanced, strict=True):
        machine.end_s = max(machine.end_s, end_s)
    return inserted
