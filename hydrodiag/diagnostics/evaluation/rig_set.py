"""The rig set (UCI 447) as it lies in a folder: cycles and their labels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hydrodiag.diagnostics.cycles.shape import CYCLE_S, Cycles
from hydrodiag.diagnostics.cycles.stepping import build_steps
from hydrodiag.diagnostics.records import Floats, Steps
from hydrodiag.errors import InvalidInput

FIRST = np.datetime64("2000-01-01", "us")
COMPONENTS = ("cooler", "valve", "pump", "accumulator")


@dataclass(frozen=True)
class RigSet:
    """`labels` by component, `run` and `block` group neighbouring cycles, `is_stable` (n,);
    `cycle` are the numbers of the cycles in the original set.
    """

    cycles: Cycles
    labels: dict[str, Floats]
    run: "np.ndarray"
    block: "np.ndarray"
    is_stable: "np.ndarray"
    cycle: "np.ndarray"

    def build_steps(self) -> Steps:
        """At the nominal minute of each cycle, from any day on: the set has no clock times."""
        times = FIRST + self.cycle * np.timedelta64(CYCLE_S * 1_000_000, "us")
        return build_steps(self.cycles, times)


def load_rig_set(folder: Path) -> RigSet:
    """`readings.parquet` and `labels.csv`. Raises InvalidInput for anything else."""
    try:
        readings = pd.read_parquet(folder / "readings.parquet").sort_values(["cycle", "t_s"])
        labels = pd.read_csv(folder / "labels.csv").sort_values("cycle")
    except (OSError, ValueError, KeyError) as error:
        raise InvalidInput(
            f"{folder} does not hold the rig set.",
            hint="Name the folder with readings.parquet and labels.csv.",
        ) from error
    if len(readings) != len(labels) * CYCLE_S:
        raise InvalidInput("Readings and labels do not belong together.",
                           hint=f"There must be {CYCLE_S} readings a cycle.")  # fmt: skip
    channels = [name for name in readings.columns if name not in ("cycle", "t_s")]
    values = {name: readings[name].to_numpy(float).reshape(-1, CYCLE_S) for name in channels}
    return RigSet(
        Cycles(values),
        {name: labels[name].to_numpy(float) for name in COMPONENTS},
        labels["accumulator_run"].to_numpy(),
        labels["block"].to_numpy(),
        labels["stable"].to_numpy() == 1,
        labels["cycle"].to_numpy(),
    )
