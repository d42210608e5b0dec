"""The pre-charge of an accumulator from the oil that it takes and gives at each step of the load.

Oil enters only above the effective pre-charge pe = p0 (1 + alpha (T - 20)); between two settled
pressures it exchanges dV = V0 pe^(1/n) (max(pa, pe)^(-1/n) - max(pb, pe)^(-1/n)). Each of five
events (the valve shuts; the load steps at 19, 29, 39, 49 s) shows its dV as an excess of flow. n
and alpha are shared, gain, offset and two slopes of each event are least squares. The likelihood
of a cycle's events over a grid of 1 bar, each cut off at five spreads, gives p0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hydrodiag.diagnostics.cycles.features import RELIEF, STEPS_S
from hydrodiag.diagnostics.cycles.shape import Cycles
from hydrodiag.diagnostics.records import Floats

EVENTS = ("closing", "19s", "29s", "39s", "49s")
GRID_BAR = np.arange(70.0, 151.0)
REFERENCE_C, CENTRE_C = 20.0, 45.0
START, LOWEST, HIGHEST = (1.2, 0.0034), (0.9, 0.001), (2.5, 0.008)
CUT = 5.0
SETTLED_BAR = 170.0
SMALLEST_STEP_BAR, LARGEST_STEP_BAR = 2.0, 20.0
MAD_TO_SD = 1.4826
RESIDUAL_SCALE = 0.1


@dataclass(frozen=True)
class Events:
    """(n, 5) each: the excess of oil [l/min s], NaN where the event says nothing; pressures [bar]
    before and after; oil temperature (n,).
    """

    oil: Floats
    before_bar: Floats
    after_bar: Floats
    oil_c: Floats

    def pick(self, rows: "np.ndarray") -> "Events":
        return Events(*(each[rows] for each in vars(self).values()))


@dataclass(frozen=True)
class GasModel:
    """`coefficients` (5, 4): gain, offset, slope in T, slope in the step; `spreads` (5,)."""

    exponent: float
    alpha: float
    coefficients: Floats
    spreads: Floats

    def to_dict(self) -> dict[str, Any]:
        return {key: np.asarray(value).tolist() for key, value in vars(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "GasModel":
        arrays = (np.asarray(values[key], float) for key in ("coefficients", "spreads"))
        return cls(float(values["exponent"]), float(values["alpha"]), *arrays)

    def likelihood(self, events: Events) -> Floats:
        """(n, 81) log likelihood over GRID_BAR."""
        total = np.zeros((len(events.oil_c), len(GRID_BAR)))
        for event in range(events.oil.shape[1]):
            told = np.isfinite(events.oil[:, event])
            for place, p0 in enumerate(GRID_BAR):
                p0_bar = np.full(len(events.oil_c), p0)
                columns = _columns(events, event, p0_bar, self.exponent, self.alpha)
                misfit = events.oil[:, event] - columns @ self.coefficients[event]
                misfit = misfit / self.spreads[event]
                total[:, place] -= np.where(told, np.minimum(misfit**2, CUT**2) / 2, 0)
        return total


def read_events(cycles: Cycles, oil_c: Floats) -> Events:
    """The closing needs the end of the cycle before; the first cycle takes its own."""
    pressure, flow, load = cycles["PS1"], cycles["FS1"], cycles["PS2"]
    settled, relief = pressure[:, 55:60].mean(axis=1), pressure[:, RELIEF].mean(axis=1)
    earlier = np.concatenate([settled[:1], settled[:-1]])
    share = 1 - (pressure[:, 0] - settled) / (relief - settled)
    closing = (share - load[:, 0] / load[:, 55:60].mean(axis=1)) * flow[:, 55:60].mean(axis=1)
    is_settled = (settled < SETTLED_BAR) & (earlier < SETTLED_BAR)
    oil, before, after = [np.where(is_settled, closing, np.nan)], [settled], [relief]
    for second in STEPS_S:
        first, last = slice(second - 4, second - 1), slice(second + 5, second + 9)
        p1, p2 = pressure[:, first].mean(axis=1), pressure[:, last].mean(axis=1)
        q1, q2 = flow[:, first].mean(axis=1), flow[:, last].mean(axis=1)
        excess = (flow[:, second - 1] - q1) + (flow[:, second] - (q1 + q2) / 2)
        excess = excess + (flow[:, second + 1] - q2) + (flow[:, second + 2] - q2)
        height = np.abs(p2 - p1)
        is_step = (height > SMALLEST_STEP_BAR) & (height < LARGEST_STEP_BAR)
        oil.append(np.where(is_step, excess, np.nan))
        before.append(p1)
        after.append(p2)
    return Events(np.column_stack(oil), np.column_stack(before), np.column_stack(after), oil_c)


def gather_events(values: Mapping[str, Floats]) -> Events:
    """The same out of the indicators of steps; all NaN where they are not told."""
    oil_c = values["oil_temp_c"]
    nothing = np.full(len(oil_c), np.nan)

    def gather(form: str) -> Floats:
        return np.column_stack([values.get(form.format(event), nothing) for event in EVENTS])

    return Events(gather("exchange_{}_lpm_s"), gather("before_{}_bar"), gather("after_{}_bar"),
                  oil_c)  # fmt: skip


def fit_gas_model(events: Events, precharge_bar: Floats, groups: "np.ndarray") -> GasModel:
    """`groups` are sessions: their common error widens the spreads."""
    from scipy.optimize import least_squares

    scales = RESIDUAL_SCALE * np.nanstd(events.oil, axis=0)

    def residuals(shared: Floats) -> Floats:
        return np.concatenate([
            (told - columns @ fitted) / scales[event]
            for event, told, columns, fitted in _each_fit(events, precharge_bar, *shared)
        ])  # fmt: skip

    found = least_squares(
        residuals, START, bounds=(LOWEST, HIGHEST), diff_step=1e-3, loss="soft_l1"
    )
    coefficients, spreads = [], []
    for event, told, columns, fitted in _each_fit(events, precharge_bar, *found.x):
        rest = told - columns @ fitted
        known = np.isfinite(events.oil[:, event])
        coefficients.append(fitted)
        spreads.append(_spread(rest, groups[known]))
    exponent, alpha = map(float, found.x)
    return GasModel(exponent, alpha, np.array(coefficients), np.array(spreads))


def _each_fit(
    events: Events, precharge_bar: Floats, exponent: float, alpha: float
) -> "list[tuple[int, Floats, Floats, Floats]]":
    fits = []
    for event in range(events.oil.shape[1]):
        known = np.isfinite(events.oil[:, event])
        part = events.pick(known)
        columns = _columns(part, event, precharge_bar[known], exponent, alpha)
        told = part.oil[:, event]
        fitted, *_ = np.linalg.lstsq(columns, told, rcond=None)
        fits.append((event, told, columns, np.asarray(fitted, np.float64)))
    return fits


def _columns(
    events: Events, event: int, precharge_bar: Floats, exponent: float, alpha: float
) -> Floats:
    effective = precharge_bar * (1 + alpha * (events.oil_c - REFERENCE_C))
    before, after = events.before_bar[:, event], events.after_bar[:, event]
    power = -1 / exponent
    exchanged = (
        10
        * effective**-power
        * (np.maximum(before, effective) ** power - np.maximum(after, effective) ** power)
    )
    ones = np.ones(len(effective))
    return np.column_stack([exchanged, ones, events.oil_c - CENTRE_C, after - before])


def _spread(residuals: Floats, groups: "np.ndarray") -> float:
    within = MAD_TO_SD * np.median(np.abs(residuals - np.median(residuals)))
    sessions = [np.median(residuals[groups == group]) for group in np.unique(groups)]
    return float(np.sqrt(within**2 + np.mean(np.square(sessions))))
