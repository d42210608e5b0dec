"""From values beyond a limit to a level that stays: persistence, hysteresis, and since when."""

from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.catalogue.spec import Check
from hydrodiag.diagnostics.records import Floats, Severity


@dataclass(frozen=True)
class Level:
    """`since` and `last` are places in the assessed steps; `since` is -1 while NORMAL."""

    severity: Severity
    since: int
    last: int


@dataclass(frozen=True)
class Limits:
    """In the unit of the judged value, which rises as things get worse."""

    warn: float | None
    critical: float | None


def judge_levels(badness: Floats, limits: Limits, check: Check, start: Severity) -> Level:
    """The level after the last of the assessed steps. `badness` (n,) rises as things get worse.

    `start` is the level of the ongoing finding, NORMAL without one.
    """
    warned, alarmed = _beyond(badness, limits.warn), _beyond(badness, limits.critical)
    warned |= alarmed
    left_warn = _back(badness, limits.warn, limits.critical, check.hysteresis)
    left_alarm = _back(badness, limits.critical, None, check.hysteresis)
    level, since, clear, below_alarm = start, (0 if start else -1), 0, 0
    for place in range(len(badness)):
        if warned[place] and since < 0:
            since = place
        clear = clear + 1 if left_warn[place] else 0
        below_alarm = below_alarm + 1 if left_alarm[place] else 0
        level = max(level, _rise(warned, alarmed, place, check))
        if level >= Severity.ALARM and below_alarm >= check.clear_steps:
            level = Severity.WARNING if limits.warn is not None else Severity.NORMAL
        if clear >= check.clear_steps:
            level, since = Severity.NORMAL, -1
    return Level(level, since if level else -1, len(badness) - 1)


def _rise(warned: np.ndarray, alarmed: np.ndarray, place: int, check: Check) -> Severity:
    if _is_held(alarmed, place, *check.critical_of):
        return Severity.ALARM
    return Severity.WARNING if _is_held(warned, place, *check.warn_of) else Severity.NORMAL


def _is_held(beyond: np.ndarray, place: int, count: int, among: int) -> bool:
    return bool(beyond[max(0, place - among + 1) : place + 1].sum() >= count)


def _beyond(badness: Floats, limit: float | None) -> np.ndarray:
    return np.zeros(len(badness), bool) if limit is None else badness > limit


def _back(
    badness: Floats, limit: float | None, other: float | None, hysteresis: float
) -> np.ndarray:
    """Back by a share of the distance from zero to the limit, or to the other limit of a pair."""
    anchor = limit if limit is not None else other
    if anchor is None:
        return np.ones(len(badness), bool)
    return badness <= anchor - hysteresis * abs(anchor)
