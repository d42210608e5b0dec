"""How right verdicts are, and whether their probabilities keep what they promise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.records import Floats

BINS = 10
NOT_TOLD = "unknown"


def macro_f1(truth: "np.ndarray", said: "np.ndarray") -> float:
    """The mean of F1 over the classes that there are."""
    scores = []
    for label in np.unique(truth):
        hits = np.sum((truth == label) & (said == label))
        total = np.sum(truth == label) + np.sum(said == label)
        scores.append(2 * hits / total)
    return float(np.mean(scores))


@dataclass(frozen=True)
class Bin:
    """Of `count` verdicts that were sure by `probability` on average, the share that was right."""

    probability: float
    right: float
    count: int


def sort_by_probability(probability: Floats, is_right: "np.ndarray") -> tuple[Bin, ...]:
    """Ten bins of equal width; empty ones are left out."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(float(probability[inside].mean()), float(is_right[inside].mean()), int(inside.sum()))
        for inside in (place == each for each in np.unique(place))
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected one over the bins: 0.05 means five points off on average."""
    total = sum(each.count for each in bins)
    return sum(abs(each.probability - each.right) * each.count / total for each in bins)


@dataclass(frozen=True)
class ClassRecall:
    """Of `count` steps of a class, the share told rightly, wrongly, and not at all."""

    label: str
    count: int
    right: float
    wrong: float
    unknown: float


def list_recalls(confusion: Mapping[str, Mapping[str, int]]) -> list[ClassRecall]:
    """`confusion` maps truth to verdict to how many; labels that are numbers are in their order."""
    found = []
    for label in sort_labels(confusion):
        said, count = confusion[label], sum(confusion[label].values())
        right, unknown = said.get(label, 0), said.get(NOT_TOLD, 0)
        wrong = count - right - unknown
        found.append(ClassRecall(label, count, right / count, wrong / count, unknown / count))
    return found


def sort_labels(labels: Iterable[str]) -> list[str]:
    """100 after 90; what is no number comes last."""
    return sorted(labels, key=lambda each: (_as_number(each) is None, _as_number(each) or 0, each))


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
