"""Units as formulas count with them: a factor and an offset to SI, and what they measure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from hydrodiag.readings.ingest.units import base_form, find_unit

Dimension = Mapping[str, Fraction]
# A speed in rpm holds an angle. Whoever needs flow from displacement a revolution, or power from
# torque, takes it out with one of these.
ANGLES = {"rad": 1.0, "rev": 2 * math.pi}
# Decibels are logarithms: they are only compared and subtracted, like a unit nobody knows.
OPAQUE = ("dB",)
# What a result is shown in that no unit was asked for.
NATURAL = (
    "", "bar", "l/min", "kW", "K", "l", "m/s", "m/s²", "cSt", "rpm", "°", "J", "s", "m", "kg",
    "N", "kg/m³", "V", "A",
)  # fmt: skip
SYMBOLS = {
    "kilogram": "kg", "meter": "m", "second": "s", "kelvin": "K", "ampere": "A", "radian": "rad",
}  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """value * factor + offset is in base units; `dimension` is sorted, without zeros.

    With an offset (°C, °F) a value is a point on a scale, not an amount.
    """

    name: str
    factor: float
    offset: float
    dimension: tuple[tuple[str, Fraction], ...]

    @property
    def is_point(self) -> bool:
        return self.offset != 0

    @property
    def words(self) -> str:
        return self.name or "a plain number"


def known_unit(text: str) -> Unit | None:
    if text in ANGLES:
        return _build(text, ANGLES[text], 0.0, {"radian": Fraction(1)})
    name = find_unit(text)
    return None if name is None else _read(name)


def sensor_unit(text: str) -> Unit:
    """Of a sensor: a unit that is not known is one of its own, and goes with itself only."""
    if not text.strip():
        return PLAIN
    return known_unit(text) or _opaque(text.strip())


def natural_unit(dimension: Dimension) -> Unit:
    key = _sorted(dimension)
    for name in NATURAL:
        if _read(name).dimension == key:
            return _read(name)
    return Unit(_write(key), 1.0, 0.0, key)


def combine(left: Unit, right: Unit, sign: int) -> Dimension:
    """Of left * right (sign 1) or left / right (sign -1)."""
    powers = dict(left.dimension)
    for base, power in right.dimension:
        powers[base] = powers.get(base, Fraction(0)) + sign * power
    return powers


def raise_to(unit: Unit, exponent: Fraction) -> Dimension:
    return {base: power * exponent for base, power in unit.dimension}


@cache
def _read(name: str) -> Unit:
    if name in OPAQUE:
        return _opaque(name)
    factor, offset, exponents = base_form(name)
    return _build(name, factor, offset, {base: Fraction(n) for base, n in exponents.items()})


def _opaque(name: str) -> Unit:
    return _build(name, 1.0, 0.0, {name: Fraction(1)})


def _build(name: str, factor: float, offset: float, dimension: Dimension) -> Unit:
    return Unit(name, factor, offset, _sorted(dimension))


def _sorted(dimension: Dimension) -> tuple[tuple[str, Fraction], ...]:
    return tuple(sorted((base, power) for base, power in dimension.items() if power))


def _write(dimension: tuple[tuple[str, Fraction], ...]) -> str:
    above = "·".join(_write_power(base, power) for base, power in dimension if power > 0)
    below = "·".join(_write_power(base, -power) for base, power in dimension if power < 0)
    if not below:
        return above
    return f"{above or '1'}/{f'({below})' if '·' in below else below}"


def _write_power(base: str, power: Fraction) -> str:
    symbol = SYMBOLS.get(base, base)
    plain = {Fraction(1): "", Fraction(2): "²", Fraction(3): "³"}
    return f"{symbol}{plain.get(power, f'^{power}')}"


PLAIN = _read("")
KELVIN = _read("K")
