"""A verdict on every candidate, a few array operations for all of them."""

import numpy as np
from numpy.typing import NDArray

from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.grid import grid_step, on_grid
from hydrodiag.readings.ingest.batch import Candidates, CleanBatch, Codes, Int, order_readings
from hydrodiag.readings.ingest.instants import NO_TIME, STORABLE_FROM_US
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.rules import Rules

# Converting a limit's unit may leave an error in the last bits.
RANGE_TOLERANCE = 1e-9
# Nothing is measured beyond, and sums of squares of what is below fit any number.
MOST = 1e100


def check_candidates(candidates: Candidates, catalog: SensorCatalog, rules: Rules) -> Codes:
    """`Code` of every candidate; where several apply, the lowest number."""
    codes = np.zeros(len(candidates), np.uint8)
    _mark_times(codes, candidates.times_us, rules)
    known = candidates.sensor_index >= 0
    if len(catalog.ids):
        codes[_is_out_of_range(candidates, catalog) & known] = Code.OUT_OF_RANGE
    if candidates.unit_ok is not None:
        codes[~candidates.unit_ok] = Code.BAD_UNIT
    codes[~known] = Code.UNKNOWN_SENSOR
    codes[~is_measured(candidates.values)] = Code.BAD_VALUE
    codes[candidates.times_us == NO_TIME] = Code.BAD_TIME
    return codes


def is_measured(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """False for what is no number, infinite, or beyond 1e100."""
    measured: NDArray[np.bool_] = np.abs(values) <= MOST
    return measured


def _mark_times(codes: Codes, times_us: Int, rules: Rules) -> None:
    if not len(times_us):
        return
    if times_us.min() < rules.oldest_us:
        old = times_us < rules.oldest_us
        for lo, hi in rules.holds_us:
            old &= (times_us < max(lo, STORABLE_FROM_US)) | (times_us >= hi)
        codes[old] = Code.OLDER_THAN_RETENTION
    if times_us.max() > rules.newest_us:
        codes[times_us > rules.newest_us] = Code.IN_FUTURE


def _is_out_of_range(candidates: Candidates, catalog: SensorCatalog) -> NDArray[np.bool_]:
    low = catalog.valid_min - RANGE_TOLERANCE * np.maximum(1.0, np.abs(catalog.valid_min))
    high = catalog.valid_max + RANGE_TOLERANCE * np.maximum(1.0, np.abs(catalog.valid_max))
    index, values = candidates.sensor_index, candidates.values
    outside: NDArray[np.bool_] = (values < low[index]) | (values > high[index])
    return outside


def build_clean_batch(
    candidates: Candidates, codes: Codes, catalog: SensorCatalog, *, assume_sorted: bool = False
) -> CleanBatch:
    """The good candidates on the storage grid, ordered, each instant of a sensor once.

    Of different values for one instant the first stays good; `codes` gets the others' conflict.
    """
    positions = np.flatnonzero(codes == Code.GOOD).astype(np.int32)
    index, times_us, values = _pick(candidates, positions)
    order = None if assume_sorted else order_readings(index, times_us)
    if order is not None:
        index, times_us, values = index[order], times_us[order], values[order]
        positions = positions[order]
    if len(catalog.ids):
        values = on_grid(values, grid_step(catalog.resolution)[index])
    return _without_repeats(
        catalog.ids[index] if len(index) else index, times_us, values, positions, codes
    )


def _pick(
    candidates: Candidates, positions: NDArray[np.int32]
) -> tuple[NDArray[np.int32], Int, NDArray[np.float64]]:
    if len(positions) == len(candidates):
        return candidates.sensor_index, candidates.times_us, candidates.values
    return (
        candidates.sensor_index[positions],
        candidates.times_us[positions],
        candidates.values[positions],
    )


def _without_repeats(
    sensor_ids: NDArray[np.int32],
    times_us: Int,
    values: NDArray[np.float64],
    positions: NDArray[np.int32],
    codes: Codes,
) -> CleanBatch:
    same = np.zeros(len(times_us), bool)
    same[1:] = (times_us[1:] == times_us[:-1]) & (sensor_ids[1:] == sensor_ids[:-1])
    if not same.any():
        return CleanBatch(sensor_ids, times_us, values, positions)
    first = np.maximum.accumulate(np.where(same, 0, np.arange(len(same))))
    conflicting = same & (values != values[first])
    codes[positions[conflicting]] = Code.CONFLICTING_VALUE
    keep = ~same
    repeated = int(same.sum() - conflicting.sum())
    return CleanBatch(sensor_ids[keep], times_us[keep], values[keep], positions[keep], repeated)
