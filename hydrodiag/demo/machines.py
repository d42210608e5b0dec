"""The six demo machines: what they are, how they work, and what happens to each."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Profile = Callable[[Array], Array]


@dataclass(frozen=True)
class Phase:
    """Part of the working cycle. `hold`: the valve is shut, the relief valve passes everything."""

    seconds: int
    load_bar: float
    is_hold: bool = False


@dataclass(frozen=True)
class Shift:
    """Hours of work in UTC; `weekdays` counts from Monday = 0."""

    start_h: float = 0.0
    end_h: float = 24.0
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Faults:
    """Fault parameters as functions of days since the story began.

    `cooler` is the cooler's effectiveness, `leak` the pump's extra leakage at 150 bar (l/min at
    rig size), `valve_ms` the opening delay, `precharge_bar` at 20 degC, `clogging` the filter's
    drop as a multiple of the clean one.
    """

    cooler: Profile = field(default=lambda day: np.full_like(day, 0.36))
    leak: Profile = field(default=np.zeros_like)
    valve_ms: Profile = field(default=lambda day: np.full_like(day, 275.0))
    precharge_bar: Profile = field(default=lambda day: np.full_like(day, 90.0))
    clogging: Profile = field(default=lambda day: 1.0 + 0.012 * np.mod(day + 15, 60))


@dataclass(frozen=True)
class Machine:
    """`scale` is its size against the test rig, `waste` the share of power that heats the oil."""

    code: str
    name: str
    kind: str
    site: str
    description: str
    scale: float
    relief_bar: float
    cycle: tuple[Phase, ...]
    shift: Shift
    ambient_c: float
    waste: float
    tags: tuple[str, ...]
    faults: Faults = field(default_factory=Faults)
    sensor_fault: str | None = None

    @property
    def seed(self) -> int:
        return zlib.crc32(self.code.encode()) % 100_003

    @property
    def cycle_s(self) -> int:
        return sum(phase.seconds for phase in self.cycle)


def ramp(day: Array, start: float, end: float, low: float, high: float) -> Array:
    """From `low` to `high` between two days, level before and after."""
    share = np.clip((day - start) / (end - start), 0.0, 1.0)
    return low + (high - low) * share


PRESSURES = ("P_PUMP", "P_LOAD")
THERMAL = ("T_TANK", "T_COOLER_IN", "T_COOLER_OUT", "T_AMBIENT")
WEEKDAYS = (0, 1, 2, 3, 4)

MACHINES = (
    Machine(
        code="press-1",
        name="Deep-drawing press 1",
        kind="hydraulic press",
        site="Plant A",
        description="630 kN press, two shifts. Simulated: healthy.",
        scale=9.0,
        relief_bar=210.0,
        cycle=(Phase(20, 60.0), Phase(15, 150.0), Phase(10, 0.0, is_hold=True), Phase(15, 40.0)),
        shift=Shift(4, 20, WEEKDAYS),
        ambient_c=22.0,
        waste=0.62,
        tags=(*PRESSURES, "Q_PUMP", "Q_CASE", *THERMAL, "POWER", "DP_FILTER", "LEVEL"),
    ),
    Machine(
        code="imm-2",
        name="Injection moulding machine 2",
        kind="injection moulding machine",
        site="Plant A",
        description="Runs around the clock. Simulated: the oil cooler fouls.",
        scale=6.0,
        relief_bar=185.0,
        cycle=(Phase(12, 130.0), Phase(8, 0.0, is_hold=True), Phase(10, 70.0)),
        shift=Shift(),
        ambient_c=25.0,
        waste=0.9,
        tags=(*PRESSURES, "Q_PUMP", *THERMAL, "POWER", "DP_FILTER", "LEVEL"),
        faults=Faults(cooler=lambda day: ramp(day, 18, 64, 0.38, 0.125)),
    ),
    Machine(
        code="hpu-3",
        name="Rolling mill power unit 3",
        kind="power unit",
        site="Plant B",
        description="Main pump of the screw-down. Simulated: the pump leaks internally.",
        scale=14.0,
        relief_bar=200.0,
        cycle=(Phase(25, 110.0), Phase(25, 145.0), Phase(10, 0.0, is_hold=True)),
        shift=Shift(),
        ambient_c=24.0,
        waste=0.60,
        tags=(*PRESSURES, "Q_PUMP", "Q_CASE", *THERMAL, "POWER", "DP_FILTER"),
        faults=Faults(leak=lambda day: ramp(day, 20, 70, 0.0, 0.62)),
    ),
    Machine(
        code="bench-4",
        name="Valve test bench 4",
        kind="test bench",
        site="Plant B",
        description="Proportional valve in endurance test. Simulated: the spool lags.",
        scale=1.0,
        relief_bar=188.9,
        cycle=(Phase(9, 0.0, is_hold=True), Phase(21, 120.5), Phase(30, 135.0)),
        shift=Shift(),
        ambient_c=22.6,
        waste=0.98,
        tags=(*PRESSURES, "Q_PUMP", *THERMAL, "POWER", "VALVE_DELAY", "DP_FILTER"),
        faults=Faults(
            cooler=lambda day: np.full_like(day, 0.472),
            valve_ms=lambda day: ramp(day, 25, 62, 275.0, 470.0),
        ),
    ),
    Machine(
        code="shear-5",
        name="Scrap shear 5",
        kind="scrap shear",
        site="Yard",
        description="Accumulator drive, one shift. Simulated: the pre-charge gets lost.",
        scale=18.0,
        relief_bar=230.0,
        cycle=(Phase(20, 170.0), Phase(10, 60.0)),
        shift=Shift(5, 17, (0, 1, 2, 3, 4, 5)),
        ambient_c=15.0,
        waste=0.70,
        tags=("P_PUMP", "P_ACC_LOW", "Q_PUMP", "Q_CASE", *THERMAL, "POWER", "DP_FILTER", "LEVEL"),
        faults=Faults(precharge_bar=lambda day: ramp(day, 5, 75, 90.0, 74.0)),
    ),
    Machine(
        code="loader-6",
        name="Wheel loader 6",
        kind="mobile machine",
        site="Yard",
        description="Telematics over radio. Simulated: the tank temperature sensor fails.",
        scale=12.0,
        relief_bar=220.0,
        cycle=(Phase(10, 90.0), Phase(10, 150.0), Phase(10, 30.0)),
        shift=Shift(5, 18, (0, 1, 2, 3, 4, 5)),
        ambient_c=14.0,
        waste=0.66,
        tags=(*PRESSURES, "Q_PUMP", "T_TANK", "T_AMBIENT", "POWER", "DP_FILTER", "LEVEL"),
        sensor_fault="T_TANK",
    ),
)
