"""The steps of a formula, carried out on a stack."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from hydrodiag.errors import InvalidInput
from hydrodiag.formulas import amounts
from hydrodiag.formulas.amounts import Amount
from hydrodiag.formulas.parser import Constant, Operation, Reading, Step
from hydrodiag.formulas.tokens import refuse

OPERATIONS: Mapping[str, Callable[[Sequence[Amount]], Amount]] = {
    "+": lambda given: amounts.add(*given),
    "-": lambda given: amounts.subtract(*given),
    "*": lambda given: amounts.multiply(*given),
    "/": lambda given: amounts.divide(*given),
    "negate": lambda given: amounts.negate(*given),
    "min": amounts.lowest,
    "max": amounts.highest,
    "avg": amounts.mean,
    "abs": amounts.absolute,
    "sqrt": amounts.root,
}


def run(steps: Sequence[Step], inputs: Mapping[str, Amount]) -> Amount:
    """A gap (NaN) where an input has one, and where a step has no finite result.

    Raises InvalidInput, with the column, where units do not go together: that does not depend
    on the values, so a run without values checks a formula.
    """
    stack: list[Amount] = []
    for step in steps:
        match step:
            case Constant():
                stack.append(Amount.build(np.array(step.value), step.unit))
            case Reading():
                stack.append(inputs[step.tag])
            case Operation():
                given = stack[-step.count :]
                del stack[-step.count :]
                stack.append(_apply(step, given))
    return stack[0]


def _apply(step: Operation, given: Sequence[Amount]) -> Amount:
    try:
        with np.errstate(all="ignore"):
            found = (
                amounts.power(given[0], step.exponent)
                if step.sign == "^"
                else OPERATIONS[step.sign](given)
            )
    except InvalidInput as error:
        raise refuse(step.column, error.message, error.hint) from None
    return Amount(np.where(np.isfinite(found.values), found.values, np.nan), found.unit)
