"""Judging by random folds, as in papers, and by leaving out a whole run of the accumulator."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.evaluation.rig_set import COMPONENTS, RigSet
from hydrodiag.diagnostics.models.rig import fit_rig_models, read_input
from hydrodiag.diagnostics.records import Floats

FOLDS, SEED = 10, 1
RANDOM, GROUPED = "random folds", "a run left out"
# (train, test) places to the predicted class of each component, and the pre-charge in bar
Fit = Callable[["np.ndarray", "np.ndarray"], dict[str, Floats]]
Split = tuple["np.ndarray", "np.ndarray"]


@dataclass(frozen=True)
class Score:
    """On stable cycles. `error_bar` is the mean error of the pre-charge, NaN where not told."""

    protocol: str
    component: str
    accuracy: float
    macro_f1: float
    cycles: int
    error_bar: float = float("nan")


def evaluate_rig(told: RigSet) -> list[Score]:
    given = read_input(told.cycles)

    def fit(train: "np.ndarray", test: "np.ndarray") -> dict[str, Floats]:
        labels = {name: each[train] for name, each in told.labels.items()}
        return fit_rig_models(given.pick(train), labels, told.run[train]).predict(given.pick(test))

    return [*run_protocol(told, RANDOM, fit), *run_protocol(told, GROUPED, fit)]


def run_protocol(told: RigSet, protocol: str, fit: Fit) -> Iterator[Score]:
    """Trained on all other cycles, judged on the stable ones."""
    count = len(told.cycles)
    found = {name: np.full(count, np.nan) for name in (*COMPONENTS, "precharge_bar")}
    for train, test in _split(told, protocol):
        for name, values in fit(train, test).items():
            found[name][test] = values
    judged = told.is_stable
    for component in COMPONENTS:
        truth, said = told.labels[component][judged], found[component][judged]
        error = np.nan
        if component == "accumulator":
            error = float(np.mean(np.abs(found["precharge_bar"][judged] - truth)))
        yield Score(protocol, component, float(np.mean(truth == said)), macro_f1(truth, said),
                    int(judged.sum()), error)  # fmt: skip


def measure_speed(told: RigSet, cycles: int = 20_000) -> float:
    """Cycles a second of one process in batch: features, events and all models."""
    given = read_input(told.cycles)
    models = fit_rig_models(given, told.labels, told.run)
    many = told.cycles.pick(np.resize(np.arange(len(told.cycles)), cycles))
    began = time.perf_counter()
    models.predict(read_input(many))
    return cycles / (time.perf_counter() - began)


def macro_f1(truth: Floats, said: Floats) -> float:
    scores = []
    for label in np.unique(truth):
        hits = np.sum((truth == label) & (said == label))
        total = np.sum(truth == label) + np.sum(said == label)
        scores.append(2 * hits / total)
    return float(np.mean(scores))


def _split(told: RigSet, protocol: str) -> Iterator[Split]:
    places = np.arange(len(told.cycles))
    if protocol == GROUPED:
        for run in np.unique(told.run):
            yield places[told.run != run], places[told.run == run]
        return
    fold = np.random.default_rng(SEED).permutation(len(places)) % FOLDS
    for number in range(FOLDS):
        yield places[fold != number], places[fold == number]
