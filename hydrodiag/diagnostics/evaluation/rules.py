"""Limits with persistence on the rig set: episodes found, how late, and false alarms.

A limit is the middle between healthy and the mildest fault, as measured on the rig; an alarm
begins after three cycles beyond it in a row and ends after five within.
"""

from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.evaluation.protocols import GROUPED, predict_held_out
from hydrodiag.diagnostics.evaluation.rig_set import RigSet
from hydrodiag.diagnostics.records import Floats, Steps

RAISED_AFTER, CLEARED_AFTER = 3, 5
# Component: the indicator's limit [its unit] and the healthy label.
LIMITS = {"valve": (330.0, 100), "pump": (1.57, 0), "cooler": (9.8, 100), "accumulator": (6.0, 130)}
CYCLES_A_DAY = 1440


@dataclass(frozen=True)
class RuleScore:
    """Delays are in cycles from the first of an episode to its alarm."""

    component: str
    limit: float
    episodes: int
    found: int
    delay_median: float
    delay_max: float
    false_alarms: int
    healthy_days: float


def score_rules(told: RigSet, steps: Steps) -> list[RuleScore]:
    return [
        _score(told, component, badness) for component, badness in _measure(told, steps).items()
    ]


def _measure(told: RigSet, steps: Steps) -> dict[str, Floats]:
    """By component, rising as things get worse. The efficiency is held against what a healthy pump
    has at the same temperature and pressure, fitted on the healthy cycles of this very set.
    """
    values = steps.values
    oil, pressure = (values["oil_temp_c"] - 45) / 10, (values["pump_pressure_bar"] - 150) / 10
    context = np.column_stack([np.ones(len(oil)), oil, oil**2, pressure])
    efficiency = values["efficiency_pct"]
    healthy = (told.labels["pump"] == 0) & np.isfinite(efficiency)
    fitted, *_ = np.linalg.lstsq(context[healthy], efficiency[healthy], rcond=None)
    precharge_bar = predict_held_out(told, GROUPED)["precharge_bar"]
    return {
        "valve": values["valve_delay_ms"],
        "pump": 100 * (1 - efficiency / (context @ fitted)),
        "cooler": 47 - values["cooler_effectiveness_pct"],
        "accumulator": 130 - precharge_bar,
    }


def _score(told: RigSet, component: str, badness: Floats) -> RuleScore:
    limit, healthy_label = LIMITS[component]
    is_faulty = told.labels[component] != healthy_label
    whole = np.flatnonzero(np.isfinite(badness))
    # A cycle that tells nothing leaves the alarm as it was.
    last = np.maximum(np.searchsorted(whole, np.arange(len(badness)), "right") - 1, 0)
    alarmed = persist(badness[whole] > limit)[last]
    begins = alarmed & ~np.concatenate([[False], alarmed[:-1]])
    delays = [_find_delay(alarmed[part]) for part in _list_episodes(is_faulty, told.cycle)]
    found = [each for each in delays if each is not None]
    return RuleScore(
        component, limit, len(delays), len(found), float(np.median(found)), float(max(found)),
        int(np.sum(begins & ~is_faulty)), float(np.sum(~is_faulty) / CYCLES_A_DAY),
    )  # fmt: skip


def persist(beyond: "np.ndarray") -> "np.ndarray":
    """(n,) whether the alarm is on."""
    alarmed = np.zeros(len(beyond), bool)
    is_on, bad, good = False, 0, 0
    for place, each in enumerate(beyond):
        bad, good = (bad + 1, 0) if each else (0, good + 1)
        is_on = (is_on or bad >= RAISED_AFTER) and good < CLEARED_AFTER
        alarmed[place] = is_on
    return alarmed


def _list_episodes(is_faulty: "np.ndarray", cycle: "np.ndarray") -> list["np.ndarray"]:
    """Places of each stretch of faulty cycles that follow each other in the original set."""
    places = np.flatnonzero(is_faulty)
    return np.split(places, np.flatnonzero(np.diff(cycle[places]) != 1) + 1)


def _find_delay(alarmed: "np.ndarray") -> int | None:
    return int(alarmed.argmax()) + 1 if alarmed.any() else None
