"""How far a machine is from its healthy span as a whole: T2 and SPE of all indicators at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from hydrodiag.db import Database
from hydrodiag.diagnostics.baseline import Baseline
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.multivariate import HealthyShape, learn_shape
from hydrodiag.diagnostics.records import Floats, Steps
from hydrodiag.diagnostics.running.machines import find_baseline, load_steps
from hydrodiag.errors import InvalidInput

LEAST_TOLD = 0.8  # of the healthy steps, for an indicator to count
QUANTILE = 0.99  # of the healthy steps below the limit: one in a hundred lies above by itself
NEWEST = 5
MOST_ROWS = 1000


@dataclass(frozen=True)
class Share:
    """An indicator now, what the healthy machine would show, how many spreads lie between, and
    what that adds to SPE.
    """

    name: str
    unit: str
    value: float
    expected: float
    spreads: float
    share: float


@dataclass(frozen=True)
class Unusual:
    """`frame` has time (UTC), t2 and spe as distances: roots, divided by the root of the healthy
    span's 99th percentile. `shares` are medians of the last five steps, the largest first.
    """

    frame: pd.DataFrame
    shares: tuple[Share, ...]
    healthy_steps: int


def load_unusual(db: Database, system_id: int, start: datetime, end: datetime) -> Unusual:
    """Raises InvalidInput, with what to do, where there is nothing to compare with."""
    stored = find_baseline(db, system_id)
    if stored is None or stored.baseline is None:
        raise InvalidInput("No healthy span has been learned yet.", hint="Confirm one below.")
    healthy = load_steps(db, system_id, stored.from_at, stored.to_at)
    names = _pick_names(healthy, stored.baseline)
    known = _whole(_distances(healthy, stored.baseline, names))[1]
    shape = learn_shape(known, names, least_scale=1.0)
    steps = load_steps(db, system_id, start, end)
    rows, told = _whole(_distances(steps, stored.baseline, names))
    newest = rows[-NEWEST:]
    shares = _list_shares(shape, told[-NEWEST:], steps, stored.baseline, newest)
    return Unusual(_score(shape, known, steps.times[rows], told), shares, len(known))


def _pick_names(healthy: Steps, baseline: Baseline) -> tuple[str, ...]:
    worked = np.isfinite(healthy.values.get("oil_temp_c", np.full(len(healthy.times), np.nan)))
    found = tuple(
        name for name in baseline.expectations
        if worked.any()
        and np.isfinite(healthy.values.get(name, worked * np.nan)[worked]).mean() >= LEAST_TOLD
    )  # fmt: skip
    if len(found) < 2:
        raise InvalidInput(
            "Fewer than two indicators were told in the healthy span.",
            hint="Name its sensors' components, or confirm a span with more work.",
        )
    return found


def _distances(steps: Steps, baseline: Baseline, names: Sequence[str]) -> Floats:
    """(n, k) from the healthy machine at the same temperature and load, in spreads."""
    nothing = np.full(len(steps.times), np.nan)
    return np.column_stack([
        (steps.values.get(name, nothing) - _expect(baseline, name, steps)) / baseline.spread(name)
        for name in names
    ])  # fmt: skip


def _expect(baseline: Baseline, name: str, steps: Steps) -> Floats:
    missing = [each for each in baseline.expectations[name].names if each not in steps.values]
    return np.full(len(steps.times), np.nan) if missing else baseline.expect(name, steps)


def _whole(distances: Floats) -> tuple[np.ndarray, Floats]:
    rows = np.flatnonzero(np.isfinite(distances).all(axis=1))
    return rows, distances[rows]


def _score(shape: HealthyShape, healthy: Floats, times: np.ndarray, told: Floats) -> pd.DataFrame:
    frame = pd.DataFrame({"time": pd.DatetimeIndex(times).tz_localize(UTC)})
    for name, score in (("t2", shape.score_t2), ("spe", shape.score_spe)):
        limit = max(float(np.quantile(score(healthy), QUANTILE)), 1e-9)
        frame[name] = np.sqrt(score(told) / limit)
    size = max(1, -(-len(frame) // MOST_ROWS))
    thinned = frame.groupby(np.arange(len(frame)) // size)
    return thinned.agg({"time": "first", "t2": "median", "spe": "median"})


def _list_shares(
    shape: HealthyShape, told: Floats, steps: Steps, baseline: Baseline, newest: np.ndarray
) -> tuple[Share, ...]:
    if not len(newest):
        return ()
    middle = np.median(told, axis=0, keepdims=True)
    shares = shape.contributions(middle)[0]
    found = []
    for place in np.argsort(-shares):
        name = shape.names[place]
        info = INDICATORS.get(name)
        expected = _expect(baseline, name, steps)[newest]
        found.append(Share(
            info.name if info else name, info.unit if info else "",
            float(np.median(steps.values[name][newest])), float(np.median(expected)),
            float(middle[0, place]), float(shares[place]),
        ))  # fmt: skip
    return tuple(found)
