"""Noise that belongs to an instant: the same whenever, and in whatever order, it is asked for.

History and live simulation therefore agree, and a second run of the history writes nothing.
"""

import numpy as np
from numpy.typing import NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


def uniform(times_s: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Numbers in 0..1, one an instant (SplitMix64 of instant and seed)."""
    with np.errstate(over="ignore"):
        state = (times_s.astype(np.uint64) + np.uint64(seed) * GOLDEN) * GOLDEN
        state = (state ^ (state >> np.uint64(30))) * MIX_1
        state = (state ^ (state >> np.uint64(27))) * MIX_2
        state ^= state >> np.uint64(31)
    return np.asarray((state >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def normal(times_s: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Standard normal numbers, nearly: the sum of four uniform ones, cut off at 3.5 sigma."""
    total = sum(uniform(times_s, seed * 4 + part + 1) for part in range(4))
    return np.asarray((total - 2.0) * np.sqrt(3.0))
