"""A step a working cycle: the rig's indicators in the form that all checks take."""

from collections.abc import Mapping

import numpy as np

from hydrodiag.diagnostics.cycles.features import (
    LATE,
    compute_features,
    efficiency,
    valve_delay_ms,
)
from hydrodiag.diagnostics.cycles.shape import CYCLE_S, ROLES, fold
from hydrodiag.diagnostics.records import Channel, Frame, OperatingState, Steps


def can_fold(channels: Mapping[str, Channel]) -> bool:
    return all(role in channels for role, _ in ROLES.values())


def compute_cycle_steps(frame: Frame) -> Steps:
    """`frame` is by the second and begins with a cycle. A cycle with gaps says nothing; while the
    load valve hangs, nothing is said of pump and flow.
    """
    cycles, times = fold(frame)
    with np.errstate(invalid="ignore", divide="ignore"):
        features = compute_features(cycles)
        measured = {
            "valve_delay_ms": valve_delay_ms(cycles),
            "efficiency_pct": 100 * efficiency(cycles),
            "pump_flow_lpm": cycles["FS1"][:, LATE].mean(axis=1),
            "pump_pressure_bar": cycles["PS1"][:, LATE].mean(axis=1),
            "cooler_effectiveness_pct": features.cooler[:, 0],
            "oil_temp_c": features.oil_c,
        }
    is_whole = np.all([np.isfinite(each).all(axis=1) for each in cycles.values.values()], axis=0)
    for name in ("efficiency_pct", "pump_flow_lpm", "pump_pressure_bar"):
        measured[name] = np.where(features.stuck, np.nan, measured[name])
    measured["load_valve_hangs"] = features.stuck.astype(float)
    values = {name: np.where(is_whole, each, np.nan) for name, each in measured.items()}
    state = np.where(is_whole, OperatingState.LOAD.value, OperatingState.UNKNOWN.value)
    return Steps(times, float(CYCLE_S), state, values)
