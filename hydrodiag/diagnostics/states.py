"""What a machine is doing in each minute: off, warming up, or working."""

import numpy as np
from numpy.typing import NDArray

from hydrodiag.diagnostics.records import Floats, Frame, OperatingState

LEAST_SHARE = 0.05
HEATING_K_PER_MIN = 0.05
HEATING_OVER_MIN = 20
# The first that is measured decides: the noise of a resting flow meter is no work.
SIGNS = (("p_pump", 5.0), ("power", 0.1), ("q_pump", 0.2))


def tell_states(frame: Frame) -> NDArray[np.str_]:
    """(n,) values of OperatingState; UNKNOWN, where nothing is assessed, without a sign of work."""
    is_known, runs = find_work(frame)
    states = np.where(runs, OperatingState.LOAD.value, OperatingState.OFF.value)
    warms = runs & (heating_rate(frame) > HEATING_K_PER_MIN)
    states = np.where(warms, OperatingState.WARMING.value, states)
    return np.where(is_known, states, OperatingState.UNKNOWN.value)


def find_work(frame: Frame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where it is known whether the machine works, and where it does: its pressure, power or flow
    above 5 % of what it reaches, and above what a sensor at rest may show.
    """
    for role, least in SIGNS:
        values = frame.mean.get(role)
        if values is not None and np.isfinite(values).any():
            most = float(np.nanquantile(values, 0.99))
            return np.isfinite(values), np.nan_to_num(values) > max(least, LEAST_SHARE * most)
    nothing = np.zeros(len(frame.times), bool)
    return nothing, nothing


def heating_rate(frame: Frame) -> Floats:
    """K/min of the oil over the 20 minutes before; NaN where they are not all there."""
    oil_c = frame.mean.get("t_tank")
    rate = np.full(len(frame.times), np.nan)
    places = max(1, round(HEATING_OVER_MIN * 60 / frame.step_s))
    if oil_c is not None and len(oil_c) > places:
        rate[places:] = (oil_c[places:] - oil_c[:-places]) / HEATING_OVER_MIN
    return rate
