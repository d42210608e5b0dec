"""Readings of working cycles as arrays: a row a cycle, a column a second."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.records import Floats, Frame, Instants

CYCLE_S = 60
# The rig's channel, the role that it is read from, and what the role's unit is multiplied by.
ROLES: Mapping[str, tuple[str, float]] = {
    "PS1": ("p_pump", 1.0), "PS2": ("p_load", 1.0), "FS1": ("q_pump", 1.0),
    "EPS1": ("power", 1000.0), "TS1": ("t_tank", 1.0), "TS3": ("t_cooler_in", 1.0),
    "CE": ("cooling_efficiency", 1.0),
}  # fmt: skip
# What some indicators need, and a machine may do without.
OPTIONAL_ROLES: Mapping[str, tuple[str, float]] = {
    "FS2": ("q_cooler", 1.0), "TS4": ("t_cooler_out", 1.0), "VS1": ("vibration", 1.0),
    "SE": ("efficiency_factor", 1.0),
}  # fmt: skip


@dataclass(frozen=True)
class Cycles:
    """`values` map a channel to (n, 60), in the units of the ZeMA rig: bar, l/min, W, °C."""

    values: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def __getitem__(self, channel: str) -> Floats:
        return self.values[channel]

    def pick(self, rows: "np.ndarray | Sequence[int]") -> "Cycles":
        return Cycles({name: each[rows] for name, each in self.values.items()})


def fold(frame: Frame) -> tuple[Cycles, Instants]:
    """Whole cycles out of a frame by the second that begins with one; and when each began.

    Watts, as the rig has them, from the kilowatts of the role.
    """
    count = len(frame.times) // CYCLE_S
    values = {
        name: factor * frame.mean[role][: count * CYCLE_S].reshape(count, CYCLE_S)
        for name, (role, factor) in {**ROLES, **OPTIONAL_ROLES}.items()
        if name in ROLES or role in frame.mean
    }
    return Cycles(values), frame.times[: count * CYCLE_S : CYCLE_S]
