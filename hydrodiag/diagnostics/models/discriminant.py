"""Linear discriminant analysis, fitted by scikit-learn and kept as plain numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hydrodiag.diagnostics.records import Floats

RIDGE = 1e-9


@dataclass(frozen=True)
class Discriminant:
    """`centre` and `scale` (k,) make features comparable; `means` (c, k), `inverse` (k, k) of the
    shared covariance, `priors` (c,).
    """

    labels: tuple[float, ...]
    centre: Floats
    scale: Floats
    means: Floats
    inverse: Floats
    priors: Floats

    def distances(self, features: Floats) -> Floats:
        """(n, c) squared Mahalanobis distances."""
        away = ((features - self.centre) / self.scale)[:, None, :] - self.means[None]
        return np.asarray(np.einsum("nck,kl,ncl->nc", away, self.inverse, away))

    def scores(self, features: Floats) -> Floats:
        """(n, c) log of prior times likelihood, but for a constant of each row."""
        return np.asarray(np.log(self.priors) - self.distances(features) / 2)

    def probabilities(self, features: Floats) -> Floats:
        """(n, c)"""
        return soften(self.scores(features))

    def predict(self, features: Floats) -> Floats:
        return np.asarray(np.array(self.labels)[self.probabilities(features).argmax(axis=1)])

    def to_dict(self) -> dict[str, Any]:
        return {key: np.asarray(value).tolist() for key, value in vars(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Discriminant":
        arrays = {key: np.asarray(each, float) for key, each in values.items() if key != "labels"}
        return cls(labels=tuple(map(float, values["labels"])), **arrays)


def soften(scores: Floats, temperature: float = 1.0) -> Floats:
    """Scores (n, c) as probabilities; a temperature above 1 makes them less sure."""
    away = (scores - scores.max(axis=1, keepdims=True)) / temperature
    told = np.exp(away)
    return np.asarray(told / told.sum(axis=1, keepdims=True))


def fit_discriminant(
    features: Floats, labels: Sequence[float] | Floats, *, shrinks: bool = False
) -> Discriminant:
    """`features` (n, k), `labels` (n,). `shrinks`: the covariance after Ledoit and Wolf (J.
    Multivariate Anal. 88, 2004), for indicators of which nobody knows how alike they are.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    told = np.asarray(labels, float)
    centre, scale = features.mean(axis=0), np.maximum(features.std(axis=0), RIDGE)
    scaled = (features - centre) / scale
    chosen = {"solver": "lsqr", "shrinkage": "auto"} if shrinks else {"store_covariance": True}
    fitted = LinearDiscriminantAnalysis(**chosen).fit(scaled, told)
    covariance = fitted.covariance_ + RIDGE * np.eye(features.shape[1])
    return Discriminant(
        tuple(map(float, fitted.classes_)), centre, scale, np.asarray(fitted.means_),
        np.linalg.pinv(covariance), np.asarray(fitted.priors_),
    )  # fmt: skip
