"""Arithmetic on amounts with units; what makes no sense raises InvalidInput, saying why.

Temperatures in °C and °F are points on a scale. Their difference is an amount in K; a point and
an amount in K may be added; the lowest, highest and mean of points are points. Anything else
with them (twice 40 °C) would depend on where the scale begins, and is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hydrodiag.errors import InvalidInput
from hydrodiag.formulas.units import KELVIN, PLAIN, Unit, combine, natural_unit, raise_to

Floats = NDArray[np.float64]
POINTS = "Take the difference of two temperatures, as in TS1 - 40 °C: it is in K."
ANGLE = (
    "A speed of rotation counts angles. Divide by 1 rad (with a torque) or by 1 rev (with a "
    "displacement a revolution)."
)


@dataclass(frozen=True)
class Amount:
    """`values` in base units, NaN where there is none; `unit` is the one people see."""

    values: Floats
    unit: Unit

    @classmethod
    def build(cls, values: Floats, unit: Unit) -> "Amount":
        return cls(values * unit.factor + unit.offset, unit)

    def read(self, unit: Unit) -> Floats:
        return (self.values - unit.offset) / unit.factor


def add(left: Amount, right: Amount) -> Amount:
    _require_same([left, right], "added")
    if left.unit.is_point and right.unit.is_point:
        raise InvalidInput(
            f"Two temperatures in {left.unit.name} cannot be added.",
            hint="Take their mean with avg(…, …), or add an amount in K.",
        )
    unit = right.unit if right.unit.is_point else left.unit
    return Amount(left.values + right.values, unit)


def subtract(left: Amount, right: Amount) -> Amount:
    _require_same([left, right], "subtracted")
    if right.unit.is_point and not left.unit.is_point:
        raise InvalidInput(
            f"A temperature in {right.unit.name} cannot be taken from an amount in "
            f"{left.unit.name}.",
            hint=POINTS,
        )
    is_difference = left.unit.is_point and right.unit.is_point
    return Amount(left.values - right.values, KELVIN if is_difference else left.unit)


def multiply(left: Amount, right: Amount) -> Amount:
    _require_amounts([left, right], "multiplied")
    return _combine(left, right, 1, left.values * right.values)


def divide(left: Amount, right: Amount) -> Amount:
    _require_amounts([left, right], "divided")
    return _combine(left, right, -1, left.values / right.values)


def negate(amount: Amount) -> Amount:
    _require_amounts([amount], "negated")
    return Amount(-amount.values, amount.unit)


def power(amount: Amount, exponent: int) -> Amount:
    _require_amounts([amount], "raised to a power")
    unit = amount.unit if exponent == 1 else natural_unit(raise_to(amount.unit, Fraction(exponent)))
    return Amount(amount.values ** float(exponent), unit)


def root(amounts: Sequence[Amount]) -> Amount:
    _require_amounts(amounts, "put under a root")
    (amount,) = amounts
    return Amount(np.sqrt(amount.values), natural_unit(raise_to(amount.unit, Fraction(1, 2))))


def absolute(amounts: Sequence[Amount]) -> Amount:
    _require_amounts(amounts, "made positive")
    (amount,) = amounts
    return Amount(np.abs(amount.values), amount.unit)


def lowest(amounts: Sequence[Amount]) -> Amount:
    return _reduce(amounts, np.minimum.reduce)


def highest(amounts: Sequence[Amount]) -> Amount:
    return _reduce(amounts, np.maximum.reduce)


def mean(amounts: Sequence[Amount]) -> Amount:
    return _reduce(amounts, lambda values: np.add.reduce(values) / len(values))


def convert(amount: Amount, unit: Unit) -> Floats:
    """The values in `unit`. Raises InvalidInput where it measures something else."""
    if amount.unit.dimension != unit.dimension:
        raise InvalidInput(
            f"The result is in {amount.unit.words}, which is not convertible to {unit.words}.",
            hint=_advise(amount.unit, unit),
        )
    if unit.is_point and not amount.unit.is_point:
        raise InvalidInput(
            f"The result is a difference of temperatures, not a temperature in {unit.name}.",
            hint="Ask for it in K.",
        )
    return amount.read(unit)


def _advise(found: Unit, wanted: Unit) -> str:
    differ = dict(combine(found, wanted, -1))
    if {base for base, exponent in differ.items() if exponent} == {"radian"}:
        return ANGLE
    return "Units are converted by themselves: leave factors like /600 out, and check the formula."


def _combine(left: Amount, right: Amount, sign: int, values: Floats) -> Amount:
    if right.unit.name == PLAIN.name:
        return Amount(values, left.unit)
    if left.unit.name == PLAIN.name and sign > 0:
        return Amount(values, right.unit)
    return Amount(values, natural_unit(combine(left.unit, right.unit, sign)))


def _reduce(amounts: Sequence[Amount], reduce: Callable[[list[Floats]], Floats]) -> Amount:
    _require_same(amounts, "compared")
    if len({each.unit.is_point for each in amounts}) > 1:
        raise InvalidInput("Temperatures and differences in K cannot be compared.", hint=POINTS)
    return Amount(reduce(list(np.broadcast_arrays(*(e.values for e in amounts)))), amounts[0].unit)


def _require_same(amounts: Sequence[Amount], done: str) -> None:
    first = amounts[0].unit
    for each in amounts[1:]:
        if each.unit.dimension != first.dimension:
            raise InvalidInput(
                f"{first.words} and {each.unit.words} cannot be {done}: they measure different "
                "things.".replace("a plain", "A plain", int(not first.name)),
                hint=_advise_same(first, each.unit),
            )


def _advise_same(one: Unit, other: Unit) -> str:
    named = one.name or other.name
    if PLAIN.name in (one.name, other.name):
        return f"Give the number its unit, as in 10 {named}."
    return "Use sensors of the same quantity, or bring them to one with * and /."


def _require_amounts(amounts: Sequence[Amount], done: str) -> None:
    for each in amounts:
        if each.unit.is_point:
            raise InvalidInput(
                f"A temperature in {each.unit.name} cannot be {done}: the scale begins anywhere.",
                hint=POINTS,
            )
