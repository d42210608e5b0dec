"""Making probabilities keep what they promise."""

from collections.abc import Callable

import numpy as np

from hydrodiag.diagnostics.records import Floats

LOWEST, HIGHEST = 0.2, 50.0
TINY = 1e-12


def fit_temperature(probability_of_truth: Callable[[float], Floats]) -> float:
    """The temperature at which held-out steps are most likely (Guo, ICML 2017)."""
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return float(-np.log(probability_of_truth(float(np.exp(log_temperature))) + TINY).mean())

    found = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(found.x))
