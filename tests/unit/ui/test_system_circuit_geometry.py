"""Where the parts of the circuit stand, and what joins them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.ui.system_circuit_geometry import (
    LINE_PX,
    RADIUS_PX,
    Circuit,
    LineKind,
    Part,
    Spot,
    lay_out,
    measure_px,
)
from hydrodiag.ui.system_circuit_kinds import Place

MACHINE = (Place.TANK, Place.DRIVE, Place.PUMP, Place.PRESSURE, Place.ACCUMULATOR, Place.VALVE,
           Place.ACTUATOR, Place.COOLER, Place.RETURN)  # fmt: skip


def parts_of(*places: Place, text_lines: int = 5, is_drained: bool = False) -> list[Part]:
    return [
        Part(f"{place}-{number}", place, text_lines, is_drained)
        for number, place in enumerate(places)
    ]


def spots_of(circuit: Circuit) -> dict[str, Spot]:
    return {each.code.split("-")[0]: each for each in circuit.spots}


def ends_of(circuit: Circuit, kind: LineKind) -> set[tuple[float, float]]:
    return {point for line in circuit.lines if line.kind is kind for point in line.points}


def test_the_oil_goes_up_on_the_left_and_comes_down_on_the_right() -> None:
    spots = spots_of(lay_out(parts_of(*MACHINE)))
    up = [spots[each].y for each in ("pump", "pressure", "valve", "actuator")]
    down = [spots[each].y for each in ("cooler", "return", "tank")]
    assert up == sorted(up, reverse=True)
    assert down == sorted(down)
    assert len({spots[each].x for each in ("pump", "pressure", "valve", "actuator")}) == 1
    assert {spots[each].x for each in ("cooler", "return", "tank")} == {spots["pump"].x + 1}


def test_motor_and_accumulator_stand_beside_pump_and_valve() -> None:
    spots = spots_of(lay_out(parts_of(*MACHINE)))
    for aside, of in (("drive", "pump"), ("accumulator", "valve")):
        assert spots[aside].x == pytest.approx(spots[of].x - 1)
        assert spots[aside].y == spots[of].y
    assert spots["drive"].is_text_below


def test_without_an_actuator_the_way_through_the_load_is_told_apart() -> None:
    kinds = {line.kind for line in lay_out(parts_of(*MACHINE)).lines}
    assert LineKind.LOAD not in kinds
    without = [each for each in MACHINE if each is not Place.ACTUATOR]
    assert LineKind.LOAD in {line.kind for line in lay_out(parts_of(*without)).lines}


def test_below_the_pump_is_suction_above_it_pressure() -> None:
    circuit = lay_out(parts_of(Place.TANK, Place.SUCTION, Place.PUMP, Place.VALVE, Place.RETURN))
    pump = spots_of(circuit)["pump"]
    assert all(y <= pump.y for _, y in ends_of(circuit, LineKind.PRESSURE))
    assert all(y >= pump.y for _, y in ends_of(circuit, LineKind.SUCTION))


def test_the_case_drain_leads_from_the_pump_to_the_tank() -> None:
    circuit = lay_out(parts_of(Place.PUMP, Place.TANK, is_drained=True))
    [drain] = [line for line in circuit.lines if line.kind is LineKind.DRAIN]
    spots = spots_of(circuit)
    assert drain.points[0][1] == spots["pump"].y
    assert drain.points[-1][0] == spots["tank"].x
    plain = lay_out(parts_of(Place.PUMP, Place.TANK))
    assert LineKind.DRAIN not in {line.kind for line in plain.lines}


def test_two_of_a_kind_are_side_by_side_a_third_parallel_to_them() -> None:
    circuit = lay_out(parts_of(*[Place.PUMP] * 3, Place.TANK))
    first, second, third, _ = circuit.spots
    assert (first.x + 1, first.y) == (second.x, second.y)
    assert third.y > second.y
    # It does not feed the pump above it: nothing joins the two in their column.
    between = [line for line in circuit.lines
               if {x for x, _ in line.points} == {second.x}
               and min(y for _, y in line.points) < second.y + RADIUS_PX < third.y - RADIUS_PX
               < max(y for _, y in line.points)]  # fmt: skip
    assert between == []


def test_what_has_no_place_stands_in_rows_below() -> None:
    circuit = lay_out(parts_of(Place.PUMP, Place.TANK, *[Place.ASIDE] * 3))
    aside = [each for each in circuit.spots if each.code.startswith("aside")]
    tank = spots_of(circuit)["tank"]
    assert all(each.y > tank.y for each in aside)
    assert [each.x for each in aside[:2]] == sorted({each.x for each in aside})


@given(st.lists(st.tuples(st.sampled_from(list(Place)), st.integers(1, 12)), max_size=25))
def test_nothing_overlaps_and_nothing_is_cut_off(drawn: list[tuple[Place, int]]) -> None:
    parts = [Part(str(number), place, lines) for number, (place, lines) in enumerate(drawn)]
    circuit = lay_out(parts)
    assert sorted(each.code for each in circuit.spots) == sorted(each.code for each in parts)
    by_code = {each.code: each for each in parts}
    blocks = [(each.x, each.y - RADIUS_PX, each.y - RADIUS_PX + measure_px(by_code[each.code]))
              for each in circuit.spots]  # fmt: skip
    assert all(0 < x < circuit.columns and top >= 0 for x, top, _ in blocks)
    assert all(bottom <= circuit.height_px for _, _, bottom in blocks)
    for x, top, bottom in blocks:
        others = [each for each in blocks if each[0] == x and each != (x, top, bottom)]
        assert all(bottom <= lower or top >= upper for _, lower, upper in others)


def test_text_makes_room_for_itself() -> None:
    [part] = parts_of(Place.PUMP, text_lines=9)
    assert measure_px(part) == 9 * LINE_PX
