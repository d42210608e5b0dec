"""How often a sensor read what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hydrodiag.errors import InvalidInput

Floats = NDArray[np.float64]
MOST_BINS = 100
PERCENTILES = (0.05, 0.50, 0.95)


@dataclass(frozen=True)
class Distribution:
    """`edges` (k + 1,) in the sensor's unit; `share_pct` (k,) of the readings, 100 together."""

    edges: Floats
    share_pct: Floats
    n: int
    p5: float
    p50: float
    p95: float


def distribute(
    values: Floats, weights: Floats | None = None, *, resolution: float = 0.0
) -> Distribution:
    """Bins as wide as Freedman and Diaconis (1981) say, 2 IQR / n^(1/3), at most 100.

    `weights`: how many readings each value stands for. Bins are whole multiples of the
    `resolution`: narrower ones would show its steps as a comb. Raises InvalidInput without values.
    """
    is_known = np.isfinite(values)
    values = values[is_known]
    counts = np.ones(len(values)) if weights is None else weights[is_known]
    if not len(values):
        raise InvalidInput("There are no readings.", hint="Choose another window.")
    order = np.argsort(values)
    low, q1, middle, q3, high = weighted_quantiles(
        values[order], counts[order], (PERCENTILES[0], 0.25, PERCENTILES[1], 0.75, PERCENTILES[2])
    )
    edges = _build_edges(values, 2 * (q3 - q1) / counts.sum() ** (1 / 3), resolution)
    binned = np.histogram(values, edges, weights=counts)[0]
    share_pct = 100 * binned / counts.sum()
    return Distribution(edges, share_pct, round(counts.sum()), low, middle, high)


def weighted_quantiles(
    values: Floats, weights: Floats, shares: tuple[float, ...]
) -> tuple[float, ...]:
    """The smallest of the ascending `values` that at least this share of the weight reaches."""
    reached = np.cumsum(weights)
    places = np.searchsorted(reached, np.array(shares) * reached[-1] * (1 - 1e-12))
    return tuple(float(each) for each in values[places])


def _build_edges(values: Floats, width: float, resolution: float) -> Floats:
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-9 * max(1.0, abs(low)):
        half = max(resolution, abs(low) * 0.001, 1e-6) / 2
        return np.array([low - half, low + half])
    width = max(width, (high - low) / (MOST_BINS - 2))
    if resolution > 0:
        width = resolution * np.ceil(width / resolution - 1e-9)
        low -= resolution / 2
    bins = min(MOST_BINS, int(np.floor((high - low) / width)) + 1)
    return np.asarray(low + width * np.arange(bins + 1))
