"""Physical indicators of a working cycle of the ZeMA rig (UCI 447), vectorised over cycles.

The cycle: to 9.3 s the valve is shut and the relief valve passes everything; then the load steps
at 19, 29, 39 and 49 s. At one reading a second a switching time shows as the share of the old
value in the mean of its second.
"""

from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.cycles.shape import Cycles
from hydrodiag.diagnostics.records import Floats

STEPS_S = (19, 29, 39, 49)
OPENS_S = 9
RELIEF = slice(3, 8)
OPENED = slice(12, 17)
EARLY = slice(14, 18)
LATE = slice(52, 60)
STUCK_BAR, STUCK_LPM = 180.0, 3.0
BAR_LPM_PER_KW = 600.0


@dataclass(frozen=True)
class CycleFeatures:
    """(n,) or (n, k) each. In `stuck` cycles the load valve hangs."""

    oil_c: Floats
    valve: Floats
    pump: Floats
    cooler: Floats
    stuck: "np.ndarray"


def compute_features(cycles: Cycles) -> CycleFeatures:
    oil_c = (cycles["TS1"].mean(axis=1) + cycles["TS3"].mean(axis=1)) / 2
    return CycleFeatures(
        oil_c=oil_c,
        valve=valve_features(cycles),
        pump=np.column_stack([pump_features(cycles), oil_c]),
        cooler=cooler_features(cycles),
        stuck=find_stuck(cycles),
    )


def valve_delay_ms(cycles: Cycles) -> Floats:
    """After the command second: the missing share of the load pressure in the second of opening."""
    load = cycles["PS2"]
    return np.asarray(1000 * (1 - load[:, OPENS_S] / load[:, OPENED].mean(axis=1)))


def valve_features(cycles: Cycles) -> Floats:
    """The delay by load pressure, and by pump pressure and motor power as redundant witnesses."""
    shares = []
    for channel in ("PS1", "EPS1"):
        values = cycles[channel]
        settled, relief = values[:, OPENED].mean(axis=1), values[:, RELIEF].mean(axis=1)
        shares.append((values[:, OPENS_S] - settled) / (relief - settled))
    return np.column_stack([valve_delay_ms(cycles), *shares])


def efficiency(cycles: Cycles, part: slice = LATE) -> Floats:
    pressure, flow, power_w = (cycles[c][:, part].mean(axis=1) for c in ("PS1", "FS1", "EPS1"))
    return np.asarray(pressure * flow / BAR_LPM_PER_KW / (power_w / 1000))


def pump_features(cycles: Cycles) -> Floats:
    """Efficiency, flow and pressure late and early in the cycle, power and pressure at relief."""
    return np.column_stack([
        efficiency(cycles), cycles["FS1"][:, LATE].mean(axis=1),
        cycles["PS1"][:, LATE].mean(axis=1), efficiency(cycles, EARLY),
        cycles["FS1"][:, EARLY].mean(axis=1), cycles["EPS1"][:, RELIEF].mean(axis=1),
        cycles["PS1"][:, RELIEF].mean(axis=1),
    ])  # fmt: skip


def cooler_features(cycles: Cycles) -> Floats:
    return np.asarray(cycles["CE"].mean(axis=1, keepdims=True))


def find_stuck(cycles: Cycles) -> "np.ndarray":
    """The load valve hangs: under load the pump pressure stays at relief and nearly no flow."""
    under_load = slice(11, 58)
    is_high = cycles["PS1"][:, under_load].max(axis=1) > STUCK_BAR
    return np.asarray(is_high & (cycles["FS1"][:, under_load].min(axis=1) < STUCK_LPM))
