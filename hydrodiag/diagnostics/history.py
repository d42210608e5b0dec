"""An indicator over time beside what the baseline expects, and where it is heading."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from hydrodiag.db import Database
from hydrodiag.diagnostics.baseline import Baseline
from hydrodiag.diagnostics.prognosis import NoTrend, Prognosis, Shift, find_shift, prognose
from hydrodiag.diagnostics.records import Steps
from hydrodiag.diagnostics.running.machines import find_baseline, load_steps

MOST_POINTS = 1000


@dataclass(frozen=True)
class IndicatorHistory:
    """`frame` has time (UTC), value and expected in the indicator's unit, NaN where not told."""

    frame: pd.DataFrame
    prognosis: Prognosis | NoTrend
    shift: Shift | None


def load_history(
    db: Database,
    system_id: int,
    indicator: str,
    start: datetime,
    end: datetime,
    limit: float | None,
) -> IndicatorHistory:
    """At most 1,000 rows, each the median of its steps. `limit` is what the trend runs towards."""
    steps = load_steps(db, system_id, start, end)
    stored = find_baseline(db, system_id)
    learned = stored.baseline if stored else None
    values, expected = _hold_against(steps, learned, indicator)
    spread = learned.spread(indicator) if learned else np.nan
    ahead: Prognosis | NoTrend = NoTrend("there is no limit to run towards")
    if limit is not None and len(values):
        is_high_bad = limit > np.nanmedian(expected if np.isfinite(expected).any() else values)
        ahead = prognose(steps.times, values, limit, is_high_bad=bool(is_high_bad))
    shift = find_shift(steps.times, (values - expected) / spread) if spread > 0 else None
    return IndicatorHistory(_thin(steps.times, values, expected), ahead, shift)


def trace_indicator(steps: Steps, learned: Baseline | None, indicator: str) -> pd.DataFrame:
    """The `frame` of an IndicatorHistory, from steps that are at hand."""
    return _thin(steps.times, *_hold_against(steps, learned, indicator))


def _hold_against(
    steps: Steps, learned: Baseline | None, indicator: str
) -> tuple[np.ndarray, np.ndarray]:
    """Measured and expected."""
    values = steps.values.get(indicator, np.full(len(steps.times), np.nan))
    return values, learned.expect(indicator, steps) if learned else values * np.nan


def _thin(times: np.ndarray, values: np.ndarray, expected: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame({"time": pd.DatetimeIndex(times).tz_localize(UTC), "value": values,
                          "expected": expected})  # fmt: skip
    size = -(-len(frame) // MOST_POINTS)
    if size <= 1:
        return frame
    groups = np.arange(len(frame)) // size
    thinned = frame.groupby(groups).agg({"time": "first", "value": "median", "expected": "median"})
    return thinned.reset_index(drop=True)
