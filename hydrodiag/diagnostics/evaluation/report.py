"""All that is measured on the rig set, as tables."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hydrodiag.diagnostics.evaluation.protocols import (
    BLOCKS,
    COMBINATIONS,
    GROUPED,
    RANDOM,
    REGIME,
    Score,
    evaluate_rig,
)
from hydrodiag.diagnostics.evaluation.rig_set import COMPONENTS, RigSet
from hydrodiag.diagnostics.evaluation.rules import RuleScore, score_rules
from hydrodiag.diagnostics.evaluation.unsupervised import Unsupervised, score_unsupervised
from hydrodiag.diagnostics.models.training import Report, train

HEALTHY = {"cooler": 100, "valve": 100, "pump": 0, "accumulator": 130}
PROTOCOLS = (RANDOM, COMBINATIONS, BLOCKS, GROUPED, REGIME)
UNDER_LOAD = slice(11, 58)


@dataclass(frozen=True)
class Hanging:
    """Cycles in which the load valve hangs, by two independent signs; no label tells of them."""

    by_pressure: int
    by_flow: int
    by_both: int


@dataclass(frozen=True)
class Evaluation:
    """`trained` are models as they are trained and kept, with what they refuse to say."""

    scores: list[Score]
    trained: dict[str, Report]
    rules: list[RuleScore]
    unsupervised: Unsupervised
    hanging: Hanging

    def to_dict(self) -> dict[str, Any]:
        trained = {name: each.to_dict() for name, each in self.trained.items()}
        return {**asdict(self), "trained": trained}


def evaluate(told: RigSet) -> Evaluation:
    steps = told.build_steps()
    trained = {
        name: train(name, steps, told.labels[name].tolist(), told.run.tolist(),
                    healthy=HEALTHY[name]).report
        for name in COMPONENTS
    }  # fmt: skip
    return Evaluation(
        scores=evaluate_rig(told, PROTOCOLS),
        trained=trained,
        rules=score_rules(told, steps),
        unsupervised=score_unsupervised(told, steps),
        hanging=count_hanging(told),
    )


def count_hanging(told: RigSet) -> Hanging:
    pressure = told.cycles["PS1"][:, UNDER_LOAD].max(axis=1) > 180
    flow = told.cycles["FS1"][:, UNDER_LOAD].min(axis=1) < 3
    return Hanging(int(pressure.sum()), int(flow.sum()), int(np.sum(pressure & flow)))


def write_lines(done: Evaluation) -> Iterator[str]:
    yield f"{'protocol':<18}{'component':<13}{'accuracy':>9}{'macro F1':>10}{'error':>10}"
    for each in done.scores:
        error = f"{each.error_bar:.1f} bar" if each.error_bar >= 0 else ""
        yield (f"{each.protocol:<18}{each.component:<13}{each.accuracy:>9.2%}"
               f"{each.macro_f1:>10.4f}{error:>10}")  # fmt: skip
    yield from _write_trained(done.trained)
    yield from _write_rules(done.rules)
    yield from _write_unsupervised(done.unsupervised)
    found = done.hanging
    yield (f"\nload valve hangs: {found.by_both} cycles by both signs, {found.by_pressure} by "
           f"pressure, {found.by_flow} by flow")  # fmt: skip


def _write_trained(trained: dict[str, Report]) -> Iterator[str]:
    yield "\nmodels as kept, all cycles; accuracy and calibration error of what they say"
    yield f"{'component':<13}{'random':>8}{'runs out':>10}{'said':>8}{'cal. error':>12}  flattered"
    for name, each in trained.items():
        out = each.groups_left_out
        yield (f"{name:<13}{each.random_folds.accuracy:>8.2%}{out.accuracy:>10.2%}"
               f"{out.coverage:>8.1%}{out.calibration_error:>12.3f}  "
               f"{'yes' if each.is_flattered else 'no'}")  # fmt: skip


def _write_rules(rules: list[RuleScore]) -> Iterator[str]:
    yield "\nlimits, an alarm after 3 cycles in a row, cleared after 5"
    yield f"{'component':<13}{'episodes':>10}{'delay':>7}{'longest':>9}{'false alarms':>14}"
    for each in rules:
        episodes = f"{each.found}/{each.episodes}"
        false = f"{each.false_alarms} in {each.healthy_days:.2f} d"
        yield (f"{each.component:<13}{episodes:>10}{each.delay_median:>7.0f}"
               f"{each.delay_max:>9.0f}{false:>14}")  # fmt: skip


def _write_unsupervised(found: Unsupervised) -> Iterator[str]:
    yield "\nhealthy cycles alone known: AUROC (delay in cycles) by score"
    scores = list(found.false_alarm_share)
    yield f"{'fault':<17}" + "".join(f"{score:>15}" for score in scores)
    told = {(each.fault, each.score): each for each in found.faults}
    for fault in sorted({each.fault for each in found.faults}):
        cells = (told[fault, score] for score in scores)
        yield f"{fault:<17}" + "".join(f"{f'{c.auroc:.2f} ({c.delay:.0f})':>15}" for c in cells)
    shares = "".join(f"{found.false_alarm_share[score]:>15.0%}" for score in scores)
    yield f"{'false alarms':<17}{shares}"
