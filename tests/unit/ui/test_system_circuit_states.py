"""What a component is taken for, and how it is."""

from datetime import timedelta

import pytest

from hydrodiag.diagnostics.records import Severity
from hydrodiag.ui.system_circuit_kinds import Kind, Place, find_place, recognise_kind
from hydrodiag.ui.system_circuit_states import Condition, find_sensor_states, judge_score
from tests.unit.ui.circuits import (
    NOW,
    component_of,
    finding_of,
    health_of,
    measured_at,
    states_of,
)
from tests.unit.ui.measured import sensor_of

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("pump", Kind.PUMP), ("Axial piston pump", Kind.PUMP), ("motor-pump", Kind.PUMP),
        ("pump motor", Kind.MOTOR), ("hydraulic motor", Kind.ROTARY), ("reservoir", Kind.TANK),
        ("heat exchanger", Kind.COOLER), ("cylinder valve", Kind.VALVE), ("gizmo", Kind.OTHER),
    ],
)  # fmt: skip
def test_kinds_are_recognised_by_their_last_known_word(words: str, kind: Kind) -> None:
    assert recognise_kind(component_of(words)) is kind


def test_a_filter_stands_where_its_name_says() -> None:
    assert find_place(component_of("filter", "Return filter")) is Place.RETURN
    assert find_place(component_of("filter", "Main", "suction_filter")) is Place.SUCTION
    assert find_place(component_of("filter", "Fine filter")) is Place.PRESSURE


@pytest.mark.parametrize(
    ("score", "condition"),
    [(80, Condition.GOOD), (79.9, Condition.WORN), (50, Condition.WORN), (49.9, Condition.BAD),
     (None, Condition.UNKNOWN)],
)  # fmt: skip
def test_the_score_is_judged_as_on_the_cards(score: float | None, condition: Condition) -> None:
    assert judge_score(score) is condition


def test_the_worst_finding_counts_before_the_health() -> None:
    findings = [finding_of("pump", Severity.ADVISORY), finding_of("pump", Severity.ALARM)]
    [state] = states_of([component_of("pump")], [], findings, [health_of("pump", 95)])
    assert state.condition is Condition.BAD
    assert [each.severity for each in state.findings] == [Severity.ALARM, Severity.ADVISORY]
    assert state.score == 95


def test_checks_find_a_component_by_another_word_for_it() -> None:
    [state] = states_of([component_of("reservoir")], [], [finding_of("tank", Severity.WARNING)],
                        [health_of("tank", 30)])  # fmt: skip
    assert state.condition is Condition.WORN
    assert state.score == 30


def test_a_finding_of_a_sensor_is_of_the_component_that_it_sits_at() -> None:
    cooler, pump = component_of("cooler"), component_of("pump")
    sensors = [measured_at(cooler, "T_OUT", age=SECOND), measured_at(pump, "P1", age=SECOND)]
    findings = [finding_of("sensor:T_OUT", Severity.WARNING)]
    one, other = states_of([cooler, pump], sensors, findings)
    assert (one.condition, other.condition) == (Condition.WORN, Condition.UNKNOWN)
    assert [each.sensor.tag for each in other.sensors] == ["P1"]


def test_components_of_one_kind_share_and_say_so() -> None:
    parts = [component_of("pump"), component_of("gear pump"), component_of("a"), component_of("b")]
    states = states_of(parts, [], [], [health_of("pump", 60)])
    assert [each.condition for each in states[:2]] == [Condition.WORN] * 2
    assert [each.twins for each in states] == [1, 1, 0, 0]


def test_a_reading_is_stale_after_five_intervals_but_not_before_five_minutes() -> None:
    assert not measured_at(None, "P1", age=timedelta(minutes=4)).is_stale
    assert measured_at(None, "P1", age=timedelta(minutes=6)).is_stale


def test_key_sensors_come_first_and_silent_ones_have_no_value() -> None:
    sensors = [sensor_of("A"), sensor_of("Z", is_key=True)]
    states = find_sensor_states(sensors, [], NOW)
    assert [each.sensor.tag for each in states] == ["Z", "A"]
    assert states[0].value is None
    assert not states[0].is_stale
