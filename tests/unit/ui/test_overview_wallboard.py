from datetime import timedelta

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.diagnostics.records import Evidence, Severity
from hydrodiag.readings.overview import MachineState
from hydrodiag.ui.overview_markup import describe_moved
from hydrodiag.ui.overview_wallboard import (
    MOST_PAGES,
    PAGE_S,
    TILES,
    Wall,
    build_wallboard,
    pick_tiles,
)
from tests.unit.ui.fleet_states import NOW, key_of, machine_of

PAGE = timedelta(seconds=PAGE_S)
SEEN = Evidence(
    check_id="cooler_fouled", indicator="cooler_effectiveness",
    indicator_name="Cooler effectiveness", unit="%", value=31.26, warn=50.0, critical=40.0,
    start_at=NOW - timedelta(hours=5), end_at=NOW, steps=20, formula="", source="", expected=62.0,
)  # fmt: skip
FOUND = WorstFinding(
    3, Severity.ALARM, "Cooler fouled", "cooler", NOW - timedelta(hours=5), SEEN, others=2
)


def wall_of(machine: MachineState) -> Wall:
    return Wall([machine], 0, 1, {})


def test_a_tile_tells_state_since_when_and_what_moved() -> None:
    machine = machine_of("hpu-1", key_of("Pressure"), state="critical", reason="cooler fouled")
    told = build_wallboard(wall_of(machine), {1: FOUND}, NOW)
    for words in (
        "▲ Critical, began 5 h ago", "Machine hpu-1", "Cooler fouled",
        "Cooler effectiveness 31.3, usual 62 %", "Pressure 180.0\u202fbar", "As of 12:00:00 UTC<",
    ):  # fmt: skip
        assert words in told


def test_texts_of_people_are_no_html() -> None:
    told = build_wallboard(wall_of(machine_of("x", name="<b>Press</b>", site="<i>")), {}, NOW)
    assert "&lt;b&gt;Press&lt;/b&gt;" in told
    assert "<b>" not in told
    assert "<i>" not in told


def test_a_turning_wallboard_says_which_page_it_shows() -> None:
    assert " · page 2 of 3" in build_wallboard(Wall([machine_of("x")], 1, 3, {}), {}, NOW)


def test_a_small_fleet_is_shown_whole() -> None:
    machines = [machine_of(str(number)) for number in range(TILES)]
    assert pick_tiles(machines, NOW) == Wall(machines, 0, 1, {})


def test_of_a_large_fleet_those_in_need_take_turns_and_the_others_are_counted() -> None:
    bad = [machine_of(f"bad-{number}", state="critical") for number in range(TILES + 1)]
    good = [machine_of(f"good-{number}") for number in range(90)]
    walls = [pick_tiles([*bad, *good], NOW + number * PAGE) for number in range(2)]
    assert sorted(each.code for wall in walls for each in wall.machines) == sorted(
        each.code for each in bad
    )
    assert {wall.pages for wall in walls} == {2}
    assert "not shown: 90 OK" in build_wallboard(walls[0], {}, NOW)


def test_of_a_large_fleet_without_trouble_the_first_pages_are_shown() -> None:
    wall = pick_tiles([machine_of(str(number)) for number in range(100)], NOW)
    assert (wall.pages, wall.others) == (MOST_PAGES, {"ok": 100 - MOST_PAGES * TILES})


def test_without_a_finding_or_evidence_nothing_moved() -> None:
    bare = WorstFinding(3, Severity.ALARM, "Cooler fouled", "cooler", NOW)
    assert (describe_moved(None), describe_moved(bare)) == ("", "")


def test_machines_without_data_stand_behind_the_good_ones_and_are_shown_all_the_same() -> None:
    good = [machine_of(f"good-{number}") for number in range(20)]
    silent = [machine_of(f"new-{number}", state="no_data") for number in range(3)]
    wall = pick_tiles([*good, *silent], NOW)
    assert (list(wall.machines), wall.others) == (silent, {"ok": 20})
