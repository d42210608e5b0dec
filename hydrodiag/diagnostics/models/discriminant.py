"""Linear discriminant analysis, fitted by scikit-learn and kept as plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

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

    def probabilities(self, features: Floats) -> Floats:
        """(n, c)"""
        scores = np.log(self.priors) - self.distances(features) / 2
        scores -= scores.max(axis=1, keepdims=True)
        told = np.exp(scores)
        return np.asarray(told / told.sum(axis=1, keepdims=True))

    def predict(self, features: Floats) -> Floats:
        return np.asarray(np.array(self.labels)[self.probabilities(features).argmax(axis=1)])


def fit_discriminant(features: Floats, labels: Sequence[float] | Floats) -> Discriminant:
    """`features` (n, k), `labels` (n,)."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    told = np.asarray(labels, float)
    centre, scale = features.mean(axis=0), np.maximum(features.std(axis=0), RIDGE)
    scaled = (features - centre) / scale
    fitted = LinearDiscriminantAnalysis(store_covariance=True).fit(scaled, told)
    covariance = fitted.covariance_ + RIDGE * np.eye(features.shape[1])
    return Discriminant(
        tuple(map(float, fitted.classes_)), centre, scale, np.asarray(fitted.means_),
        np.linalg.pinv(covariance), np.asarray(fitted.priors_),
    )  # fmt: skip
