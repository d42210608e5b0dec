"""Training a condition model on anybody's labels, and judging it without flattery.

Neighbouring cycles are nearly copies of each other, so a random split tells how well a model knows
the session. Every training therefore names groups (sessions, runs, days) and is judged twice: by
random folds and by leaving one group out. A model that is much better in the first has learned
its groups.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hydrodiag.diagnostics.models.judging import (
    NOT_TOLD,
    Bin,
    calibration_error,
    macro_f1,
    sort_by_probability,
)
from hydrodiag.diagnostics.models.learning import Learned, learn
from hydrodiag.diagnostics.models.verdicts import ConditionModel, name_label
from hydrodiag.diagnostics.records import Floats, Steps
from hydrodiag.errors import InvalidInput, Refused

FOLDS, SEED = 10, 1
LARGEST_GAP = 0.05
FEWEST_A_CLASS = 10


@dataclass(frozen=True)
class Judgement:
    """Of steps that were not trained on. `coverage` is the share of steps with a verdict; accuracy
    and macro-F1 are those of the verdicts, the calibration error that of their probabilities.
    """

    accuracy: float
    macro_f1: float
    coverage: float
    calibration_error: float
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True)
class Report:
    """`confusion` maps truth to verdict to how many, by groups left out."""

    random_folds: Judgement
    groups_left_out: Judgement
    classes: dict[str, int]
    confusion: dict[str, dict[str, int]]
    groups: int
    steps: int

    @property
    def gap(self) -> float:
        return self.random_folds.accuracy - self.groups_left_out.accuracy

    @property
    def is_flattered(self) -> bool:
        return not self.gap <= LARGEST_GAP

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "gap": self.gap, "is_flattered": self.is_flattered}


@dataclass(frozen=True)
class TrainedModel:
    model: ConditionModel
    report: Report


def train(
    component: str,
    steps: Steps,
    labels: Sequence[Any],
    groups: Sequence[Any],
    *,
    healthy: Any,
    indicators: Sequence[str] | None = None,
) -> TrainedModel:
    """`labels` and `groups` (n,) belong to the steps; `healthy` is the label that is no fault.

    Accumulators labelled in bar get the gas model, all others a discriminant on `indicators`, by
    default those that physics names for the component. Raises InvalidInput where classes, groups or
    steps are too few.
    """
    told = np.array([name_label(each) for each in labels])
    sessions = np.unique(np.array([str(each) for each in groups]), return_inverse=True)[1]
    learned = Learned(component, steps, told, sessions, name_label(healthy),
                      tuple(indicators or ()))  # fmt: skip
    _check(learned)
    out = _judge_splits(learned, [sessions != each for each in np.unique(sessions)])
    flattering = _judge_splits(learned, _random_splits(told))
    model = learn(learned, temperature=out.temperature)
    names, counts = np.unique(told, return_counts=True)
    report = Report(
        random_folds=flattering.judge(told),
        groups_left_out=out.judge(told),
        classes={str(name): int(count) for name, count in zip(names, counts, strict=True)},
        confusion=_confuse(told, out.label),
        groups=len(np.unique(sessions)),
        steps=len(told),
    )
    return TrainedModel(model, report)


def check_publishable(report: Report, acknowledged: str = "") -> None:
    """Raises Refused for a model that has learned its groups, unless somebody says why it may."""
    if report.is_flattered and not acknowledged.strip():
        raise Refused(
            f"The model is right in {report.random_folds.accuracy:.1%} of random folds, but in "
            f"{report.groups_left_out.accuracy:.1%} of groups that it has not seen: it has learned "
            "the groups.",
            hint="Label more groups, or say in writing why it is used all the same.",
        )


@dataclass(frozen=True)
class _HeldOut:
    """What was said of each step by a model that had not seen it."""

    label: "np.ndarray"
    probability: Floats
    temperature: float

    def judge(self, truth: "np.ndarray") -> Judgement:
        known = self.label != ""
        if not known.any():
            return Judgement(0.0, 0.0, 0.0, 1.0)
        right = self.label[known] == truth[known]
        bins = sort_by_probability(self.probability[known], right)
        return Judgement(
            float(right.mean()), macro_f1(truth[known], self.label[known]), float(known.mean()),
            calibration_error(bins), bins,
        )  # fmt: skip


def _judge_splits(learned: Learned, trains: Sequence["np.ndarray"]) -> _HeldOut:
    """Each step by the model of the fold that left it out; folds share one temperature, fitted on
    what they say of what they have not seen.
    """
    folds = [(learn(learned.pick(train)), ~train) for train in trains]
    temperature = learned.fit_temperature(folds)
    label = np.full(len(learned.labels), "", learned.labels.dtype)
    probability = np.full(len(label), np.nan)
    for model, test in folds:
        said = replace(model, temperature=temperature).judge(learned.pick(test).steps)
        label[test], probability[test] = said.label, said.probability
    return _HeldOut(label, probability, temperature)


def _random_splits(told: "np.ndarray") -> list["np.ndarray"]:
    """As in papers: stratified and shuffled."""
    from sklearn.model_selection import StratifiedKFold

    folds = min(FOLDS, int(np.unique(told, return_counts=True)[1].min()))
    trains = []
    for places, _ in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(told, told):
        train = np.zeros(len(told), bool)
        train[places] = True
        trains.append(train)
    return trains


def _check(learned: Learned) -> None:
    names, counts = np.unique(learned.labels, return_counts=True)
    if len(names) < 2 or learned.healthy not in names:
        raise InvalidInput(
            f"There are steps of {', '.join(names) or 'no class'}, and {learned.healthy} is to be "
            "the healthy one.",
            hint="Label healthy steps and at least one fault.",
        )
    if counts.min() < FEWEST_A_CLASS:
        raise InvalidInput(
            f"{names[counts.argmin()]} has {counts.min()} steps, fewer than {FEWEST_A_CLASS}.",
            hint="Label more steps of it, or leave it out.",
        )
    single = [name for name in names if len(set(learned.groups[learned.labels == name])) < 2]
    if len(np.unique(learned.groups)) < 2 or len(single) == len(names):
        raise InvalidInput(
            "No class was seen in two groups, so nothing shows whether the model knows the "
            "condition or the session.",
            hint="Label steps of several sessions, runs or days, and name them as groups.",
        )


def _confuse(truth: "np.ndarray", said: "np.ndarray") -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for true, label in zip(truth.tolist(), said.tolist(), strict=True):
        row = found.setdefault(true, {})
        row[label or NOT_TOLD] = row.get(label or NOT_TOLD, 0) + 1
    return found
