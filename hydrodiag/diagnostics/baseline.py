"""What a machine does while healthy: each indicator as a function of temperature and load.

A robust line (Huber, Ann. Math. Stat. 35, 1964) on oil temperature, ambient temperature and pump
pressure, learned from steps that somebody stands for; its spread is that of the residuals from
step to step or from day to day, whichever is larger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hydrodiag.diagnostics.records import Floats, Instants, Steps
from hydrodiag.errors import InvalidInput

CONTEXT = ("oil_temp_c", "ambient_c", "pump_pressure_bar")
FEWEST_STEPS = 96
FEWEST_REST_STEPS = 20
LEAST_RANGE_K = 3.0
MAD_TO_SD = 1.4826
LEAST_SHARE = 0.002  # of the level: no indicator is known better
STRENGTH = 1e-3
MOST_LEARNED = 2000


@dataclass(frozen=True)
class Expectation:
    """Level plus slopes times (context - centre); context is kept within what was learned."""

    names: tuple[str, ...]
    level: float
    slopes: tuple[float, ...]
    centres: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    spread: float
    steps: int


@dataclass(frozen=True)
class Baseline:
    """Expectations by indicator; `start`..`end` are the first and last learned step, ISO texts."""

    expectations: Mapping[str, Expectation]
    start: str
    end: str
    id: int | None = None

    def expect(self, indicator: str, steps: Steps) -> Floats:
        """(n,) in the indicator's unit; NaN where it was not learned or a context is missing."""
        known = self.expectations.get(indicator)
        if known is None or not set(known.names) <= set(steps.values):
            return np.full(len(steps.times), np.nan)
        expected = np.full(len(steps.times), known.level)
        for place, name in enumerate(known.names):
            context = np.clip(steps.values[name], known.lows[place], known.highs[place])
            expected = expected + known.slopes[place] * (context - known.centres[place])
        return expected

    def spread(self, indicator: str) -> float:
        known = self.expectations.get(indicator)
        return known.spread if known else float("nan")

    def to_dict(self) -> dict[str, Any]:
        told = {key: vars(each) for key, each in self.expectations.items()}
        return {"expectations": told, "start": self.start, "end": self.end}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], baseline_id: int | None = None) -> "Baseline":
        expectations = {key: _read(each) for key, each in values["expectations"].items()}
        return cls(expectations, values["start"], values["end"], baseline_id)


def _read(values: Mapping[str, Any]) -> Expectation:
    told: dict[str, Any] = {
        key: tuple(each) if isinstance(each, list) else each for key, each in values.items()
    }
    return Expectation(**told)


def learn_baseline(steps: Steps, *, baseline_id: int | None = None) -> Baseline:
    """Raises InvalidInput where the span holds too little work or too few temperatures."""
    _check_enough(steps)
    expectations = {
        key: found
        for key, values in steps.values.items()
        if key not in CONTEXT and (found := _learn(values, steps)) is not None
    }
    if not expectations:
        raise InvalidInput("No indicator can be told in this span.", hint="See Checks for why.")
    known = steps.times
    return Baseline(expectations, str(known[0]), str(known[-1]), baseline_id)


def _check_enough(steps: Steps) -> None:
    oil_c = steps.values.get("oil_temp_c", np.full(len(steps.times), np.nan))
    worked = oil_c[np.isfinite(oil_c)]
    if len(worked) < FEWEST_STEPS:
        raise InvalidInput(
            f"The machine worked for {len(worked)} steps of {steps.step_s / 60:g} minutes in this "
            f"span, fewer than {FEWEST_STEPS}.",
            hint="Choose a longer span.",
        )
    low, high = np.quantile(worked, [0.02, 0.98])
    if high - low < LEAST_RANGE_K:
        raise InvalidInput(
            f"The oil was between {low:.1f} and {high:.1f} °C all the time.",
            hint=f"Choose a span with {LEAST_RANGE_K:g} K of difference: a warm-up, or day and "
            "night.",
        )


def _learn(values: Floats, steps: Steps) -> Expectation | None:
    names = tuple(name for name in CONTEXT if name in steps.values)
    is_known = np.isfinite(values)
    at_rest = is_known & ~np.isfinite(steps.values.get("oil_temp_c", values))
    if at_rest.sum() >= FEWEST_REST_STEPS and at_rest.sum() > is_known.sum() / 2:
        names = ()
    for name in names:
        is_known &= np.isfinite(steps.values[name])
    fewest = FEWEST_STEPS if names else FEWEST_REST_STEPS
    if is_known.sum() < fewest:
        return None
    places = np.flatnonzero(is_known)
    places = places[:: max(1, len(places) // MOST_LEARNED)]
    return _fit(values[places], steps, places, names)


def _fit(values: Floats, steps: Steps, places: np.ndarray, names: tuple[str, ...]) -> Expectation:
    context = np.column_stack([steps.values[name][places] for name in names] or [values * 0])
    centres, scales = np.median(context, axis=0), np.maximum(context.std(axis=0), 1e-6)
    level, slopes = _fit_line((context - centres) / scales, values)
    residuals = values - level - ((context - centres) / scales) @ slopes
    used = slice(None) if names else slice(0)
    return Expectation(
        names=names,
        level=float(level),
        slopes=tuple(map(float, (slopes / scales)[used])),
        centres=tuple(map(float, centres[used])),
        lows=tuple(map(float, np.quantile(context, 0.01, axis=0)[used])),
        highs=tuple(map(float, np.quantile(context, 0.99, axis=0)[used])),
        spread=_spread(residuals, steps.times[places], level),
        steps=len(places),
    )


def _fit_line(context: Floats, values: Floats) -> tuple[float, Floats]:
    """Scaled, so that the same strength of the ridge suits every unit."""
    from sklearn.linear_model import HuberRegressor

    scale = max(float(np.std(values)), 1e-9)
    centre = float(np.median(values))
    if np.ptp(values) < 1e-9:
        return centre, np.zeros(context.shape[1])
    fitted = HuberRegressor(alpha=STRENGTH, max_iter=500).fit(context, (values - centre) / scale)
    return centre + scale * float(fitted.intercept_), scale * np.asarray(fitted.coef_)


def _spread(residuals: Floats, times: Instants, level: float) -> float:
    within = MAD_TO_SD * float(np.median(np.abs(residuals - np.median(residuals))))
    days = times.astype("datetime64[D]")
    daily = [float(np.median(residuals[days == day])) for day in np.unique(days)]
    return max(within, float(np.std(daily)), LEAST_SHARE * abs(level))
