"""What a component is in the circuit, read from the words by which it was entered."""

from enum import StrEnum

from hydrodiag.fleet import Component


class Kind(StrEnum):
    """The values are also the names by which checks call the components that they look at."""

    TANK = "tank"
    PUMP = "pump"
    MOTOR = "motor"
    FILTER = "filter"
    ACCUMULATOR = "accumulator"
    VALVE = "valve"
    CYLINDER = "cylinder"
    ROTARY = "hydraulic motor"
    COOLER = "cooler"
    OTHER = "other"


class Place(StrEnum):
    """Where in the circuit, along the oil's way."""

    TANK = "tank"
    SUCTION = "suction"
    PUMP = "pump"
    DRIVE = "drive"
    PRESSURE = "pressure"
    ACCUMULATOR = "accumulator"
    VALVE = "valve"
    ACTUATOR = "actuator"
    COOLER = "cooler"
    RETURN = "return"
    ASIDE = "aside"


WORDS = {
    "tank": Kind.TANK, "reservoir": Kind.TANK,
    "pump": Kind.PUMP,
    "motor": Kind.MOTOR, "engine": Kind.MOTOR, "drive": Kind.MOTOR,
    "filter": Kind.FILTER, "strainer": Kind.FILTER,
    "accumulator": Kind.ACCUMULATOR,
    "valve": Kind.VALVE, "manifold": Kind.VALVE, "servovalve": Kind.VALVE,
    "cylinder": Kind.CYLINDER, "ram": Kind.CYLINDER, "actuator": Kind.CYLINDER,
    "cooler": Kind.COOLER, "exchanger": Kind.COOLER, "chiller": Kind.COOLER,
}  # fmt: skip
PLACES = {
    Kind.TANK: Place.TANK, Kind.PUMP: Place.PUMP, Kind.MOTOR: Place.DRIVE,
    Kind.FILTER: Place.PRESSURE, Kind.ACCUMULATOR: Place.ACCUMULATOR, Kind.VALVE: Place.VALVE,
    Kind.CYLINDER: Place.ACTUATOR, Kind.ROTARY: Place.ACTUATOR, Kind.COOLER: Place.COOLER,
    Kind.OTHER: Place.ASIDE,
}  # fmt: skip


def recognise_kind(component: Component) -> Kind:
    """By the last word that is known: a `motor pump` is a pump, a `cylinder valve` a valve."""
    words = _split(component.kind)
    known = [WORDS[word] for word in words if word in WORDS]
    if not known:
        return Kind.OTHER
    if known[-1] is Kind.MOTOR and "hydraulic" in words:
        return Kind.ROTARY
    return known[-1]


def find_place(component: Component) -> Place:
    """A filter stands in the pressure line unless its kind, name or code says another one."""
    kind = recognise_kind(component)
    if kind is Kind.FILTER:
        words = _split(f"{component.kind} {component.name} {component.code}")
        if "return" in words:
            return Place.RETURN
        if "suction" in words:
            return Place.SUCTION
    return PLACES[kind]


def _split(text: str) -> list[str]:
    return text.lower().replace("-", " ").replace("_", " ").split()
