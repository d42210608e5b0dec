"""A small simulator of the ZeMA rig: pump, relief valve, accumulator, switching valve, load, tank.

One lane is one working cycle; all lanes advance together in steps of 5 ms, and means of a second
come out. bar, l/min, W, °C. The oil that the accumulator exchanges follows from its gas.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from hydrodiag.diagnostics.cycles.shape import Cycles
from hydrodiag.readings.zema.rig import TAGS

Floats = np.ndarray
DT_S, PRE_S, LENGTH_S = 0.005, 2, 60
LOADS = ((9, 120.5), (19, 130.5), (29, 140.3), (39, 130.4), (49, 125.5))
REST_BAR, STUCK_BAR = 125.5, 164.2
DELAYS_S = {73: 0.580, 80: 0.448, 90: 0.340, 100: 0.272}
COOLER = {3: 0.198, 20: 0.277, 100: 0.472}
LEAKS_LPM = (0.0, 0.25, 0.36)
AMBIENT_C = 22.6
NOISE = {"PS1": 0.05, "PS2": 0.05, "EPS1": 1.5, "FS1": 0.02, "FS2": 0.006,
         "TS1": 0.04, "TS3": 0.02, "TS4": 0.02, "VS1": 0.006}  # fmt: skip


@dataclass
class Rig:
    """Conditions of n cycles, as in the labels of the set; `is_stuck`: the load valve hangs."""

    oil_c: Floats
    cooler: Floats
    valve: Floats
    pump: Floats
    precharge_bar: Floats
    is_stuck: Floats
    p1: Floats = field(init=False)
    load: Floats = field(init=False)
    spool: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.load = REST_BAR - 0.235 * (self.oil_c - 36)
        self.p1 = self.load + 26
        self.spool = np.ones(len(self.oil_c))


def simulate(
    oil_c: Floats,
    *,
    cooler: Floats | float = 100,
    valve: Floats | float = 100,
    pump: Floats | float = 0,
    precharge_bar: Floats | float = 130,
    is_stuck: Floats | bool = False,
    seed: int = 1,
) -> Cycles:
    """Cycles in the channels that the diagnostics read, and the optional ones."""
    given = (np.broadcast_to(np.asarray(each, float), np.shape(oil_c))
             for each in (cooler, valve, pump, precharge_bar))  # fmt: skip
    rig = Rig(np.asarray(oil_c, float), *given, np.broadcast_to(is_stuck, np.shape(oil_c)))
    return Cycles(_measure(rig, _run(rig), np.random.default_rng(seed)))


def _run(rig: Rig) -> Floats:
    """(3, n, 60): pump pressure, load pressure and flow as means of each second."""
    per_second = round(1 / DT_S)
    out = np.zeros((3, len(rig.oil_c), LENGTH_S))
    for step in range(-PRE_S * per_second, LENGTH_S * per_second):
        told = _advance(rig, step * DT_S)
        if step >= 0:
            out[:, :, step // per_second] += told
    return out / per_second


def _advance(rig: Rig, time_s: float) -> Floats:
    warm = rig.oil_c - 36
    target, shut = _command(rig, time_s)
    rig.spool += DT_S / 0.012 * (~shut - rig.spool)
    rig.load += DT_S / 0.09 * (target - rig.load)
    free = np.maximum(0, (rig.p1 - rig.load - 24.9) / 0.14)
    flow = np.minimum(free, 13 * rig.spool)
    relief = np.maximum(0, (rig.p1 - 188.9 + 0.07 * warm) / 0.33)
    leak = np.interp(rig.pump, (0, 1, 2), LEAKS_LPM) / 150
    slip = 0.0065 + 3e-5 * warm + leak
    stiff = np.where(free < 13 * rig.spool, 1 / 0.14, 0) + np.where(relief > 0, 1 / 0.33, 0) + slip
    net = 8.85 - slip * rig.p1 - flow - relief
    rig.p1 = np.maximum(rig.p1 + DT_S * net / 60 / (1.5e-4 + _gas(rig) + DT_S * stiff / 60), 0)
    opened = np.minimum(rig.load, np.maximum(rig.p1 - 24.9, 0)) + 0.02 * flow
    return np.array([rig.p1, np.where(rig.spool > 0.5, opened, 0), flow])


def _command(rig: Rig, time_s: float) -> tuple[Floats, Floats]:
    delay = np.interp(rig.valve, list(DELAYS_S), list(DELAYS_S.values()))
    shut = (time_s > 0.07) & (time_s < 9 + delay)
    level = next((bar for start, bar in reversed(LOADS) if time_s >= start + 0.05), REST_BAR)
    target = level - 0.235 * (rig.oil_c - 36)
    return np.where(rig.is_stuck & (19.1 < time_s < 49.1), STUCK_BAR, target), shut


def _gas(rig: Rig) -> Floats:
    """What the accumulator takes per bar, above its pre-charge only [l/bar]."""
    effective = (rig.precharge_bar + 1) * (rig.oil_c + 273) / 293 - 1
    pressure = np.maximum(rig.p1, effective)
    taken = 0.46 / 1.2 * effective ** (1 / 1.2) * pressure ** (-1 / 1.2 - 1)
    return np.where(rig.p1 > effective, taken, 0)


def _measure(rig: Rig, ran: Floats, chance: np.random.Generator) -> dict[str, Floats]:
    warm, (p1, p2, flow) = rig.oil_c - 36, ran
    before = rig.oil_c + 3.05 - 0.06 * warm
    share = np.interp(rig.cooler, list(COOLER), list(COOLER.values()))
    pump = rig.pump[:, None]
    flat = {
        "FS2": 10.16 - 0.057 * warm, "TS1": rig.oil_c, "TS3": before,
        "TS4": before - share * (before - AMBIENT_C), "VS1": 0.523 + 0.0048 * warm,
    }  # fmt: skip
    found = {
        "PS1": p1, "PS2": p2, "FS1": flow,
        "EPS1": (314 - 1.7 * warm)[:, None] + (13.84 - 0.02 * warm)[:, None] * p1
        + 6 * pump + 0.1 * pump * p1,
        **{name: np.repeat(each[:, None], LENGTH_S, axis=1) for name, each in flat.items()},
    }  # fmt: skip
    found = {
        name: np.maximum(each + chance.normal(0, NOISE[name], each.shape), 0)
        for name, each in found.items()
    }
    found["SE"] = 100 * found["PS2"] * found["FS1"] / (0.6 * found["EPS1"])
    found["CE"] = 100 * (found["TS3"] - found["TS4"]) / (found["TS3"] - AMBIENT_C)
    return found


def write_valve_sessions(folder: Path, sessions: int = 3, each: int = 12) -> Path:
    """Sessions in which the valve slows down, in the set's own layout; the table of readings."""
    valve = np.tile(np.repeat([100, 90, 80, 73], each), sessions)
    session = np.repeat(np.arange(sessions), 4 * each)
    oil_c = 40 + 3 * session + np.random.default_rng(1).uniform(0, 6, len(valve))
    cycles = simulate(oil_c, valve=valve)
    place = {
        "cycle": np.repeat(np.arange(len(valve)), LENGTH_S),
        "t_s": np.tile(np.arange(LENGTH_S), len(valve)),
    }
    told = {tag: cycles[tag].ravel() if tag in cycles.values else 1.0 for tag in TAGS}
    pd.DataFrame({**place, **told}).to_parquet(folder / "readings.parquet")
    labels = {"cooler": 100, "valve": valve, "pump": 0, "accumulator": 130, "stable": 1}
    pd.DataFrame({"cycle": np.arange(len(valve)), **labels, "session": session}).to_csv(
        folder / "labels.csv", index=False
    )
    return folder / "readings.parquet"
