"""Two series against each other: what one was while the other was something."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.aligning import align

FEWEST_PAIRS = 3


@dataclass(frozen=True)
class Relation:
    """`slope` in units of y a unit of x, `intercept` in the unit of y, by least squares."""

    n: int
    pearson: float
    spearman: float
    slope: float
    intercept: float


def join_pairs(x: pd.DataFrame, y: pd.DataFrame, step: timedelta) -> pd.DataFrame:
    """Columns time (start of the step), x, y: means of each `step` in which both have values.

    `x` and `y` have columns time, mean and n; NaN count as missing.
    """
    return align({"x": x, "y": y}, step).means.rename_axis("time").reset_index()


def relate(pairs: pd.DataFrame) -> Relation:
    """Pearson's r, Spearman's rank correlation (ties share their mean rank) and the line.

    Raises InvalidInput for fewer than 3 pairs, or where one of the two does not change.
    """
    if len(pairs) < FEWEST_PAIRS:
        raise InvalidInput(
            f"The two have {len(pairs)} values at the same time.",
            hint="Choose a longer window, or sensors that were read at the same time.",
        )
    x, y = (pairs[name].to_numpy(np.float64) for name in ("x", "y"))
    for name, values in (("horizontal", x), ("vertical", y)):
        if np.ptp(values) == 0:
            raise InvalidInput(
                f"The {name} values are the same all the time.",
                hint="Choose a window in which it changes.",
            )
    pearson = float(np.corrcoef(x, y)[0, 1])
    slope = pearson * float(y.std() / x.std())
    spearman = float(pairs["x"].rank().corr(pairs["y"].rank()))
    return Relation(len(pairs), pearson, spearman, slope, float(y.mean() - slope * x.mean()))
