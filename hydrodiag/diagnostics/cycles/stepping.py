"""A step a working cycle: the rig's indicators in the form that all checks and models take."""

from collections.abc import Mapping

import numpy as np

from hydrodiag.diagnostics.cycles.features import (
    EARLY,
    LATE,
    RELIEF,
    compute_features,
    efficiency,
    valve_features,
)
from hydrodiag.diagnostics.cycles.shape import CYCLE_S, ROLES, Cycles, fold
from hydrodiag.diagnostics.models.gas import EVENTS, read_events
from hydrodiag.diagnostics.records import Channel, Floats, Frame, Instants, OperatingState, Steps

WHILE_HANGING = ("valve_delay_ms", "valve_share_by_pressure", "valve_share_by_power",
                 "cooler_effectiveness_pct", "cooling_kw", "oil_temp_c", "load_valve_hangs",
                 "relief_bar", "relief_kw")  # fmt: skip
KW_PER_LPM_K = 0.02695  # density times heat capacity of the oil, measured on the ZeMA rig


def can_fold(channels: Mapping[str, Channel]) -> bool:
    return all(role in channels for role, _ in ROLES.values())


def compute_cycle_steps(frame: Frame) -> Steps:
    """`frame` is by the second and begins with a cycle. A cycle with gaps says nothing; while the
    load valve hangs, nothing is said of pump, efficiency and accumulator.
    """
    return build_steps(*fold(frame))


def build_steps(cycles: Cycles, times: Instants) -> Steps:
    with np.errstate(invalid="ignore", divide="ignore"):
        measured = measure(cycles)
    is_whole = np.all([np.isfinite(cycles[name]).all(axis=1) for name in ROLES], axis=0)
    hangs = measured["load_valve_hangs"] > 0
    values = {
        name: np.where(is_whole & ~(hangs & (name not in WHILE_HANGING)), each, np.nan)
        for name, each in measured.items()
    }
    state = np.where(is_whole, OperatingState.LOAD.value, OperatingState.UNKNOWN.value)
    return Steps(times, float(CYCLE_S), state, values)


def measure(cycles: Cycles) -> dict[str, Floats]:
    """Every indicator, (n,) each, by its id."""
    features = compute_features(cycles)
    by_load, by_pressure, by_power = valve_features(cycles).T
    return {
        "valve_delay_ms": by_load,
        "valve_share_by_pressure": by_pressure,
        "valve_share_by_power": by_power,
        "efficiency_pct": 100 * efficiency(cycles),
        "efficiency_early_pct": 100 * efficiency(cycles, EARLY),
        "pump_flow_lpm": cycles["FS1"][:, LATE].mean(axis=1),
        "pump_flow_early_lpm": cycles["FS1"][:, EARLY].mean(axis=1),
        "pump_pressure_bar": cycles["PS1"][:, LATE].mean(axis=1),
        "relief_bar": cycles["PS1"][:, RELIEF].mean(axis=1),
        "relief_kw": cycles["EPS1"][:, RELIEF].mean(axis=1) / 1000,
        "cooler_effectiveness_pct": features.cooler[:, 0],
        "oil_temp_c": features.oil_c,
        "load_valve_hangs": features.stuck.astype(float),
        **_measure_optional(cycles),
        **_measure_exchange(cycles, features.oil_c),
    }


def _measure_optional(cycles: Cycles) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    if "FS2" in cycles.values and "TS4" in cycles.values:
        heat = cycles["FS2"] * (cycles["TS3"] - cycles["TS4"])
        found["cooling_kw"] = KW_PER_LPM_K * heat.mean(axis=1)
    if "VS1" in cycles.values:
        found["vibration_mm_s"] = cycles["VS1"].mean(axis=1)
    if "SE" in cycles.values:
        told = cycles["SE"][:, LATE].mean(axis=1)
        flow, load, power_w = (cycles[c][:, LATE].mean(axis=1) for c in ("FS1", "PS2", "EPS1"))
        found["efficiency_factor_pct"] = told
        own = 100 * load * flow / (600 * power_w / 1000)
        found["efficiency_factor_off_pct"] = 100 * np.abs(told / own - 1)
    return found


def _measure_exchange(cycles: Cycles, oil_c: Floats) -> dict[str, Floats]:
    """What the accumulator takes and gives at each event, and the pressures around it."""
    events = read_events(cycles, oil_c)
    found = {}
    for place, event in enumerate(EVENTS):
        found[f"exchange_{event}_lpm_s"] = events.oil[:, place]
        found[f"before_{event}_bar"] = events.before_bar[:, place]
        found[f"after_{event}_bar"] = events.after_bar[:, place]
    return found
