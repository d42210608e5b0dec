import pytest

from hydrodiag.ui.metrics_panels import Limit, Panel, build_panels, list_limits, split_limits
from hydrodiag.ui.quantities import THIN_SPACE
from hydrodiag.ui.theme import Tone
from tests.unit.ui.measured import sensor_of

ALL_LIMITS = {"warn_low": 20, "critical_low": 10, "warn_high": 180, "critical_high": 250}


def list_tags(panels: list[Panel]) -> list[list[str]]:
    return [[sensor.tag for sensor in panel.sensors] for panel in panels]


def limit_at(value: float) -> Limit:
    return Limit(value, f"{value}", f"{value}", Tone.WARNING, "dot")


def test_sensors_of_a_quantity_share_a_panel() -> None:
    sensors = [sensor_of("P1"), sensor_of("T1", "temperature", "°C"), sensor_of("P2")]
    assert list_tags(build_panels(sensors)) == [["P1", "P2"], ["T1"]]


def test_units_do_not_share_an_axis() -> None:
    assert list_tags(build_panels([sensor_of("P1"), sensor_of("P2", unit="mbar")])) == [
        ["P1"],
        ["P2"],
    ]


@pytest.mark.parametrize(
    ("largest", "is_shared"),
    [(400, True), (50, True), (49, False), (3200, True), (3201, False), (None, True)],
)
def test_scales_far_apart_do_not_share_an_axis(largest: float | None, is_shared: bool) -> None:
    sensors = [sensor_of("PUMP", valid_max=400), sensor_of("OTHER", valid_max=largest)]
    assert len(build_panels(sensors)) == (1 if is_shared else 2)


def test_a_range_below_zero_counts_by_its_size() -> None:
    sensors = [
        sensor_of("VACUUM", valid_min=-400, valid_max=0),
        sensor_of("PUMP", valid_min=0, valid_max=400),
    ]
    assert len(build_panels(sensors)) == 1


def test_no_sensors_make_no_panels() -> None:
    assert build_panels([]) == []


@pytest.mark.parametrize(("unit", "title"), [("bar", "Pressure [bar]"), ("", "Pressure")])
def test_a_title_names_quantity_and_unit(unit: str, title: str) -> None:
    assert build_panels([sensor_of("P1", unit=unit)])[0].title == title


def test_a_lone_sensor_s_limits_are_named_by_their_meaning() -> None:
    limits = list_limits(build_panels([sensor_of("P1", **ALL_LIMITS)])[0])
    assert [each.label for each in limits] == [
        f"critical above 250{THIN_SPACE}bar",
        f"warning above 180{THIN_SPACE}bar",
        f"warning below 20{THIN_SPACE}bar",
        f"critical below 10{THIN_SPACE}bar",
    ]


def test_limits_of_several_sensors_name_them() -> None:
    panel = build_panels([sensor_of("P1", warn_high=180), sensor_of("P2", warn_high=200)])[0]
    assert [each.label for each in list_limits(panel)] == [
        f"P1 warning above 180{THIN_SPACE}bar",
        f"P2 warning above 200{THIN_SPACE}bar",
    ]


def test_a_limit_of_several_sensors_is_drawn_once() -> None:
    panel = build_panels([sensor_of(tag, warn_high=180) for tag in ("P1", "P2")])[0]
    assert [each.label for each in list_limits(panel)] == [
        f"P1, P2 warning above 180{THIN_SPACE}bar"
    ]


def test_a_limit_of_zero_is_a_limit() -> None:
    panel = build_panels([sensor_of("P1", critical_low=0, warn_low=0)])[0]
    assert [each.value for each in list_limits(panel)] == [0, 0]


def test_a_full_label_always_names_the_sensor() -> None:
    limit = list_limits(build_panels([sensor_of("P1", warn_high=180)])[0])[0]
    assert limit.full_label == f"P1 warning above 180{THIN_SPACE}bar"


def test_critical_and_warning_differ_in_colour_line_and_side() -> None:
    panel = build_panels([sensor_of("P1", warn_high=180, critical_high=181)])[0]
    critical, warning = list_limits(panel)
    assert (critical.tone, critical.side) == (Tone.CRITICAL, "end")
    assert (warning.tone, warning.side) == (Tone.WARNING, "start")
    assert critical.dash != warning.dash


@pytest.mark.parametrize(
    ("low", "high", "near", "far"),
    [
        (100, 150, [50, 200], [49, 201]),
        (100, 100, [95, 105], [94, 106]),
        (-100, -100, [-105, -95], [-106, -94]),
        (0, 0, [0], [1, -1]),
    ],
)
def test_limits_that_would_flatten_the_readings_are_set_apart(
    low: float, high: float, near: list[float], far: list[float]
) -> None:
    split = split_limits([limit_at(value) for value in (*near, *far)], low, high)
    assert [[each.value for each in part] for part in split] == [near, far]


def test_without_limits_nothing_is_near_or_far() -> None:
    assert split_limits([], 0, 1) == ([], [])
