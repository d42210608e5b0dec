"""Formulas as people type them: one a line, each line right or told what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hydrodiag.errors import InvalidInput
from hydrodiag.formulas.amounts import Amount, Floats, convert
from hydrodiag.formulas.parser import Parsed, parse
from hydrodiag.formulas.running import run
from hydrodiag.formulas.tokens import refuse
from hydrodiag.formulas.units import Unit, sensor_unit

MOST_FORMULAS = 6
MOST_SENSORS = 12


@dataclass(frozen=True)
class Formula:
    """`unit` is that of the result, as it is shown."""

    parsed: Parsed
    unit: Unit

    @property
    def name(self) -> str:
        return self.parsed.name

    @property
    def tags(self) -> tuple[str, ...]:
        return self.parsed.tags

    def evaluate(self, values: Mapping[str, Floats], units: Mapping[str, str]) -> Floats:
        """`values` (n,) by tag in the sensor's unit of `units`; the result (n,) in `unit`."""
        inputs = _build_inputs(self.parsed, values, units)
        return run(self.parsed.steps, inputs).read(self.unit)


@dataclass(frozen=True)
class Mistake:
    line: int
    reason: str

    @property
    def message(self) -> str:
        sign = "," if self.reason.startswith("column ") else ":"
        return f"Line {self.line}{sign} {self.reason}"


@dataclass(frozen=True)
class FormulaList:
    formulas: tuple[Formula, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Of all sensors that are used, once."""
        return tuple(dict.fromkeys(tag for each in self.formulas for tag in each.tags))


def read_formulas(text: str, units: Mapping[str, str]) -> FormulaList:
    """`units` by tag: what a formula may use. Lines that are wrong do not spoil the others."""
    found: list[Formula] = []
    mistakes: list[Mistake] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            _require_room(len(found))
            formula = check(line, units)
            _require_new(formula, found)
        except InvalidInput as error:
            mistakes.append(Mistake(number, str(error)))
            if len(found) >= MOST_FORMULAS or len(mistakes) >= MOST_FORMULAS:
                break
        else:
            found.append(formula)
    return FormulaList(tuple(found), tuple(mistakes))


def check(line: str, units: Mapping[str, str]) -> Formula:
    """Raises InvalidInput, with the column, for what cannot be worked out."""
    parsed = parse(line, units)
    if not parsed.tags:
        raise refuse(line.index("=") + 2, "no sensor is used.", "Use the tag of one or more.")
    nothing = {tag: np.array(np.nan) for tag in parsed.tags}
    result = run(parsed.steps, _build_inputs(parsed, nothing, units))
    if parsed.wanted is None:
        return Formula(parsed, result.unit)
    try:
        convert(result, parsed.wanted)
    except InvalidInput as error:
        raise refuse(parsed.wanted_column, error.message, error.hint) from None
    return Formula(parsed, parsed.wanted)


def _build_inputs(
    parsed: Parsed, values: Mapping[str, Floats], units: Mapping[str, str]
) -> dict[str, Amount]:
    return {tag: Amount.build(values[tag], sensor_unit(units[tag])) for tag in parsed.tags}


def _require_room(count: int) -> None:
    if count >= MOST_FORMULAS:
        raise InvalidInput(f"There is room for {MOST_FORMULAS} derived series.", hint="Remove one.")


def _require_new(formula: Formula, found: list[Formula]) -> None:
    if formula.name in {each.name for each in found}:
        raise refuse(1, f"there is a series {formula.name} above.", "Give it another name.")
    if len(FormulaList((*found, formula)).tags) > MOST_SENSORS:
        raise InvalidInput(
            f"All formulas together use more than {MOST_SENSORS} sensors.", hint="Use fewer."
        )
