from datetime import timedelta

import pytest

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.diagnostics.records import Severity
from hydrodiag.readings.overview import STATES
from hydrodiag.ui.overview_looks import LABELS, LOOKS, find_state
from hydrodiag.ui.overview_table import MOST_QUANTITIES, build_frame, list_measures
from hydrodiag.ui.wording import NOTHING
from tests.unit.ui.fleet_states import NOW, key_of, machine_of

PRESSURE = ("Pressure", "bar")


def test_the_commonest_quantities_are_shown_first() -> None:
    flow, temperature = key_of("Flow", unit="l/min"), key_of("Oil", unit="°C")
    machines = [
        machine_of("a", flow),
        machine_of("b", temperature, flow),
        machine_of("c", temperature, flow),
    ]
    assert list_measures(machines) == [("Flow", "l/min"), ("Oil", "°C")]


def test_a_unit_of_its_own_is_a_measure_of_its_own() -> None:
    machines = [
        machine_of("a", key_of("Pressure")),
        machine_of("b", key_of("Pressure", unit="psi")),
    ]
    assert list_measures(machines) == [PRESSURE, ("Pressure", "psi")]


def test_only_a_few_quantities_are_shown() -> None:
    machine = machine_of("a", *(key_of(f"Quantity {number}") for number in range(9)))
    assert len(list_measures([machine])) == MOST_QUANTITIES


@pytest.mark.parametrize("machines", [[], [machine_of("a")]])
def test_machines_without_key_sensors_have_no_measures(machines: list) -> None:
    assert list_measures(machines) == []


def test_a_machine_is_told_in_a_row() -> None:
    machine = machine_of(
        "hpu-1",
        key_of("Pressure", sensor_id=7),
        state="critical",
        reason="Pressure 270.0 bar",
        newest_at=NOW - timedelta(minutes=3, seconds=20),
    )
    found = WorstFinding(3, Severity.ALARM, "Cooler fouled", "cooler", NOW - timedelta(hours=5))
    worst = {machine.system_id: found}
    frame = build_frame([machine], [PRESSURE], {7: (1.0, 2.0)}, NOW, worst)
    assert frame.loc[0].to_dict() == {
        "Finding": "▲ Cooler fouled",
        "Since": "5 h ago",
        "State": "▲ Critical",
        "Machine": "Machine hpu-1",
        "Code": "hpu-1",
        "Newest reading": "3 min ago",
        "Pressure [bar]": "180.0",
        "Pressure [bar], 24 h": [1.0, 2.0],
        "Why": "Pressure 270.0 bar",
        "Kind": "press",
        "Site": "Plant A",
    }


def test_a_machine_without_the_quantity_has_an_empty_cell() -> None:
    row = build_frame([machine_of("a")], [PRESSURE], {}, NOW).loc[0]
    assert (row["Pressure [bar]"], row["Pressure [bar], 24 h"]) == (None, [])


def test_a_sensor_that_never_reported_has_a_dash_and_no_line() -> None:
    machine = machine_of("a", key_of("Pressure", value=None), newest_at=None, state="no_data")
    row = build_frame([machine], [PRESSURE], {}, NOW).loc[0]
    assert (row["Pressure [bar]"], row["Newest reading"]) == (NOTHING, NOTHING)
    assert row["Pressure [bar], 24 h"] == []


def test_a_quantity_without_a_unit_has_no_brackets() -> None:
    machine = machine_of("a", key_of("Cleanliness", unit="", resolution=1))
    frame = build_frame([machine], [("Cleanliness", "")], {}, NOW)
    assert frame.loc[0, "Cleanliness"] == "180"


def test_what_is_wrong_stands_beside_the_name_and_what_nobody_says_has_no_column() -> None:
    warm = machine_of("a", state="warning", reason="Oil 71 °C", site="")
    machines = [warm, machine_of("b", site="")]
    frame = build_frame(machines, [], {}, NOW)
    assert frame.columns.tolist() == ["State", "Machine", "Why", "Code", "Newest reading", "Kind"]


def test_machines_stand_in_the_order_given() -> None:
    frame = build_frame([machine_of(code) for code in ("z", "a", "m")], [], {}, NOW)
    assert frame["Code"].tolist() == ["z", "a", "m"]


def test_no_machines_make_no_rows() -> None:
    assert build_frame([], [PRESSURE], {}, NOW).empty


def test_every_state_has_a_sign_and_a_word_of_its_own() -> None:
    assert set(LOOKS) == set(STATES)
    assert len({look.sign for look in LOOKS.values()}) == len(STATES)
    assert [find_state(label) for label in LABELS] == list(STATES)
