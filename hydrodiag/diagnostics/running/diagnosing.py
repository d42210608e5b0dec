"""Diagnosing machines: what is new since the last time, or a whole history."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from hydrodiag.db import Database
from hydrodiag.diagnostics.cycles.shape import CYCLE_S
from hydrodiag.diagnostics.cycles.stepping import can_fold, compute_cycle_steps
from hydrodiag.diagnostics.engine import assess, compute_steps
from hydrodiag.diagnostics.findings.applying import apply_assessment
from hydrodiag.diagnostics.models.versions import load_witnesses
from hydrodiag.diagnostics.models.witness import add_witnesses
from hydrodiag.diagnostics.records import Channel, Frame, Steps
from hydrodiag.diagnostics.running.machines import (
    Machine,
    build_frame,
    keep_outcome,
    keep_steps,
    learn_waiting,
    load_channels,
    load_setup,
    load_steps,
)
from hydrodiag.errors import HydroDiagError
from hydrodiag.readings.frames import find_taken_up, load_grids

MINUTE_S = 60
STEP = timedelta(minutes=15)
AGAIN = timedelta(hours=1)  # late readings change the last steps
BEFORE = timedelta(hours=12)  # what rest and stuck sensors are told from
LOOK_BACK = timedelta(hours=48)
CHUNK = timedelta(days=7)
CYCLE_CHUNK = timedelta(days=1)
LOOK_EVERY = timedelta(hours=6)  # while catching up
CYCLE_LOOK = timedelta(hours=1)
FIRST_LOOK = timedelta(days=7)
log = structlog.get_logger(__name__)


@dataclass
class Done:
    """`failures` are (machine, why); one that fails stops no other."""

    systems: int = 0
    steps: int = 0
    opened: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    was_stopped: bool = False


def diagnose(
    db: Database,
    machines: Sequence[Machine],
    now: datetime,
    report: Callable[[float | None, str], None],
    should_stop: Callable[[], bool],
) -> Done:
    """Each machine from where it was left up to the last whole step that is taken up."""
    done = Done()
    for number, machine in enumerate(machines):
        if should_stop():
            done.was_stopped = True
            break
        report(number / len(machines), machine.code)
        try:
            diagnose_machine(db, machine, now, done, should_stop)
            done.systems += 1
        except HydroDiagError as error:
            done.failures.append((machine.code, str(error)))
            log.warning("machine_not_diagnosed", machine=machine.code, error=error.message)
    return done


def diagnose_machine(
    db: Database, machine: Machine, now: datetime, done: Done, should_stop: Callable[[], bool]
) -> None:
    channels = load_channels(db, machine)
    if not channels:
        return
    sensor_ids = [each.sensor_id for each in channels.values()]
    grid = Grid(machine.cycle_anchor_at) if is_by_cycles(machine, channels) else Grid()
    start = grid.floor(machine.through_at or machine.newest_at - FIRST_LOOK)
    until = grid.floor(min(now, machine.newest_at + grid.reading))
    if grid.anchor is None:
        until = grid.floor(find_taken_up(db, sensor_ids, start, until))
    while start < until and not should_stop():
        end = min(start + grid.chunk, until)
        _diagnose_chunk(db, machine, channels, (start, end), done)
        start = end


def is_by_cycles(machine: Machine, channels: Mapping[str, Channel]) -> bool:
    return machine.cycle_s == CYCLE_S and machine.cycle_anchor_at is not None and can_fold(channels)


def _diagnose_chunk(
    db: Database,
    machine: Machine,
    channels: dict[str, Channel],
    span: tuple[datetime, datetime],
    done: Done,
) -> None:
    start, end = span
    first = start - AGAIN
    by_cycles = is_by_cycles(machine, channels)
    begin, reading_s = (first, 1) if by_cycles else (first - BEFORE, MINUTE_S)
    sensor_ids = [each.sensor_id for each in channels.values()]
    grids = load_grids(db, sensor_ids, begin, end, reading_s)
    frame = build_frame(channels, grids, begin, end, reading_s)
    steps = (
        compute_cycle_steps(frame) if by_cycles else compute_steps(frame, channels, machine.nominal)
    )
    done.steps += keep_steps(db, machine.system_id, steps, first)
    learn_waiting(db, machine.system_id, end)
    for at in _list_looks(start, end, CYCLE_LOOK if by_cycles else LOOK_EVERY):
        newest = steps
        if not by_cycles:
            newest = compute_steps(_cut(frame, begin, at), channels, machine.nominal)
        _look(db, machine, channels, newest, at, done)


def _look(
    db: Database,
    machine: Machine,
    channels: dict[str, Channel],
    newest: Steps,
    at: datetime,
    done: Done,
) -> None:
    stored = load_steps(db, machine.system_id, at - LOOK_BACK, at)
    if not len(stored.times):
        return
    known = replace(stored, issues=newest.issues, has_quality=newest.has_quality)
    assessment = assess(known, load_setup(db, machine, channels))
    if is_by_cycles(machine, channels):
        assessment = add_witnesses(assessment, known, load_witnesses(db))
    done.opened += apply_assessment(db, machine.system_id, assessment, at).opened
    keep_outcome(db, machine, assessment, at)


def _list_looks(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    """The end, and `every` so often on the way there."""
    at = start + every
    while at < end:
        yield at
        at += every
    yield end


def _cut(frame: Frame, begin: datetime, at: datetime) -> Frame:
    """The twelve hours before `at`."""
    last = round((at - begin).total_seconds() / frame.step_s)
    part = slice(max(0, last - round(BEFORE.total_seconds() / frame.step_s)), last)
    arrays = (
        {role: values[part] for role, values in each.items()}
        for each in (frame.mean, frame.low, frame.high, frame.count)
    )
    return Frame(frame.times[part], frame.step_s, *arrays)


@dataclass(frozen=True)
class Grid:
    """Where steps begin: at quarters of an hour, or at cycles counted from `anchor`."""

    anchor: datetime | None = None

    @property
    def step(self) -> timedelta:
        return STEP if self.anchor is None else timedelta(seconds=CYCLE_S)

    @property
    def chunk(self) -> timedelta:
        return CHUNK if self.anchor is None else CYCLE_CHUNK

    @property
    def reading(self) -> timedelta:
        """A reading stands for the time up to the next."""
        return timedelta(0) if self.anchor is None else timedelta(seconds=1)

    def floor(self, instant: datetime) -> datetime:
        zero = self.anchor or datetime(2000, 1, 1, tzinfo=UTC)
        return zero + (instant - zero) // self.step * self.step
