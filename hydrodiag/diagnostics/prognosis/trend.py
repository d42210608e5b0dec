"""When an indicator will reach its limit, where its trend allows to say so.

The slope is Theil and Sen's (median of the slopes of all pairs of points; Sen, JASA 63, 1968),
on daily medians. Its uncertainty comes from resampling: blocks of residuals are drawn anew, and
half of the draws go on straight, with a slope between that of the whole history and the newest,
half go on bending as the history has bent. The form counts more than the noise: wear is rarely
straight, and a band from noise alone was far too narrow on simulated leaks.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from hydrodiag.diagnostics.records import Floats, Instants

FEWEST_POINTS = 5
LONGEST_SPAN_D = 30.0
DRAWS = 200
BLOCK = 3
SAME_SIGN = 0.95
LEAST_CORRELATION = 0.5
REACHING = 0.8
HORIZON_SPANS = 3.0
BAND = (0.1, 0.9)
NEWEST_SHARE = 1 / 3
DAY = np.timedelta64(86_400_000_000, "us")


@dataclass(frozen=True)
class Prognosis:
    """`reaches_at` is the median of the draws, `earliest_at`..`latest_at` hold 80 % of them.

    `slope_per_day` is in the indicator's unit. `latest_at` is None where fewer than nine in ten
    draws reach the limit within the horizon.
    """

    reaches_at: datetime
    earliest_at: datetime
    latest_at: datetime | None
    slope_per_day: float
    limit: float
    points: int
    span_days: float


@dataclass(frozen=True)
class NoTrend:
    """Why nothing is foretold."""

    reason: str


def prognose(
    times: Instants, values: Floats, limit: float, *, is_high_bad: bool, seed: int = 0
) -> Prognosis | NoTrend:
    """`values` (n,) at `times` (n,), ascending, NaN where not assessed; the last 30 days count."""
    days, daily, now = _daily_medians(times, values)
    if len(days) < FEWEST_POINTS:
        return NoTrend(f"{len(days)} days with values; at least {FEWEST_POINTS} are needed")
    sign = 1.0 if is_high_bad else -1.0
    level, goal = sign * daily, sign * limit
    if level[-1] >= goal:
        return NoTrend("the limit is reached already")
    slope = float(_slopes(days, level[None, :])[0])
    if not _is_trend(days, level, slope):
        return NoTrend("no trend towards the limit that stands out from the scatter")
    slopes, waits = _draw(days, level, goal, np.random.default_rng(seed))
    if np.mean(slopes > 0) < SAME_SIGN:
        return NoTrend("the direction of the trend is not certain")
    return _conclude(days, waits, now, sign * slope, limit)


def _daily_medians(times: Instants, values: Floats) -> tuple[Floats, Floats, datetime]:
    """Days before the newest value (negative, ascending) with the median of each."""
    is_known = np.isfinite(values)
    known, told = times[is_known], values[is_known]
    if not len(known):
        return np.zeros(0), np.zeros(0), datetime.min.replace(tzinfo=UTC)
    ages = (known - known[-1]) / DAY
    recent = ages > -LONGEST_SPAN_D
    number = np.ceil(ages[recent]).astype(int)
    days = np.unique(number)
    daily = np.array([np.median(told[recent][number == day]) for day in days])
    return days - 0.5, daily, known[-1].astype(datetime).replace(tzinfo=UTC)


def _slopes(days: Floats, levels: Floats) -> Floats:
    """Theil and Sen's slope of each row of `levels` (draws, n)."""
    first, second = np.triu_indices(len(days), 1)
    rises = levels[:, second] - levels[:, first]
    return np.asarray(np.median(rises / (days[second] - days[first]), axis=1))


def _is_trend(days: Floats, level: Floats, slope: float) -> bool:
    if slope <= 0 or np.ptp(level) == 0:
        return False
    return bool(np.corrcoef(days, level)[0, 1] > LEAST_CORRELATION)


def _draw(
    days: Floats, level: Floats, goal: float, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """Slopes now, and days until the goal; infinite where a draw does not reach it."""
    smooth = np.polyval(np.polyfit(days, level, 2), days)
    drawn = smooth + _resample(level - smooth, chance)
    split = min(int((1 - NEWEST_SHARE) * len(days)), len(days) - FEWEST_POINTS // 2)
    old, new = slice(None, split), slice(split, None)
    older, newer = _slopes(days[old], drawn[:, old]), _slopes(days[new], drawn[:, new])
    bend = (newer - older) / (days[new].mean() - days[old].mean())
    bend[: DRAWS // 2] = 0.0
    straight = older + chance.uniform(0, 1, DRAWS) * (newer - older)
    slopes = np.where(bend == 0.0, straight, newer - bend * days[new].mean())
    now = np.median(drawn[:, new] - newer[:, None] * days[new], axis=1)
    return slopes, _wait(goal - now, slopes, bend)


def _wait(distance: Floats, slope: Floats, bend: Floats) -> Floats:
    """Days until slope t + bend t^2 / 2 is the distance; infinite where it never is."""
    inside = slope**2 + 2 * bend * distance
    with np.errstate(divide="ignore", invalid="ignore"):
        waits = 2 * distance / (slope + np.sqrt(inside))
    is_reached = (inside >= 0) & (slope + np.sqrt(np.maximum(inside, 0)) > 0)
    return np.where(distance <= 0, 0.0, np.where(is_reached, waits, np.inf))


def _resample(residuals: Floats, chance: np.random.Generator) -> Floats:
    """(draws, n): residuals of neighbouring days belong together and are drawn in blocks."""
    count = len(residuals)
    starts = chance.integers(0, max(count - BLOCK + 1, 1), (DRAWS, -(-count // BLOCK)))
    places = (starts[:, :, None] + np.arange(BLOCK)).reshape(DRAWS, -1)[:, :count]
    return np.asarray(residuals[np.minimum(places, count - 1)])


def _conclude(
    days: Floats, waits: Floats, now: datetime, slope: float, limit: float
) -> Prognosis | NoTrend:
    span = float(days[-1] - days[0]) + 1
    is_reached = waits <= HORIZON_SPANS * span
    if np.mean(is_reached) < REACHING:
        return NoTrend(f"the limit lies beyond {HORIZON_SPANS:g} times the {span:.0f} days seen")
    early, middle, late = np.quantile(waits, [BAND[0], 0.5, BAND[1]], method="lower")
    until = timedelta(days=float(late)) if np.isfinite(late) else None
    return Prognosis(
        reaches_at=now + timedelta(days=float(middle)),
        earliest_at=now + timedelta(days=float(early)),
        latest_at=now + until if until is not None else None,
        slope_per_day=slope,
        limit=limit,
        points=len(days),
        span_days=span,
    )
