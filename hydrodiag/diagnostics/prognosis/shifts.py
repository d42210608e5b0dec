"""Whether and when the level of an indicator has shifted: a two-sided CUSUM of its residuals.

Page, Biometrika 41, 1954, with reference k = 0.5 and limit h = 8 in units of the healthy spread:
a shift of one spread is seen after about 17 steps. Siegmund's approximation gives one false
signal in 9,600 independent steps, so on hourly medians one in more than a year.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp

import numpy as np

from hydrodiag.diagnostics.records import Floats, Instants

REFERENCE = 0.5
LIMIT = 8.0
# One large value must not do what a lasting shift should.
CLIP = 4.0


@dataclass(frozen=True)
class Shift:
    """`since_at`: where the sum began to rise. `size` in spreads, signed."""

    since_at: datetime
    noticed_at: datetime
    size: float


def find_shift(times: Instants, scores: Floats) -> Shift | None:
    """The shift that the newest steps still show. `scores` (n,) are residuals over the spread."""
    is_known = np.isfinite(scores)
    known, told = times[is_known], np.clip(scores[is_known], -CLIP, CLIP)
    for sign in (1.0, -1.0):
        sums, starts = _accumulate(sign * told)
        beyond = np.flatnonzero(sums > LIMIT)
        if len(sums) and sums[-1] > LIMIT:
            start = int(starts[-1])
            noticed = int(beyond[beyond >= start][0])
            size = sign * float(np.median(sign * told[start:]))
            return Shift(_instant(known[start]), _instant(known[noticed]), size)
    return None


def false_signals_per_step() -> float:
    """Of both sides together, for independent normal scores (Siegmund 1985)."""
    height = 2 * REFERENCE * (LIMIT + 1.166)
    one_side = (exp(height) - height - 1) / (2 * REFERENCE**2)
    return 2 / one_side


def _accumulate(scores: Floats) -> tuple[Floats, Floats]:
    """The sum after each step, and the step at which it last left zero."""
    sums, starts = np.zeros(len(scores)), np.zeros(len(scores))
    total, start = 0.0, 0
    for place, score in enumerate(scores):
        if total == 0.0:
            start = place
        total = max(0.0, total + float(score) - REFERENCE)
        sums[place], starts[place] = total, start
    return sums, starts


def _instant(time: np.datetime64) -> datetime:
    found: datetime = time.astype("datetime64[us]").astype(datetime)
    return found.replace(tzinfo=UTC)
