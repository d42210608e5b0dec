import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.formulas import read_formulas
from hydrodiag.formulas.lines import MOST_FORMULAS, check
from hydrodiag.formulas.parser import DEEPEST, LONGEST

UNITS = {
    "PS1": "bar", "PS2": "bar", "FS1": "l/min", "TS1": "°C", "TS2": "°C", "TF": "°F",
    "N 1": "rpm", "M": "Nm", "ISO4": "ISO code", "ISO6": "ISO code",
}  # fmt: skip
VALUES = {"PS1": 150, "PS2": 100, "FS1": 40, "TS1": 50, "TS2": 45, "TF": 212, "N 1": 1000,
          "M": 100, "ISO4": 18, "ISO6": 16}  # fmt: skip


def work_out(line: str, **values: float) -> tuple[float, str]:
    formula = check(line, UNITS)
    given_values = {tag: np.array([float(each)]) for tag, each in (VALUES | values).items()}
    return float(formula.evaluate(given_values, UNITS)[0]), formula.unit.name


@pytest.mark.parametrize(
    ("line", "value", "unit"),
    [
        ("P = PS1 * FS1 in kW", 10, "kW"),
        ("P = PS1 * FS1", 10, "kW"),
        ("x = PS1 - PS2 + 10 bar", 60, "bar"),
        ("x = ps1 / 2 in MPa", 7.5, "MPa"),
        ("x = -PS1^2 / PS1", -150, "bar"),
        ("x = sqrt(PS1^2)", 150, "bar"),
        ("x = avg(PS1, PS2)", 125, "bar"),
        ("x = min(PS1, max(PS2, 120 bar))", 120, "bar"),
        ("x = abs(PS2 - PS1)", 50, "bar"),
        ("x = (PS1 − PS2) ÷ PS1 in %", 100 / 3, "%"),
        ("x = FS1 / 10 l/min", 4, ""),
        ("x = ISO4 - ISO6", 2, "ISO code"),
        ("q = [N 1] * 20 cm³ / 1 rev in l/min", 20, "l/min"),
        ('p = M * "N 1" / 1 rad in kW', 10.4719755, "kW"),
    ],
)
def test_units_are_converted_by_themselves(line: str, value: float, unit: str) -> None:
    assert work_out(line) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("line", "value", "unit"),
    [
        ("d = TS1 - TS2", 5, "K"),
        ("d = TF - TS1", 50, "K"),
        ("d = (TS1 - TS2) * 2", 10, "K"),
        ("t = TS1 + 10 K", 60, "°C"),
        ("t = avg(TS1, TS2)", 47.5, "°C"),
        ("t = TF in °C", 100, "°C"),
        ("t = TS1 in K", 323.15, "K"),
    ],
)
def test_temperatures_are_points_and_their_differences_amounts(
    line: str, value: float, unit: str
) -> None:
    assert work_out(line) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x = PS1 + TS1", "column 9: bar and °C cannot be added"),
        ("x = TS1 * 2", "column 9: A temperature in °C cannot be multiplied"),
        ("x = TS1 + TS2", "column 9: Two temperatures"),
        ("x = TS1 - TS2 in °C", "column 15: The result is a difference of temperatures"),
        ("x = PS1 + 10", "Give the number its unit, as in 10 bar"),
        ("x = PS1 in l/min", "column 9: The result is in bar"),
        ("x = M * [N 1] in kW", "Divide by 1 rad"),
        ("x = PS9", "column 5: this machine has no sensor PS9. Did you mean"),
        ("x = PS1 PS2", "column 9: PS2 does not follow on"),
        ("x = (PS1", "column 5: this bracket is not closed"),
        ("x = PS1 ^ 1.5", "column 11: after ^ comes a whole number"),
        ("x = open(PS1)", "column 5: there is no function open"),
        ("x = __import__", "this machine has no sensor __import__"),
        ("x = PS1 in furlong", "furlong is no unit"),
        ("x = 3", "no sensor is used"),
        ("PS1", "a name and = are missing"),
        ("x = " + "1+" * LONGEST + "PS1", f"at most {LONGEST} characters"),
        ("x = " + "(" * (DEEPEST + 1), f"more than {DEEPEST} brackets"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(line: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(line, UNITS)
    assert message in str(refused.value)


@pytest.mark.parametrize("line", ["x = PS1 / PS2", "x = sqrt(PS2 - 1 bar)", "x = PS1 * PS2^-1"])
def test_what_has_no_finite_result_is_a_gap(line: str) -> None:
    assert np.isnan(work_out(line, PS2=0)[0])


def test_a_wrong_line_does_not_spoil_the_others() -> None:
    found = read_formulas("a = PS1\n\nb = NOT\nc = FS1", UNITS)
    assert [each.name for each in found.formulas] == ["a", "c"]
    assert [each.line for each in found.mistakes] == [3]
    assert found.mistakes[0].message.startswith("Line 3, column 5: ")


def test_names_are_unique_and_series_few() -> None:
    assert read_formulas("a = PS1\na = PS2", UNITS).mistakes[0].line == 2
    many = "\n".join(f"n{number} = PS1" for number in range(MOST_FORMULAS + 3))
    found = read_formulas(many, UNITS)
    assert (len(found.formulas), len(found.mistakes)) == (MOST_FORMULAS, 1)


def test_a_long_chain_is_worked_out() -> None:
    assert work_out("x = PS1" + "+PS1" * 120)[0] == pytest.approx(150 * 121)


PARTS = ("min(", "sqrt(", "in", "kW", "10 bar", "2", "°C")
SIGNS = st.sampled_from([*UNITS, *'+-*/^()[],=" ', *PARTS])


@given(st.one_of(st.text(max_size=80), st.lists(SIGNS, max_size=40).map("".join)))
def test_any_text_is_worked_out_or_refused(text: str) -> None:
    try:
        formula = check(f"x = {text}", UNITS)
    except InvalidInput:
        return
    values = {tag: np.array([float(each)]) for tag, each in VALUES.items()}
    assert formula.evaluate(values, UNITS).size == 1


@given(st.text(max_size=200))
def test_any_text_of_the_field_is_read(text: str) -> None:
    read_formulas(text, UNITS)
