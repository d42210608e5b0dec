"""The rig: its components and seventeen channels."""

from dataclasses import dataclass

CYCLE_S = 60


@dataclass(frozen=True)
class Channel:
    """`rate_hz` is that of the original files; range and resolution are in `unit`."""

    tag: str
    name: str
    component: str
    quantity: str
    unit: str
    rate_hz: int
    resolution: float
    valid_max: float
    valid_min: float = 0.0
    is_key: bool = False


COMPONENTS = {
    "pump": ("Main pump MP1", "pump"),
    "motor": ("Motor of the main pump", "motor"),
    "valve": ("Switching valve V10", "valve"),
    "accumulator": ("Accumulators A1 to A4", "accumulator"),
    "cooler": ("Cooler C1", "cooler"),
    "cooling": ("Cooling and filtration circuit", "circuit"),
}


def _pressure(number: int, name: str, component: str, *, is_key: bool = False) -> Channel:
    high = 400.0 if number < 4 else 50.0
    return Channel(
        f"PS{number}", name, component, "pressure", "bar", 100, 0.001, high, is_key=is_key
    )


def _temperature(number: int, name: str, *, is_key: bool = False) -> Channel:
    return Channel(
        f"TS{number}", name, "cooling", "temperature", "°C", 1, 0.001, 150, -40, is_key=is_key
    )


CHANNELS = (
    _pressure(1, "Pressure after the main pump", "pump", is_key=True),
    _pressure(2, "Pressure after the switching valve", "valve", is_key=True),
    _pressure(3, "Pressure in the return line", "valve"),
    _pressure(4, "Pressure PS4", "accumulator"),
    _pressure(5, "Pressure in the cooling circuit, PS5", "cooling"),
    _pressure(6, "Pressure in the cooling circuit, PS6", "cooling"),
    Channel("EPS1", "Motor power", "motor", "power", "W", 100, 0.1, 10_000, is_key=True),
    Channel("FS1", "Flow of the main circuit", "pump", "flow", "l/min", 10, 0.001, 50, is_key=True),
    Channel("FS2", "Flow of the cooling circuit", "cooling", "flow", "l/min", 10, 0.001, 50),
    _temperature(1, "Oil temperature TS1", is_key=True),
    _temperature(2, "Oil temperature TS2"),
    _temperature(3, "Oil temperature before the cooler"),
    _temperature(4, "Oil temperature after the cooler"),
    Channel("VS1", "Vibration", "motor", "vibration", "mm/s", 1, 0.001, 100),
    Channel("CE", "Cooling efficiency (virtual)", "cooler", "efficiency", "%", 1, 0.001, 120),
    Channel("CP", "Cooling power (virtual)", "cooler", "power", "kW", 1, 0.001, 20),
    Channel("SE", "Efficiency factor (virtual)", "pump", "efficiency", "%", 1, 0.001, 150),
)
TAGS = tuple(channel.tag for channel in CHANNELS)
LABELS = ("cooler", "valve", "pump", "accumulator")
