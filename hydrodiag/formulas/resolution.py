"""By what steps a derived series moves, as its sensors report in steps of their resolution."""

from collections.abc import Iterator, Mapping

import numpy as np

from hydrodiag.fleet import Sensor
from hydrodiag.formulas.amounts import Floats
from hydrodiag.formulas.lines import Formula
from hydrodiag.readings.series import Series


def estimate_resolution(formula: Formula, sensors: Mapping[str, Sensor], shown: Series) -> float:
    """The widest step of the result, in its unit, as one sensor moves by its resolution from where
    all of them read their medians; 0 where no resolution is known.
    """
    medians = {tag: _find_median(shown, sensors[tag]) for tag in formula.tags}
    units = {tag: sensors[tag].unit for tag in formula.tags}
    usual = formula.evaluate(medians, units)
    moved = (formula.evaluate(each, units) for each in _move(medians, sensors))
    steps = [abs(float(each - usual)) for each in moved]
    return max((step for step in steps if np.isfinite(step)), default=0.0)


def _move(
    medians: Mapping[str, Floats], sensors: Mapping[str, Sensor]
) -> Iterator[dict[str, Floats]]:
    """One sensor after the other."""
    for tag, median in medians.items():
        step = sensors[tag].resolution
        if step is not None:
            yield {**medians, tag: median + step}


def _find_median(shown: Series, sensor: Sensor) -> Floats:
    return np.array(shown.rows_of(sensor.id)["mean"].median())
