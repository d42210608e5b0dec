import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.labels import split_label
from hydrodiag.readings.ingest.units import EXPRESSIONS, conversion, find_unit

CONVERSIONS = [
    ("MPa", "bar", 12.5, 125.0),
    ("psi", "bar", 1000, 68.9475729),
    ("кгс/см2", "бар", 100, 98.0665),
    ("kPa", "bar", 250, 2.5),
    ("gpm", "l/min", 10, 37.8541178),
    ("л/мин", "l/min", 7, 7),
    ("m3/h", "l/min", 6, 100),
    ("°F", "°C", 212, 100),
    ("K", "degC", 300, 26.85),
    ("in/s", "mm/s", 1, 25.4),
    ("mm2/s", "cSt", 46, 46),
    ("%", "ppm", 0.02, 200),
    ("kW", "W", 1.5, 1500),
    ("rpm", "Hz", 1500, 25),
]


@pytest.mark.parametrize(("given_unit", "wanted", "value", "expected"), CONVERSIONS)
def test_units_of_hydraulics_are_converted(
    given_unit: str, wanted: str, value: float, expected: float
) -> None:
    factor, offset = conversion(given_unit, wanted)
    assert value * factor + offset == pytest.approx(expected, rel=1e-8)


@given(st.sampled_from([pair[:2] for pair in CONVERSIONS]), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same(pair: tuple[str, str], value: float) -> None:
    there, back = conversion(*pair), conversion(*reversed(pair))
    converted = value * there[0] + there[1]
    assert converted * back[0] + back[1] == pytest.approx(value, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Bar", "bar"), ("bar(g)", "bar"), ("бар", "bar"), ("МПа", "MPa"), ("°С", "°C"),
        ("degC", "°C"), ("deg F", "°F"), ("l/min.", "l/min"), ("л/мин", "l/min"), ("об/мин", "rpm"),
        ("1/min", "rpm"), ("мм/с", "mm/s"), ("сСт", "cSt"), ("% ", "%"), ("foo", None), ("", None),
    ],
)  # fmt: skip
def test_spellings_are_known(text: str, unit: str | None) -> None:
    assert find_unit(text) == unit


def test_every_unit_is_known_by_its_own_name() -> None:
    assert [name for name in EXPRESSIONS if name and find_unit(name) != name] == []


@pytest.mark.parametrize(("given_unit", "wanted"), [("bar", "l/min"), ("foo", "bar"), ("°C", "W")])
def test_units_that_do_not_fit_are_refused(given_unit: str, wanted: str) -> None:
    with pytest.raises(InvalidInput):
        conversion(given_unit, wanted)


def test_a_unit_that_nobody_knows_fits_itself() -> None:
    assert conversion("ISO code", "ISO code") == (1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("PS1 [bar]", "PS1", "bar"),
        ("PS1 (MPa)", "PS1", "MPa"),
        ("Pressure, bar", "Pressure", "bar"),
        ("Давление (кгс/см2)", "Давление", "kgf/cm²"),
        ("PS1_bar", "PS1", "bar"),
        ("oil temp °C", "oil temp", "°C"),
        ("PS1", "PS1", ""),
        ("Valve (left)", "Valve (left)", ""),
    ],
)
def test_units_in_names_are_found(text: str, name: str, unit: str) -> None:
    label = split_label(text)
    assert (label.name, label.unit) == (name, unit)
