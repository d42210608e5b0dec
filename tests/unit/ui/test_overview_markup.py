from datetime import timedelta

import pytest

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.diagnostics.records import Severity
from hydrodiag.ui.overview_markup import build_body, build_head, build_totals
from tests.unit.ui.fleet_states import NOW, key_of, machine_of

FOUND = WorstFinding(
    3, Severity.ALARM, "Cooler fouled", "cooler", NOW - timedelta(hours=5), others=2
)


def test_the_head_tells_state_place_and_reason() -> None:
    head = build_head(machine_of("hpu-1", state="warning", reason="oil 71 °C, above 70 °C"), None)
    assert "△ Warning" in head
    assert "hpu-1 · press · Plant A" in head
    assert "Oil 71 °C, above 70 °C." in head


def test_a_reason_that_is_the_finding_is_not_said_twice() -> None:
    machine = machine_of("hpu-1", state="critical", reason="Cooler fouled")
    assert "Cooler fouled" not in build_head(machine, FOUND)


def test_the_body_tells_values_since_when_and_the_age() -> None:
    body = build_body(machine_of("hpu-1", key_of("Pressure")), {1: [1.0, 2.0]}, FOUND, NOW)
    for words in ("Pressure</dt>", "180.0\u202fbar", "began 5 h ago · 2 others",
                  "hourly means of the last 24 hours", "Newest reading just now"):  # fmt: skip
        assert words in body


@pytest.mark.parametrize(
    ("state", "words"), [("critical", "▲ Pressure"), ("stale", "read 3 h ago")]
)
def test_a_quantity_says_when_it_is_not_as_usual(state: str, words: str) -> None:
    key = key_of("Pressure", state=state, at=NOW - timedelta(hours=3))
    assert words in build_body(machine_of("hpu-1", key), {}, None, NOW)


def test_texts_of_people_are_no_html() -> None:
    machine = machine_of(
        "<i>", key_of("<b>", tag='"<u>'), site="<s>", state="warning", reason="<em> high"
    )
    told = build_head(machine, None) + build_body(machine, {1: [1.0, 2.0]}, None, NOW)
    for tag in ("<i>", "<b>", "<u>", "<s>", "<em>", '"&lt;u'):
        assert tag not in told


def test_the_totals_name_no_data_only_where_there_is_such_a_machine() -> None:
    assert "No data" not in build_totals(3, {"ok": 2, "critical": 1})
    assert "– No data</dt><dd>1<" in build_totals(1, {"no_data": 1})
