"""Values are stored on a binary grid just below the sensor's resolution.

Decimal steps fill every bit of a double's mantissa; multiples of a power of two leave most
of them zero and compress four times better. Rounding to the resolution gives back what the
sensor reported: the grid step is never larger than the resolution.
"""

import math
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray


def grid_step(resolution: ArrayLike) -> NDArray[np.float64]:
    """2 ** floor(log2(resolution)); 0 where there is no resolution (values stay as sent)."""
    given = np.nan_to_num(np.asarray(resolution, np.float64), nan=0.0)
    step = np.zeros_like(given)
    np.exp2(np.floor(np.log2(given, where=given > 0, out=step)), where=given > 0, out=step)
    return step


def on_grid(values: NDArray[np.float64], step: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` rounded to multiples of `step`, never -0.0; as they are where the step is 0."""
    safe = np.where(step > 0, step, 1.0)
    rounded: NDArray[np.float64] = np.where(step > 0, np.rint(values / safe) * safe, values) + 0.0
    return rounded


@lru_cache(maxsize=1024)
def decimals(resolution: float | None) -> int | None:
    """Places after the point that show a value at its resolution; None: all there are."""
    if not resolution or resolution <= 0:
        return None
    exponent = Decimal(f"{resolution:.6g}").normalize().as_tuple().exponent
    return max(0, -int(exponent))


def as_reported(value: float, resolution: float | None) -> float:
    """The multiple of the resolution that the sensor reported: 0.0625 of 0.05 was 0.05."""
    if not resolution or resolution <= 0 or not math.isfinite(value):
        return value
    return round(round(value / resolution) * resolution, decimals(resolution))
