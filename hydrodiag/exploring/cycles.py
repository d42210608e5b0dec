"""Working cycles of any machine: a window cut where a sensor rises through a level, and folded.

Unlike `hydrodiag.diagnostics.cycles`, which knows the test rig's 60 seconds, nothing is known here
of how long a cycle is or what happens in it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hydrodiag.errors import InvalidInput

Floats = NDArray[np.float64]
HYSTERESIS = 0.1
MOST_CYCLES = 200
MOST_STEPS = 240
GAP_FACTOR = 3.0
FEWEST_READINGS = 4


@dataclass(frozen=True)
class Trigger:
    """A rise to `level` counts once the value was below `level - hysteresis`."""

    level: float
    hysteresis: float


@dataclass(frozen=True)
class CycleCut:
    """Cycles in order of time: `start_s`, `duration_s` (n,); readings `interval_s` apart.

    `grid_s`: the seconds since the trigger at which cycles are laid over each other. Longer ones
    than 95 of 100 are cut at its end.
    """

    start_s: Floats
    duration_s: Floats
    grid_s: Floats
    interval_s: float


@dataclass(frozen=True)
class Band:
    """(k,) each, over the cycles that have a value there."""

    p5: Floats
    median: Floats
    p95: Floats


def pick_trigger(values: Floats, level: float | None = None) -> Trigger:
    """The middle of the 5th to the 95th percentile, with a hysteresis of a tenth of that span.

    Raises InvalidInput where the values do not change or never cross the asked `level`.
    """
    low, high = (float(each) for each in np.percentile(values, (5, 95)))
    if high == low:
        raise InvalidInput(
            "The trigger reads nearly the same all the time.",
            hint="Choose a sensor that moves in each cycle, such as the pump pressure.",
        )
    trigger = Trigger((low + high) / 2 if level is None else level, HYSTERESIS * (high - low))
    if not values.min() < trigger.level - trigger.hysteresis < trigger.level <= values.max():
        raise InvalidInput(
            f"The trigger never rises through {trigger.level:.4g}.",
            hint=f"It reads from {values.min():.4g} to {values.max():.4g}: choose a level between.",
        )
    return trigger


def find_crossings(times_s: Floats, values: Floats, trigger: Trigger) -> Floats:
    """Seconds at which the values rise through the level, between two readings on a line."""
    side = np.select(
        [values >= trigger.level, values < trigger.level - trigger.hysteresis], [1, -1], 0
    )
    known = np.flatnonzero(side)
    rises = known[1:][(side[known[1:]] == 1) & (side[known[:-1]] == -1)]
    before = values[rises - 1]
    share = (trigger.level - before) / (values[rises] - before)
    return np.asarray(times_s[rises - 1] + share * (times_s[rises] - times_s[rises - 1]))


def cut_cycles(times_s: Floats, values: Floats, trigger: Trigger) -> CycleCut:
    """From crossing to crossing, the newest 200; those with a gap in the trigger are left out.

    Raises InvalidInput where no whole cycle is in the window, or too few readings are in one.
    """
    crossings = find_crossings(times_s, values, trigger)
    steps = np.diff(times_s)
    interval_s = float(np.median(steps)) if len(steps) else 0.0
    gaps = times_s[1:][steps > GAP_FACTOR * interval_s]
    is_whole = np.diff(np.searchsorted(gaps, crossings)) == 0
    start_s, duration_s = crossings[:-1][is_whole], np.diff(crossings)[is_whole]
    if not len(start_s):
        raise InvalidInput(
            "No whole cycle is in this window.",
            hint="Choose a longer window, another trigger or another level.",
        )
    if np.median(duration_s) < FEWEST_READINGS * interval_s:
        raise InvalidInput(
            f"A cycle lasts {np.median(duration_s):.3g} s, and readings are {interval_s:.3g} s "
            "apart: too few to see it.",
            hint="Choose a window with more frequent readings, or another level.",
        )
    start_s, duration_s = start_s[-MOST_CYCLES:], duration_s[-MOST_CYCLES:]
    length_s = float(np.percentile(duration_s, 95))
    grid_s = np.arange(0, length_s, max(interval_s, length_s / MOST_STEPS))
    return CycleCut(start_s, duration_s, grid_s, interval_s)


def fold(times_s: Floats, values: Floats, cut: CycleCut) -> Floats:
    """(cycles, steps of the grid) of any sensor, on a line between its readings.

    NaN after the end of a cycle, and between readings more than 3 usual intervals apart.
    """
    wanted = cut.start_s[:, None] + cut.grid_s[None, :]
    if len(times_s) < 2:
        return np.full(wanted.shape, np.nan)
    steps = np.diff(times_s)
    place = np.clip(np.searchsorted(times_s, wanted, side="right"), 1, len(steps))
    is_near = steps[place - 1] <= GAP_FACTOR * np.median(steps)
    is_inside = (wanted >= times_s[0]) & (wanted <= times_s[-1])
    is_own = cut.grid_s[None, :] < cut.duration_s[:, None]
    known = np.interp(wanted, times_s, values)
    return np.where(is_near & is_inside & is_own, known, np.nan)


def summarise(folded: Floats) -> Band:
    """Median and 5th to 95th percentile across cycles; NaN where no cycle has a value."""
    has_any = np.isfinite(folded).any(axis=0)
    lines = np.full((3, folded.shape[1]), np.nan)
    if has_any.any():
        lines[:, has_any] = np.nanpercentile(folded[:, has_any], (5, 50, 95), axis=0)
    return Band(*lines)
