"""Readings on their way in, as parallel arrays: candidates, and the clean ones among them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Candidates:
    """One reading a position. `sensor_index` counts in the catalog's order, -1 is unknown;
    `times_us` is NO_TIME and `values` (in the sensor's unit) NaN where they could not be read;
    `unit_ok` None means that all units fit.
    """

    sensor_index: NDArray[np.int32]
    times_us: Int
    values: Float
    unit_ok: Mask | None = None

    def __len__(self) -> int:
        return len(self.times_us)


@dataclass(frozen=True)
class CleanBatch:
    """Readings ordered by sensor and time, each instant of a sensor once.

    `positions` tells which candidate each was; `repeated` counts equal readings left out.
    """

    sensor_ids: NDArray[np.int32]
    times_us: Int
    values: Float
    positions: NDArray[np.int32]
    repeated: int = 0

    def __len__(self) -> int:
        return len(self.times_us)

    @property
    def sensor_ends(self) -> NDArray[np.intp]:
        """Index of the last reading of each sensor."""
        if not len(self):
            return np.empty(0, np.intp)
        return np.append(np.flatnonzero(np.diff(self.sensor_ids)), len(self) - 1)


def order_readings(sensors: NDArray[np.int32], times_us: Int) -> NDArray[np.intp] | None:
    """Order by sensor and time, first come first; None if they stand so already."""
    if not len(sensors):
        return None
    first = int(times_us.min())
    span = int(times_us.max()) - first + 1
    if (int(sensors.max()) + 1) * span >= 2**63:
        return np.lexsort((times_us, sensors))
    key = sensors.astype(np.int64) * span + (times_us - first)
    return None if np.all(key[1:] >= key[:-1]) else np.argsort(key, kind="stable")
