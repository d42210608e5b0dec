import pytest

from hydrodiag.formulas import read_formulas
from hydrodiag.ui.metrics_channels import (
    group_channels,
    list_channel_colours,
    list_channels,
    list_sensor_ids,
)
from hydrodiag.ui.metrics_layout import colour_of
from hydrodiag.ui.metrics_view import DerivedChoice, MetricsView
from tests.unit.ui.measured import sensor_of, view_of

P1 = sensor_of("P1")
P2 = sensor_of("P2")
Q1 = sensor_of("Q1", "flow", "l/min")
UNITS = {sensor.tag: sensor.unit for sensor in (P1, P2, Q1)}


def view_with(text: str, *sensors: object) -> MetricsView:
    found = read_formulas(text, UNITS)
    used = tuple(sensor for sensor in (P1, P2, Q1) if sensor.tag in found.tags)
    return view_of(*sensors, derived=DerivedChoice(text, found.formulas, used))


def test_derived_series_come_after_the_sensors_with_name_unit_and_operands() -> None:
    channels = list_channels(view_with("Power = P1 * Q1 in kW", P2))
    assert [(each.name, each.unit) for each in channels] == [("P2", "bar"), ("Power", "kW")]
    assert channels[1].sensors == (P1, Q1)
    assert [each.is_derived for each in channels] == [False, True]


def test_a_series_called_like_a_sensor_can_be_told_from_it() -> None:
    names = [each.name for each in list_channels(view_with("P1 = P1 * 2\nP1 (derived) = P1", P1))]
    assert names[0] == "P1"
    assert len(set(names)) == 3


def test_each_sensor_is_read_once() -> None:
    channels = list_channels(view_with("Power = P1 * Q1 in kW\nLoss = P1 - P2", P1))
    assert list_sensor_ids(channels) == tuple(sorted((P1.id, P2.id, Q1.id)))


def test_derived_series_stand_below_the_sensors_by_unit() -> None:
    view = view_with("a = P1 in MPa\nb = P1 * Q1 in kW\nc = P2 in MPa", P1, P2)
    groups = group_channels(list_channels(view))
    assert [(panel.title, [each.name for each in members]) for panel, members in groups] == [
        ("Pressure [bar]", ["P1", "P2"]),
        ("Derived [MPa]", ["a", "c"]),
        ("Derived [kW]", ["b"]),
    ]


def test_colours_are_those_of_the_lines() -> None:
    view = view_with("a = P1 in MPa\nb = P1 * Q1 in kW\nc = P2 in MPa", P1)
    colours = list_channel_colours(group_channels(list_channels(view)))
    assert colours == {name: colour_of(number) for number, name in enumerate(("P1", "a", "c", "b"))}


@pytest.mark.parametrize("count", [0, 1])
def test_without_formulas_there_are_the_sensors_alone(count: int) -> None:
    assert len(list_channels(view_of(*(P1, P2)[:count]))) == count
