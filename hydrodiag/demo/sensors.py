"""The sensors of the demo machines: range, resolution, noise, and limits with their sources."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SensorKind:
    """`noise` is the standard deviation of one-second means, in `unit`."""

    name: str
    component: str
    quantity: str
    unit: str
    resolution: float
    valid_min: float
    valid_max: float
    noise: float
    is_key: bool = False


COMPONENTS = {
    "pump": ("Main pump", "pump"),
    "valve": ("Proportional valve", "valve"),
    "accumulator": ("Accumulator", "accumulator"),
    "cooler": ("Oil cooler", "cooler"),
    "filter": ("Return filter", "filter"),
    "tank": ("Tank", "tank"),
    "motor": ("Electric motor", "motor"),
}

SENSORS = {
    "P_PUMP": SensorKind("Pump pressure", "pump", "pressure", "bar", 0.1, 0, 400, 0.15, True),
    "P_LOAD": SensorKind("Load pressure", "valve", "pressure", "bar", 0.1, 0, 400, 0.15),
    "P_ACC_LOW": SensorKind(
        "Lowest accumulator pressure", "accumulator", "pressure", "bar", 0.1, 0, 400, 0.4, True
    ),
    "Q_PUMP": SensorKind("Pump flow", "pump", "flow", "l/min", 0.1, 0, 400, 0.1, True),
    "Q_CASE": SensorKind("Case drain flow", "pump", "flow", "l/min", 0.01, 0, 60, 0.03, True),
    "T_TANK": SensorKind(
        "Oil temperature, tank", "tank", "temperature", "°C", 0.1, -40, 150, 0.04, True
    ),
    "T_COOLER_IN": SensorKind(
        "Oil temperature before cooler", "cooler", "temperature", "°C", 0.1, -40, 150, 0.04
    ),
    "T_COOLER_OUT": SensorKind(
        "Oil temperature after cooler", "cooler", "temperature", "°C", 0.1, -40, 150, 0.04
    ),
    "T_AMBIENT": SensorKind(
        "Ambient temperature", "cooler", "temperature", "°C", 0.1, -50, 60, 0.05
    ),
    "POWER": SensorKind("Motor power", "motor", "power", "kW", 0.01, 0, 500, 0.03),
    "DP_FILTER": SensorKind(
        "Pressure drop, return filter", "filter", "pressure", "bar", 0.01, 0, 10, 0.006, True
    ),
    "LEVEL": SensorKind("Oil level", "tank", "level", "%", 0.1, 0, 100, 0.1),
    "VALVE_DELAY": SensorKind(
        "Valve opening delay", "valve", "time", "ms", 1.0, 0, 5000, 6.5, True
    ),
}

# tag -> warn low, warn high, critical low, critical high
# T_TANK: power unit warning and shutdown, Bosch Rexroth RE 51055-B p. 39.
# DP_FILTER: 75 % and 100 % of the clogging indicator, RE 51055-B. VALVE_DELAY: measured on the
# ZeMA rig at 90 % and 73 % valve condition. LEVEL: 10 points below normal, and the minimum.
LIMITS: dict[str, tuple[float | None, float | None, float | None, float | None]] = {
    "T_TANK": (None, 60.0, None, 65.0),
    "DP_FILTER": (None, 1.6, None, 2.2),
    "VALVE_DELAY": (None, 330.0, None, 540.0),
    "LEVEL": (60.0, None, 50.0, None),
}
# Case drain: +50 % and +100 % over the healthy value of the machine.
CASE_DRAIN_FACTORS = (1.5, 2.0)
# Lowest accumulator pressure: what 90 % and 75 % of the nominal pre-charge give.
PRECHARGE_FACTORS = (0.9, 0.75)
