"""What the diagnostics say of a window of readings; nothing is stored."""

from dataclasses import replace
from datetime import datetime, timedelta

from hydrodiag.db import Database
from hydrodiag.diagnostics.cycles.stepping import compute_cycle_steps
from hydrodiag.diagnostics.engine import assess, compute_steps
from hydrodiag.diagnostics.models.versions import load_witnesses
from hydrodiag.diagnostics.models.witness import add_witnesses
from hydrodiag.diagnostics.records import Assessment
from hydrodiag.diagnostics.running.diagnosing import BEFORE, MINUTE_S, Grid, is_by_cycles
from hydrodiag.diagnostics.running.machines import (
    build_frame,
    list_machines,
    load_channels,
    load_setup,
)
from hydrodiag.errors import InvalidInput
from hydrodiag.readings.frames import load_grids

LONGEST = timedelta(days=31)
LONGEST_BY_CYCLES = timedelta(days=2)


def run(db: Database, system_id: int, start: datetime, end: datetime) -> Assessment:
    """The state at the end of the window, as if nothing had been found before.

    Raises InvalidInput for a window that is empty or too long, or a machine without readings.
    """
    machine = next(iter(list_machines(db, system_id)), None)
    channels = load_channels(db, machine) if machine else {}
    if machine is None or not channels:
        raise InvalidInput("This machine has no readings that a check could take.",
                           hint="Load readings, and name its sensors' components.")  # fmt: skip
    by_cycles = is_by_cycles(machine, channels)
    grid = Grid(machine.cycle_anchor_at) if by_cycles else Grid()
    begin, until = grid.floor(start), grid.floor(end)
    _check(begin, until, LONGEST_BY_CYCLES if by_cycles else LONGEST)
    setup = replace(load_setup(db, machine, channels), ongoing={})
    sensor_ids = [each.sensor_id for each in channels.values()]
    step_s = 1 if by_cycles else MINUTE_S
    first = begin - grid.step if by_cycles else begin - BEFORE
    grids = load_grids(db, sensor_ids, first, until, step_s)
    frame = build_frame(channels, grids, first, until, step_s)
    if by_cycles:
        steps = compute_cycle_steps(frame)
        return add_witnesses(assess(steps, setup), steps, load_witnesses(db))
    return assess(compute_steps(frame, channels, machine.nominal), setup)


def _check(begin: datetime, until: datetime, longest: timedelta) -> None:
    if until <= begin:
        raise InvalidInput("The window is empty.", hint="It needs at least one step.")
    if until - begin > longest:
        raise InvalidInput(
            f"The window is longer than {longest.days} days.",
            hint="Choose a shorter one, or diagnose the machine's history again.",
        )
