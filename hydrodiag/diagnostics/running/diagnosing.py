"""Diagnosing machines: what is new since the last time, or a whole history."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import structlog

from hydrodiag.db import Database
from hydrodiag.diagnostics.engine import assess, compute_steps
from hydrodiag.diagnostics.findings.applying import apply_assessment
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
LOOK_EVERY = timedelta(hours=6)  # while catching up
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
    start = machine.through_at or floor(machine.newest_at - FIRST_LOOK)
    until = floor(min(now, machine.newest_at))
    until = floor(find_taken_up(db, sensor_ids, start, until))
    while start < until and not should_stop():
        end = min(start + CHUNK, until)
        _diagnose_chunk(db, machine, channels, start, end, done)
        machine = replace(machine, through_at=end)
        start = end


def _diagnose_chunk(
    db: Database,
    machine: Machine,
    channels: dict[str, Channel],
    start: datetime,
    end: datetime,
    done: Done,
) -> None:
    first = start - AGAIN
    begin = first - BEFORE
    sensor_ids = [each.sensor_id for each in channels.values()]
    grids = load_grids(db, sensor_ids, begin, end, MINUTE_S)
    frame = build_frame(channels, grids, begin, end, MINUTE_S)
    steps = compute_steps(frame, channels, machine.nominal)
    done.steps += keep_steps(db, machine.system_id, steps, first)
    learn_waiting(db, machine.system_id, end)
    for at in _list_looks(start, end):
        issues = compute_steps(_cut(frame, begin, at), channels, machine.nominal)
        _look(db, machine, channels, issues, at, done)


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
    done.opened += apply_assessment(db, machine.system_id, assessment, at).opened
    keep_outcome(db, machine, assessment, at)


def _list_looks(start: datetime, end: datetime) -> Iterator[datetime]:
    """The end, and every six hours on the way there."""
    at = start + LOOK_EVERY
    while at < end:
        yield at
        at += LOOK_EVERY
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


def floor(instant: datetime) -> datetime:
    step_s = STEP.total_seconds()
    seconds = np.floor(instant.timestamp() / step_s) * step_s
    return datetime.fromtimestamp(float(seconds), UTC)
