"""How right verdicts are, and whether their probabilities keep what they promise."""

import numpy as np

from hydrodiag.diagnostics.records import Floats

BINS = 10


def macro_f1(truth: "np.ndarray", said: "np.ndarray") -> float:
    """The mean of F1 over the classes that there are."""
    scores = []
    for label in np.unique(truth):
        hits = np.sum((truth == label) & (said == label))
        total = np.sum(truth == label) + np.sum(said == label)
        scores.append(2 * hits / total)
    return float(np.mean(scores))


def calibration_error(probability: Floats, is_right: "np.ndarray") -> float:
    """Expected calibration error over ten bins: 0.05 means five points off on average."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probability[place == each].mean() - is_right[place == each].mean())
        * np.mean(place == each)
        for each in np.unique(place)
    ]
    return float(sum(gaps))
