"""Condition models on the rig set beside what learns from raw statistics.

    python -m benchmarks.diagnostics_rig FOLDER

FOLDER holds readings.parquet and labels.csv (UCI 447 at 1 Hz). Peers are ExtraTrees, LightGBM and
shrinkage LDA on eight statistics of six segments of every channel, each judged on the same stable
cycles by the same two protocols; what random folds flatter shows when a whole run is left out.
"""

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from hydrodiag.diagnostics.cycles.shape import Cycles
from hydrodiag.diagnostics.evaluation.protocols import (
    GROUPED,
    RANDOM,
    Score,
    evaluate_rig,
    measure_speed,
    run_protocol,
)
from hydrodiag.diagnostics.evaluation.report import evaluate, write_lines
from hydrodiag.diagnostics.evaluation.rig_set import COMPONENTS, RigSet, load_rig_set
from hydrodiag.diagnostics.records import Floats

SEGMENTS = ((0, 9), (9, 19), (19, 29), (29, 39), (39, 49), (49, 60))
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "uci-hydraulic-1hz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED)
    told = load_rig_set(parser.parse_args().folder)
    print(f"{len(told.cycles)} cycles, {told.is_stable.sum()} stable")
    for line in write_lines(evaluate(told)):
        print(line)
    show("\nphysics and gas model", evaluate_rig(told))
    features = build_statistics(told.cycles)
    for name, build in build_peers().items():
        show(name, [s for p in (RANDOM, GROUPED) for s in judge_peer(told, features, p, build)])
    print(f"{measure_speed(told):,.0f} cycles/s, features and models, one process")


def show(name: str, scores: list[Score]) -> None:
    print(f"{name}")
    for protocol in (RANDOM, GROUPED):
        told = [each for each in scores if each.protocol == protocol]
        row = "  ".join(f"{s.component} {s.accuracy:.2%} (F1 {s.macro_f1:.3f})" for s in told)
        error = next((s.error_bar for s in told if s.component == "accumulator"), np.nan)
        print(f"    {protocol:<15}{row}" + (f"  {error:.1f} bar" if error >= 0 else ""))


def build_statistics(cycles: Cycles) -> Floats:
    columns = []
    for values in cycles.values.values():
        for start, end in SEGMENTS:
            part = values[:, start:end]
            slope = part @ (np.arange(end - start) - (end - start - 1) / 2)
            columns += [part.mean(1), part.std(1), part.min(1), part.max(1), np.median(part, 1),
                        slope]  # fmt: skip
    return np.column_stack(columns)


def build_peers() -> dict[str, Callable[[], Any]]:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.ensemble import ExtraTreesClassifier

    peers: dict[str, Callable[[], Any]] = {
        "ExtraTrees on segment statistics": lambda: ExtraTreesClassifier(300, random_state=1),
        "shrinkage LDA on segment statistics": lambda: LinearDiscriminantAnalysis(
            solver="lsqr", shrinkage="auto"
        ),
    }
    if find_spec("lightgbm"):
        from lightgbm import LGBMClassifier

        peers["LightGBM on segment statistics"] = lambda: LGBMClassifier(
            n_estimators=80, verbosity=-1, random_state=1
        )
    return peers


def judge_peer(
    told: RigSet, features: Floats, protocol: str, build: Callable[[], Any]
) -> list[Score]:
    def fit(train: np.ndarray, test: np.ndarray) -> dict[str, Floats]:
        found = {}
        centre, scale = features[train].mean(0), np.maximum(features[train].std(0), 1e-9)
        for name in COMPONENTS:
            model = build().fit((features[train] - centre) / scale, told.labels[name][train])
            found[name] = model.predict((features[test] - centre) / scale)
        return {**found, "precharge_bar": found["accumulator"]}

    return list(run_protocol(told, protocol, fit))


if __name__ == "__main__":
    main()
