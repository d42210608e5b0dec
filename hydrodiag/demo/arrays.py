"""Readings of a machine as the loader takes them: ordered by sensor, then time."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hydrodiag.demo.simulator import MachineSimulator, Resolution

Arrays = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]
Span = tuple[int, int, Resolution]
US = 1_000_000


def build_arrays(
    simulator: MachineSimulator, sensor_ids: Mapping[str, int], spans: Sequence[Span]
) -> Arrays:
    """Sensor ids, microseconds since 1970 UTC, values, for consecutive spans of seconds."""
    parts = [
        simulator.readings(np.arange(start, end, step.value, dtype=np.int64), step)
        for start, end, step in spans
        if start < end
    ]
    ids, times, values = [], [], []
    for tag, sensor_id in sorted(sensor_ids.items(), key=lambda pair: pair[1]):
        for part in parts:
            seen_s, seen = part[tag]
            ids.append(np.full(len(seen_s), sensor_id, np.int32))
            times.append(seen_s * US)
            values.append(seen)
    if not ids:
        return np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64)
    return np.concatenate(ids), np.concatenate(times), np.concatenate(values)
