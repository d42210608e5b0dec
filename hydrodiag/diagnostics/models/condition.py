"""A component's condition by a linear discriminant on physical indicators of a step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.models.discriminant import Discriminant, soften
from hydrodiag.diagnostics.models.verdicts import UNKNOWN, Contribution, Verdicts
from hydrodiag.diagnostics.records import Floats, Steps

TOLD = 3  # indicators that explain a verdict
NOT_ASSESSED = "an indicator is missing in this step"
OUTSIDE = "outside of what was learned"


@dataclass(frozen=True)
class DiscriminantModel:
    """`classes` (c,) belong to the places 0..c-1 of the discriminant. `farthest` is the squared
    Mahalanobis distance to the nearest class beyond which nothing is said. `centres` and `spreads`
    (c, k) are those of the classes in the indicators' units, `oil_c` the learned range.
    """

    component: str
    indicators: tuple[str, ...]
    classes: tuple[str, ...]
    healthy: str
    discriminant: Discriminant
    temperature: float
    farthest: float
    centres: Floats
    spreads: Floats
    oil_c: tuple[float, float]
    kind: str = "discriminant"

    def judge(self, steps: Steps) -> Verdicts:
        features = gather(steps, self.indicators)
        known = np.asarray(np.isfinite(features).all(axis=1))
        filled = np.where(known[:, None], features, self.discriminant.centre)
        told = soften(self.discriminant.scores(filled), self.temperature)
        near = self.discriminant.distances(filled).min(axis=1) <= self.farthest
        said, best = np.asarray(known & near), told.argmax(axis=1)
        return Verdicts(
            label=np.where(said, np.array(self.classes)[best], UNKNOWN),
            probability=np.where(said, told.max(axis=1), np.nan),
            reason=np.where(said, "", np.where(known, OUTSIDE, NOT_ASSESSED)),
            explain=lambda place: self._explain(features[place], int(best[place])),
        )

    def _explain(self, features: Floats, best: int) -> tuple[Contribution, ...]:
        """The parts of the log odds against the healthy class, or of health against the nearest."""
        if not np.isfinite(features).all():
            return ()
        found = self.discriminant
        reference = self.classes.index(self.healthy)
        scaled = (features - found.centre) / found.scale
        if best == reference:
            order = np.argsort(((scaled - found.means) ** 2).sum(axis=1))
            reference = int(next(each for each in order if each != best))
        away = found.means[best] - found.means[reference]
        middle = (found.means[best] + found.means[reference]) / 2
        parts = (found.inverse @ away) * (scaled - middle)
        shown = self.classes.index(self.healthy)
        return tuple(
            self._tell(place, features[place], shown) for place in np.argsort(-parts)[:TOLD]
        )

    def _tell(self, place: int, value: float, shown: int) -> Contribution:
        indicator = self.indicators[place]
        info = INDICATORS.get(indicator)
        return Contribution(
            indicator=indicator, name=info.name if info else indicator,
            unit=info.unit if info else "", value=float(value),
            healthy=float(self.centres[shown, place]), spread=float(self.spreads[shown, place]),
            oil_c=self.oil_c,
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Numbers and texts alone, as JSON takes them."""
        plain = {key: getattr(self, key) for key in ("component", "healthy", "temperature",
                                                     "farthest")}  # fmt: skip
        lists = {key: list(getattr(self, key)) for key in ("indicators", "classes", "oil_c")}
        tables = {key: getattr(self, key).tolist() for key in ("centres", "spreads")}
        return {**plain, **lists, **tables, "discriminant": self.discriminant.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "DiscriminantModel":
        low, high = values["oil_c"]
        return cls(
            component=values["component"], indicators=tuple(values["indicators"]),
            classes=tuple(values["classes"]), healthy=values["healthy"],
            discriminant=Discriminant.from_dict(values["discriminant"]),
            temperature=float(values["temperature"]), farthest=float(values["farthest"]),
            centres=np.asarray(values["centres"], float),
            spreads=np.asarray(values["spreads"], float), oil_c=(float(low), float(high)),
        )  # fmt: skip


def gather(steps: Steps, indicators: tuple[str, ...]) -> NDArray[np.float64]:
    """(n, k); NaN for an indicator that the steps do not tell."""
    nothing = np.full(len(steps.times), np.nan)
    return np.column_stack([steps.values.get(name, nothing) for name in indicators])
