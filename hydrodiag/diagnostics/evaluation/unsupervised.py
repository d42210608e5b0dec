"""Scores that know healthy cycles alone, judged against healthy cycles of later on.

The baseline are the last of the first healthy stretch of a run, ten as a rule; normal are those at
the end of the same run, two hours later. Against neighbours of the baseline every score looks
perfect.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.evaluation.rig_set import RigSet
from hydrodiag.diagnostics.multivariate import HealthyShape, learn_shape
from hydrodiag.diagnostics.records import Floats, Steps
from hydrodiag.errors import InvalidInput

INDICATORS = ("valve_delay_ms", "efficiency_pct", "pump_flow_lpm", "relief_kw", "relief_bar",
              "cooler_effectiveness_pct", "exchange_closing_lpm_s", "exchange_19s_lpm_s",
              "exchange_39s_lpm_s", "exchange_49s_lpm_s")  # fmt: skip
BASELINE_CYCLES = 30
LATER_CYCLES = 80
SPREADS = 6.0
RAISED_AFTER = 3
SCORES: dict[str, Callable[[HealthyShape, Floats], Floats]] = {
    "robust z": lambda shape, features: np.abs(shape.standardise(features)).mean(axis=1),
    "PCA SPE": lambda shape, features: shape.score_spe(features),
    "PCA T2": lambda shape, features: shape.score_t2(features),
}


@dataclass(frozen=True)
class ScoreOfFault:
    """`delay` is the median, over runs, of cycles of the fault until three in a row are beyond
    the median and six spreads of the baseline; NaN where that never happens.
    """

    score: str
    fault: str
    auroc: float
    delay: float
    cycles: int


@dataclass(frozen=True)
class Unsupervised:
    faults: list[ScoreOfFault]
    false_alarm_share: dict[str, float]


@dataclass(frozen=True)
class _Run:
    shape: HealthyShape
    baseline: Floats
    later: Floats
    faulty: dict[str, Floats]


def score_unsupervised(told: RigSet, steps: Steps) -> Unsupervised:
    runs = list(_list_runs(told, np.column_stack([steps.values[name] for name in INDICATORS])))
    names = sorted({fault for run in runs for fault in run.faulty})
    faults = [
        _score(score, compute, fault, [run for run in runs if fault in run.faulty])
        for score, compute in SCORES.items()
        for fault in names
    ]
    alarms = {
        score: float(np.mean(np.concatenate([
            compute(run.shape, run.later) > _limit(compute(run.shape, run.baseline)) for run in runs
        ])))
        for score, compute in SCORES.items()
    }  # fmt: skip
    return Unsupervised(faults, alarms)


def _list_runs(told: RigSet, features: Floats) -> Iterator[_Run]:
    """Runs with whole healthy cycles at their start and at their end. Single faults of the pump and
    the valve lie in the run itself, those of the accumulator in others of the same cooler level.
    """
    whole = np.isfinite(features).all(axis=1)
    valve, pump, cooler = (told.labels[name] for name in ("valve", "pump", "cooler"))
    well = whole & (valve == 100) & (pump == 0)
    for run in np.unique(told.run):
        inside = told.run == run
        own = inside & (cooler == cooler[inside][0])
        places = np.flatnonzero(well & own)
        start = places[told.block[places] == told.block[places[0]]][-BASELINE_CYCLES:]
        later = places[places > start[0] + LATER_CYCLES]
        later = later[told.is_stable[later]]
        if not len(later):
            continue
        try:
            shape = learn_shape(features[start], INDICATORS)
        except InvalidInput:
            continue
        faulty = {
            f"valve {level:g}": own & whole & (pump == 0) & (valve == level)
            for level in (90, 80, 73)
        } | {f"pump {level:g}": own & whole & (valve == 100) & (pump == level) for level in (1, 2)}
        if told.labels["accumulator"][inside][0] == 130:
            same = well & (cooler == cooler[inside][0])
            faulty |= {
                f"accumulator {level:g}": same & (told.labels["accumulator"] == level)
                for level in (115, 100, 90)
            }
        told_of = {name: features[rows] for name, rows in faulty.items() if rows.any()}
        yield _Run(shape, features[start], features[later], told_of)


def _score(
    score: str, compute: Callable[[HealthyShape, Floats], Floats], fault: str, runs: list[_Run]
) -> ScoreOfFault:
    """Areas and delays run by run: scores of two baselines do not compare."""
    areas, delays, cycles = [], [], 0
    for run in runs:
        ill, well = compute(run.shape, run.faulty[fault]), compute(run.shape, run.later)
        areas.append(find_auroc(ill, well))
        delays.append(_find_delay(ill > _limit(compute(run.shape, run.baseline))))
        cycles += len(ill)
    known = [each for each in delays if each is not None]
    delay = float(np.median(known)) if known else float("nan")
    return ScoreOfFault(score, fault, float(np.mean(areas)), delay, cycles)


def find_auroc(ill: Floats, well: Floats) -> float:
    """The chance that a faulty cycle scores above a healthy one; ties count half."""
    above = (ill[:, None] > well[None]).mean()
    return float(above + (ill[:, None] == well[None]).mean() / 2)


def _limit(baseline: Floats) -> float:
    middle = np.median(baseline)
    return float(middle + SPREADS * np.median(np.abs(baseline - middle)))


def _find_delay(beyond: "np.ndarray") -> int | None:
    held = np.convolve(beyond, np.ones(RAISED_AFTER), "valid") == RAISED_AFTER
    return int(held.argmax()) + RAISED_AFTER if held.any() else None
