"""The pre-charge of an accumulator by the gas model, as a verdict with its uncertainty.

A linear regression on the same events is no part of it: averaged in, as some do, it made whole
runs left out worse (docs/diagnostics-models.md), for it knows nothing of the pressure below which
the gas is not touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hydrodiag.diagnostics.models.condition import NOT_ASSESSED
from hydrodiag.diagnostics.models.gas import GRID_BAR, GasModel, gather_events
from hydrodiag.diagnostics.models.verdicts import UNKNOWN, Contribution, Verdicts, name_label
from hydrodiag.diagnostics.records import Floats, Steps

FEWEST_EVENTS = 3
UNCLEAR = "the events of this cycle tell too little"
WIDEST_BAR = 15.0  # the spread of levels in the rig set: beyond it every level is as likely
LEAST_BAR = 0.5  # half of the grid's spacing


@dataclass(frozen=True)
class PrechargeModel:
    """`levels_bar` are the learned levels, ascending; the highest is `healthy`. `temperature`
    is the factor by which the posterior's spread is too narrow: events are not independent.
    """

    component: str
    gas: GasModel
    levels_bar: Floats
    temperature: float
    oil_c: tuple[float, float]
    kind: str = "gas"

    @property
    def healthy(self) -> str:
        return name_label(float(self.levels_bar[-1]))

    def estimate(self, steps: Steps) -> tuple[Floats, Floats]:
        """(n,) pre-charge [bar] at 20 °C and its standard deviation; NaN where not assessed."""
        events = gather_events(steps.values)
        told = np.isfinite(events.oil).sum(axis=1) >= FEWEST_EVENTS
        known = told & np.isfinite(events.oil_c)
        likelihood = np.where(known[:, None], self.gas.likelihood(events), 0.0)
        weights = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        mean = weights @ GRID_BAR
        spread = np.sqrt(np.maximum(weights @ GRID_BAR**2 - mean**2, 0))
        spread = self.temperature * np.maximum(spread, LEAST_BAR)
        return np.where(known, mean, np.nan), np.where(known, spread, np.nan)

    def judge(self, steps: Steps) -> Verdicts:
        mean, spread = self.estimate(steps)
        known = np.isfinite(mean)
        said = known & (np.nan_to_num(spread) <= WIDEST_BAR)
        told = self.share(np.where(known, mean, 0.0), np.where(known, spread, 1.0))
        names = np.array([name_label(float(each)) for each in self.levels_bar])
        return Verdicts(
            label=np.where(said, names[told.argmax(axis=1)], UNKNOWN),
            probability=np.where(said, told.max(axis=1), np.nan),
            reason=np.where(said, "", np.where(known, UNCLEAR, NOT_ASSESSED)),
            explain=lambda place: self._explain(float(mean[place]), float(spread[place])),
        )

    def share(self, mean: Floats, spread: Floats) -> Floats:
        """(n, c) of a normal posterior, how much lies nearest to each level."""
        from scipy.stats import norm

        between = (self.levels_bar[1:] + self.levels_bar[:-1]) / 2
        edges = np.concatenate([[-np.inf], between, [np.inf]])
        below = norm.cdf((edges[None] - mean[:, None]) / spread[:, None])
        return np.asarray(np.diff(below, axis=1))

    def _explain(self, mean: float, spread: float) -> tuple[Contribution, ...]:
        if not np.isfinite(mean):
            return ()
        name, healthy = "Pre-charge at 20 °C", float(self.levels_bar[-1])
        return (Contribution("", name, "bar", mean, healthy, spread, self.oil_c),)

    def to_dict(self) -> dict[str, Any]:
        return {
            "component": self.component, "gas": self.gas.to_dict(),
            "levels_bar": self.levels_bar.tolist(), "temperature": self.temperature,
            "oil_c": list(self.oil_c),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "PrechargeModel":
        low, high = values["oil_c"]
        return cls(
            values["component"], GasModel.from_dict(values["gas"]),
            np.asarray(values["levels_bar"], float), float(values["temperature"]),
            (float(low), float(high)),
        )  # fmt: skip
