"""Two sensors against each other: what one read while the other read something."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from hydrodiag.errors import InvalidInput

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
    """Columns time (start of the bucket), x, y: means of each bucket of `step` that has both.

    `x` and `y` have columns time and mean; NaN count as missing.
    """
    columns = [
        each.dropna(subset="mean")
        .set_index("time")["mean"]
        .groupby(pd.Grouper(freq=pd.tseries.frequencies.to_offset(step)))
        .mean()
        for each in (x, y)
    ]
    joined = pd.concat(columns, axis=1, join="inner", keys=["x", "y"]).dropna()
    return joined.rename_axis("time").reset_index()


def relate(pairs: pd.DataFrame) -> Relation:
    """Pearson's r, Spearman's rank correlation (ties share their mean rank) and the line.

    Raises InvalidInput for fewer than 3 pairs, or where one of the two does not change.
    """
    if len(pairs) < FEWEST_PAIRS:
        raise InvalidInput(
            f"The two sensors have {len(pairs)} readings at the same time.",
            hint="Choose a longer window, or a sensor that was read at the same time.",
        )
    x, y = (pairs[name].to_numpy(np.float64) for name in ("x", "y"))
    for name, values in (("horizontal", x), ("vertical", y)):
        if np.ptp(values) == 0:
            raise InvalidInput(
                f"The {name} sensor reads the same all the time.",
                hint="Choose a window in which it changes.",
            )
    pearson = float(np.corrcoef(x, y)[0, 1])
    slope = pearson * float(y.std() / x.std())
    spearman = float(pairs["x"].rank().corr(pairs["y"].rank()))
    return Relation(len(pairs), pearson, spearman, slope, float(y.mean() - slope * x.mean()))
