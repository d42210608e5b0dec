from datetime import timedelta

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.diagnostics.records import Evidence, Severity
from hydrodiag.ui.overview_markup import describe_moved
from hydrodiag.ui.overview_wallboard import build_wallboard
from tests.unit.ui.fleet_states import NOW, key_of, machine_of

SEEN = Evidence(
    check_id="cooler_fouled", indicator="cooler_effectiveness",
    indicator_name="Cooler effectiveness", unit="%", value=31.26, warn=50.0, critical=40.0,
    start_at=NOW - timedelta(hours=5), end_at=NOW, steps=20, formula="", source="", expected=62.0,
)  # fmt: skip
FOUND = WorstFinding(
    3, Severity.ALARM, "Cooler fouled", "cooler", NOW - timedelta(hours=5), SEEN, others=2
)


def test_a_tile_tells_state_since_when_and_what_moved() -> None:
    machine = machine_of("hpu-1", key_of("Pressure"), state="critical", reason="cooler fouled")
    told = build_wallboard([machine], {1: FOUND}, NOW, 0, 1)
    for words in (
        "▲ Critical, began 5 h ago", "Machine hpu-1", "Cooler fouled",
        "Cooler effectiveness 31.3, usual 62 %", "Pressure 180.0\u202fbar", "As of 12:00:00 UTC<",
    ):  # fmt: skip
        assert words in told


def test_texts_of_people_are_no_html() -> None:
    told = build_wallboard([machine_of("x", name="<b>Press</b>", site="<i>")], {}, NOW, 0, 1)
    assert "&lt;b&gt;Press&lt;/b&gt;" in told
    assert "<b>" not in told
    assert "<i>" not in told


def test_a_turning_wallboard_says_which_page_it_shows() -> None:
    assert ", page 2 of 3" in build_wallboard([machine_of("x")], {}, NOW, 1, 3)


def test_without_a_finding_or_evidence_nothing_moved() -> None:
    bare = WorstFinding(3, Severity.ALARM, "Cooler fouled", "cooler", NOW)
    assert (describe_moved(None), describe_moved(bare)) == ("", "")
