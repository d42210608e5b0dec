"""Many indicators at once: principal components of healthy steps, Hotelling's T2 and SPE.

T2 tells how far a step lies within what healthy steps vary in, SPE (Q) how far beside it (Jackson
and Mudholkar, Technometrics 21, 1979). Both rank steps and explain by contributions. They open no
finding: with a short baseline they alarm on most healthy cycles two hours later
(docs/diagnostics-models.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.records import Floats
from hydrodiag.errors import InvalidInput

MAD_TO_SD = 1.4826
KEPT_VARIANCE = 0.95
FEWEST_STEPS = 8
LEAST_SHARE = 1e-4  # of the level: no indicator varies less


@dataclass(frozen=True)
class HealthyShape:
    """`directions` (k, a) and `variances` (a,) of the kept components of scaled indicators."""

    names: tuple[str, ...]
    centre: Floats
    scale: Floats
    directions: Floats
    variances: Floats

    def standardise(self, features: Floats) -> Floats:
        """(n, k) robust z of each indicator."""
        return np.asarray((features - self.centre) / self.scale)

    def score_t2(self, features: Floats) -> Floats:
        return np.asarray(((self._project(features) ** 2) / self.variances).sum(axis=1))

    def score_spe(self, features: Floats) -> Floats:
        return np.asarray((self._rest(features) ** 2).sum(axis=1))

    def contributions(self, features: Floats) -> Floats:
        """(n, k) shares of SPE, which sum to 1."""
        parts = self._rest(features) ** 2
        return np.asarray(parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-12))

    def _project(self, features: Floats) -> Floats:
        return np.asarray(self.standardise(features) @ self.directions)

    def _rest(self, features: Floats) -> Floats:
        return np.asarray(self.standardise(features) - self._project(features) @ self.directions.T)


def learn_shape(
    features: Floats, names: Sequence[str], *, least_scale: float = 1e-10
) -> HealthyShape:
    """`features` (n, k) of healthy steps; none is scaled by less than `least_scale`. Raises
    InvalidInput for fewer than eight whole steps.
    """
    whole = features[np.isfinite(features).all(axis=1)]
    if len(whole) < FEWEST_STEPS:
        raise InvalidInput(
            f"{len(whole)} healthy steps tell all indicators, fewer than {FEWEST_STEPS}.",
            hint="Choose a longer healthy span, or fewer indicators.",
        )
    centre = np.median(whole, axis=0)
    spread = MAD_TO_SD * np.median(np.abs(whole - centre), axis=0)
    scale = np.maximum(np.maximum(spread, LEAST_SHARE * np.abs(centre)), least_scale)
    scaled = (whole - centre) / scale
    _, lengths, turned = np.linalg.svd(scaled - scaled.mean(axis=0), full_matrices=False)
    variances = lengths**2 / (len(whole) - 1)
    kept = 1 + int(np.searchsorted(np.cumsum(variances) / variances.sum(), KEPT_VARIANCE))
    kept = min(kept, len(names) - 1)
    return HealthyShape(tuple(names), centre, scale, turned[:kept].T, variances[:kept])
