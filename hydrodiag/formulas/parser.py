"""One formula, read into steps for a stack. Recursive descent; every refusal names a column.

line       name "=" sum [ "in" unit ]
sum        product { ("+" | "-") product }
product    signed { ("*" | "/") signed }
signed     [ "-" | "+" ] power
power      atom [ "^" [ "-" ] whole number ]
atom       number [ unit ] | tag | function "(" sum { "," sum } ")" | "(" sum ")"
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches

from hydrodiag.formulas.tokens import Kind, Token, refuse, split
from hydrodiag.formulas.units import Unit, known_unit

LONGEST = 500
LONGEST_NAME = 40
DEEPEST = 30
LARGEST_EXPONENT = 9
# name -> fewest and most arguments
FUNCTIONS = {"min": (2, 12), "max": (2, 12), "avg": (2, 12), "abs": (1, 1), "sqrt": (1, 1)}
EXAMPLE = "Write it as Hydraulic power = PS1 * FS1 in kW."


@dataclass(frozen=True)
class Constant:
    value: float
    unit: Unit


@dataclass(frozen=True)
class Reading:
    tag: str


@dataclass(frozen=True)
class Operation:
    """`sign` is an operator, a function of FUNCTIONS, "negate" or "^" with its exponent."""

    sign: str
    count: int
    column: int
    exponent: int = 1


Step = Constant | Reading | Operation


@dataclass(frozen=True)
class Parsed:
    """`steps` leave one amount on a stack; `wanted` is the unit asked for."""

    name: str
    steps: tuple[Step, ...]
    wanted: Unit | None
    wanted_column: int

    @property
    def tags(self) -> tuple[str, ...]:
        found = (step.tag for step in self.steps if isinstance(step, Reading))
        return tuple(dict.fromkeys(found))


def parse(line: str, tags: Collection[str]) -> Parsed:
    """Raises InvalidInput, with the column, for what is no formula over `tags`."""
    if len(line) > LONGEST:
        raise refuse(LONGEST + 1, f"a formula has at most {LONGEST} characters.", "Shorten it.")
    name, sign, _ = line.partition("=")
    if not sign or not name.strip():
        raise refuse(1, "a name and = are missing.", EXAMPLE)
    if len(name.strip()) > LONGEST_NAME:
        raise refuse(1, f"the name has more than {LONGEST_NAME} characters.", "Shorten it.")
    return _Parser(line, len(name) + 1, tags).read(" ".join(name.split()))


class _Parser:
    def __init__(self, line: str, start: int, tags: Collection[str]) -> None:
        self._line = line
        self._tags = tags
        self._folded = {tag.casefold(): tag for tag in tags}
        self._tokens = split(line, start)
        self._next = next(self._tokens)
        self._depth = 0
        self._steps: list[Step] = []

    def read(self, name: str) -> Parsed:
        self._read_sum()
        column = self._next.column
        wanted = None
        if self._is_word("in"):
            wanted = self._read_wanted()
        elif self._next.kind is not Kind.END:
            raise self._refuse_rest()
        return Parsed(name, tuple(self._steps), wanted, column)

    def _take(self) -> Token:
        token = self._next
        if token.kind is not Kind.END:
            self._next = next(self._tokens)
        return token

    def _is_operator(self, signs: str) -> bool:
        return self._next.kind is Kind.OPERATOR and self._next.text in signs

    def _is_word(self, word: str) -> bool:
        return self._next.kind is Kind.WORD and self._next.text == word

    def _read_sum(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise refuse(
                self._next.column, f"more than {DEEPEST} brackets in each other.", "Split it."
            )
        self._read_chain("+-", self._read_product)
        self._depth -= 1

    def _read_product(self) -> None:
        self._read_chain("*/", self._read_signed)

    def _read_chain(self, signs: str, read_part: Callable[[], None]) -> None:
        read_part()
        while self._is_operator(signs):
            token = self._take()
            read_part()
            self._steps.append(Operation(token.text, 2, token.column))

    def _read_signed(self) -> None:
        token = self._take() if self._is_operator("+-") else None
        self._read_power()
        if token is not None and token.text == "-":
            self._steps.append(Operation("negate", 1, token.column))

    def _read_power(self) -> None:
        self._read_atom()
        if self._is_operator("^"):
            column = self._take().column
            self._steps.append(Operation("^", 1, column, self._read_exponent()))

    def _read_exponent(self) -> int:
        sign = -1 if self._is_operator("-") and self._take() else 1
        token = self._take()
        if not token.text.isdecimal() or token.value > LARGEST_EXPONENT:
            raise refuse(
                token.column, "after ^ comes a whole number.",
                f"Up to {LARGEST_EXPONENT}; for a root use sqrt(…).",
            )  # fmt: skip
        return sign * int(token.value)

    def _read_atom(self) -> None:
        token = self._take()
        if token.kind is Kind.NUMBER:
            self._steps.append(Constant(token.value, token.unit))
        elif token.kind is Kind.WORD and self._is_operator("("):
            self._read_call(token)
        elif token.kind in (Kind.WORD, Kind.TAG) and not self._is_asking(token):
            self._steps.append(Reading(self._find_tag(token)))
        elif token.text == "(":
            self._read_sum()
            self._close(token)
        else:
            found = token.text or "the end"
            raise refuse(token.column, f"a sensor or a number is missing before {found}.", EXAMPLE)

    def _read_call(self, name: Token) -> None:
        if name.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise refuse(name.column, f"there is no function {name.text}.", f"Use {known}.")
        opening = self._take()
        count = 1
        self._read_sum()
        while self._is_operator(","):
            self._take()
            self._read_sum()
            count += 1
        self._close(opening)
        least, most = FUNCTIONS[name.text]
        if not least <= count <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise refuse(name.column, f"{name.text} has {count} values.", f"Give it {wanted}.")
        self._steps.append(Operation(name.text, count, name.column))

    def _close(self, opening: Token) -> None:
        if not self._is_operator(")"):
            if self._next.kind is not Kind.END:
                raise self._refuse_rest()
            raise refuse(opening.column, "this bracket is not closed.", "Put a ) after it.")
        self._take()

    def _is_asking(self, token: Token) -> bool:
        return token.kind is Kind.WORD and token.text == "in"

    def _find_tag(self, token: Token) -> str:
        if token.text in self._tags:
            return token.text
        if token.text.casefold() in self._folded:
            return self._folded[token.text.casefold()]
        near = get_close_matches(token.text, self._tags, n=3, cutoff=0.4)
        hint = f"Did you mean {', '.join(near)}?" if near else "Take a tag of the list Sensors."
        raise refuse(token.column, f"this machine has no sensor {token.text}.", hint)

    def _read_wanted(self) -> Unit:
        text = self._line[self._next.end :].strip()
        unit = known_unit(text) if text else None
        if unit is None:
            what = f"{text} is no unit that HydroDiag knows." if text else "the unit is missing."
            raise refuse(
                self._next.column, what, "Use one like bar, l/min, kW, K, rpm, Nm, %."
            )  # fmt: skip
        return unit

    def _refuse_rest(self) -> Exception:
        token = self._next
        if token.text == "=":
            return refuse(token.column, "there is a second =.", EXAMPLE)
        return refuse(
            token.column, f"{token.text} does not follow on.",
            'Put + - * / or , before it; a tag with other signs goes in "…"; a power is ^.',
        )  # fmt: skip
