"""Judging the rig's models: random folds as in papers, and groups left out.

Blocks are stretches of one condition, combinations are its four labels together, runs are stretches
of one accumulator setting. A block or a combination left out still has neighbours of its session
in training; only a run does not. A cooler level left out is another thermal regime.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.evaluation.rig_set import COMPONENTS, RigSet
from hydrodiag.diagnostics.models.judging import macro_f1
from hydrodiag.diagnostics.models.rig import fit_rig_models, read_input
from hydrodiag.diagnostics.records import Floats

FOLDS, SEED = 10, 1
RANDOM, GROUPED = "random folds", "a run left out"
BLOCKS, COMBINATIONS, REGIME = "blocks left out", "combinations out", "cooler level out"
PARTS = 5
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


def evaluate_rig(told: RigSet, protocols: Sequence[str] = (RANDOM, GROUPED)) -> list[Score]:
    fit = _build_fit(told)
    return [score for each in protocols for score in run_protocol(told, each, fit)]


def predict_held_out(told: RigSet, protocol: str) -> dict[str, Floats]:
    """Of each cycle by the models that had not seen it: classes, and `precharge_bar`."""
    return _predict_held_out(told, protocol, _build_fit(told))


def _build_fit(told: RigSet) -> Fit:
    given = read_input(told.cycles)

    def fit(train: "np.ndarray", test: "np.ndarray") -> dict[str, Floats]:
        labels = {name: each[train] for name, each in told.labels.items()}
        return fit_rig_models(given.pick(train), labels, told.run[train]).predict(given.pick(test))

    return fit


def run_protocol(told: RigSet, protocol: str, fit: Fit) -> Iterator[Score]:
    """Trained on all other cycles, judged on the stable ones."""
    found = _predict_held_out(told, protocol, fit)
    judged = told.is_stable
    for component in COMPONENTS:
        if (component, protocol) == ("cooler", REGIME):
            continue  # its class was never seen
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


def _predict_held_out(told: RigSet, protocol: str, fit: Fit) -> dict[str, Floats]:
    count = len(told.cycles)
    found = {name: np.full(count, np.nan) for name in (*COMPONENTS, "precharge_bar")}
    for train, test in _split(told, protocol):
        for name, values in fit(train, test).items():
            found[name][test] = values
    return found


def _split(told: RigSet, protocol: str) -> Iterator[Split]:
    places = np.arange(len(told.cycles))
    part = _name_parts(told, protocol)
    for each in np.unique(part):
        yield places[part != each], places[part == each]


def _name_parts(told: RigSet, protocol: str) -> "np.ndarray":
    """(n,) which fold each cycle is tested in."""
    chance = np.random.default_rng(SEED)
    if protocol == GROUPED:
        return told.run
    if protocol == REGIME:
        return told.labels["cooler"]
    if protocol == RANDOM:
        return chance.permutation(len(told.cycles)) % FOLDS
    labels = np.column_stack([told.labels[name] for name in COMPONENTS])
    group = told.block if protocol == BLOCKS else np.unique(labels, axis=0, return_inverse=True)[1]
    names, numbers = np.unique(group, return_inverse=True)
    return np.asarray((chance.permutation(len(names)) % PARTS)[numbers])
