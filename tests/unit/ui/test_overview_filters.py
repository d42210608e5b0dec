import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.ui.overview_filters import FleetFilter, filter_machines
from tests.unit.ui.fleet_states import machine_of

PRESS = machine_of("HPU-07", name="Große Presse", kind="press", site="Plant A", state="ok")
RIG = machine_of("RIG-1", name="Test rig", kind="test rig", site="Plant B", state="critical")
LOOSE = machine_of("X", name="Loose", kind="other", site="", state="no_data")
FLEET = [PRESS, RIG, LOOSE]


def test_no_restriction_keeps_the_fleet_in_its_order() -> None:
    assert filter_machines(reversed(FLEET), FleetFilter()) == FLEET[::-1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hpu", [PRESS]),
        ("GROSSE", [PRESS]),
        ("rig", [RIG]),
        ("plant", [PRESS, RIG]),
        ("plant press", [PRESS]),
        ("press plant", [PRESS]),
        ("  rig  b ", [RIG]),
        ("   ", FLEET),
        ("nowhere", []),
        ("press nowhere", []),
    ],
)
def test_all_words_are_looked_for_in_any_order_and_case(text: str, found: list) -> None:
    assert filter_machines(FLEET, FleetFilter(text)) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (FleetFilter(sites=frozenset({"Plant A"})), [PRESS]),
        (FleetFilter(sites=frozenset({"Plant A", "Plant B"})), [PRESS, RIG]),
        (FleetFilter(kinds=frozenset({"other"})), [LOOSE]),
        (FleetFilter(states=frozenset({"critical", "no_data"})), [RIG, LOOSE]),
        (FleetFilter("plant", states=frozenset({"critical"})), [RIG]),
        (FleetFilter(sites=frozenset({"Plant A"}), kinds=frozenset({"test rig"})), []),
        (FleetFilter(sites=frozenset({"A plant that is gone"})), []),
    ],
)
def test_choices_add_up_within_a_field_and_narrow_across_fields(
    wanted: FleetFilter, found: list
) -> None:
    assert filter_machines(FLEET, wanted) == found


@pytest.mark.parametrize("text", ["(", "[a", "\\", ".*", "%"])
def test_signs_in_a_search_have_no_meaning(text: str) -> None:
    assert filter_machines(FLEET, FleetFilter(text)) == []


@given(st.text(min_size=1))
def test_a_machine_is_found_by_its_own_name(name: str) -> None:
    machine = machine_of("X", name=name)
    assert FleetFilter(name).accepts(machine)


@given(st.text(), st.sampled_from(["ok", "critical"]))
def test_a_further_restriction_never_finds_more(text: str, state: str) -> None:
    wide = filter_machines(FLEET, FleetFilter(text))
    narrow = filter_machines(FLEET, FleetFilter(text, states=frozenset({state})))
    assert all(machine in wide for machine in narrow)
