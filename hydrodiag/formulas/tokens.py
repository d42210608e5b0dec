"""The signs of a formula: numbers with their units, tags, operators; each with its column."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from hydrodiag.errors import InvalidInput
from hydrodiag.formulas.units import PLAIN, Unit, known_unit

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
WORD = re.compile(r"[^\W\d]\w*")
QUOTED = re.compile(r'"([^"]*)"|\[([^\]]*)\]')
UNIT = re.compile(r"\s*([^\W\d_]|[°%])[^\s()*+,^\"\[\]=×·÷−-]*")
OPERATORS = "+-*/^(),"
TYPED = {"−": "-", "×": "*", "·": "*", "÷": "/"}


class Kind(Enum):
    NUMBER = auto()
    WORD = auto()
    TAG = auto()
    OPERATOR = auto()
    END = auto()


@dataclass(frozen=True)
class Token:
    """`column` counts from 1 in the line; `end` is the place after it, from 0."""

    kind: Kind
    text: str
    column: int
    end: int
    value: float = math.nan
    unit: Unit = PLAIN


def refuse(column: int, message: str, hint: str) -> InvalidInput:
    return InvalidInput(f"column {column}: {message}", hint=hint)


def split(line: str, start: int) -> Iterator[Token]:
    """The tokens of `line` from place `start` on, the last of kind END."""
    place = start
    while place < len(line):
        if line[place].isspace():
            place += 1
            continue
        token = _read(line, place)
        yield token
        place = token.end
    yield Token(Kind.END, "", len(line) + 1, len(line))


def _read(line: str, place: int) -> Token:
    column = place + 1
    if found := NUMBER.match(line, place):
        return _read_number(line, found)
    if found := QUOTED.match(line, place):
        tag = (found[1] if found[1] is not None else found[2]).strip()
        return Token(Kind.TAG, tag, column, found.end())
    if found := WORD.match(line, place):
        return Token(Kind.WORD, found[0], column, found.end())
    sign = TYPED.get(line[place], line[place])
    if sign in OPERATORS:
        return Token(Kind.OPERATOR, sign, column, place + 1)
    if sign in '"[':
        raise refuse(column, f"the tag after {sign} has no end.", 'Write "…" or […].')
    raise refuse(column, f"{sign} means nothing here.", "Use + - * / ^ ( ) and tags of sensors.")


def _read_number(line: str, found: "re.Match[str]") -> Token:
    value = float(found[0])
    if not math.isfinite(value):
        raise refuse(found.start() + 1, f"{found[0]} is too large.", "Use a smaller number.")
    unit, end = _read_unit(line, found.end())
    return Token(Kind.NUMBER, line[found.start() : end], found.start() + 1, end, value, unit)


def _read_unit(line: str, place: int) -> tuple[Unit, int]:
    """The longest unit right after a number: of `10 bar/PS1` it is bar, of `10 l/min` l/min.

    `in` asks for the unit of the result, and what opens a bracket is a function.
    """
    found = UNIT.match(line, place)
    text = found[0] if found else ""
    while text.strip():
        unit = known_unit(text.strip())
        is_call = line[place + len(text) :].lstrip().startswith("(")
        if unit is not None and text.strip() != "in" and not is_call:
            return unit, place + len(text)
        text = text.rpartition("/")[0]
    return PLAIN, place
