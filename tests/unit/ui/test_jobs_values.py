from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.ui.jobs_values import (
    MAX_PARTS,
    count_entries,
    describe_value,
    format_value,
    list_result_lines,
    name_value,
    summarise_result,
)
from hydrodiag.ui.wording import NOTHING


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("freed_bytes", 2_500_000, "2.5 MB"),
        ("freed_bytes", 0, "0 B"),
        ("took_s", 90, "1 min 30 s"),
        ("took_s", 0.42, "0.42 s"),
        ("retention_period", 86_400, "1 d"),
        ("chunk_interval", 3_600, "1 h"),
        ("rows", 12_345, "12\u202f345"),
        ("ratio", 7.12345, "7.123"),
        ("ratio", 0.0, "0"),
        ("cutoff_at", "2026-07-31T12:00:00+00:00", "2026-07-31 12:00:00"),
        ("cutoff_at", "2026-07-31T12:00:00.5Z", "2026-07-31 12:00:00"),
        ("mode", "seal", "seal"),
        ("took_s", None, NOTHING),
        ("cutoff_at", None, NOTHING),
    ],
)
def test_the_ending_of_a_name_tells_the_unit(name: str, value: object, text: str) -> None:
    assert format_value(name, value) == text


@pytest.mark.parametrize("name", ["dry_run", "freed_bytes", "took_s"])
def test_yes_and_no_are_no_numbers(name: str) -> None:
    assert (format_value(name, True), format_value(name, False)) == ("yes", "no")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("freed_bytes", "Freed"),
        ("took_s", "Took"),
        ("cutoff_at", "Cutoff"),
        ("retention_period", "Retention period"),
        ("already_there", "Already there"),
        ("rows", "Rows"),
    ],
)
def test_a_name_is_shown_without_its_unit(name: str, shown: str) -> None:
    assert name_value(name) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [([], "0 entries"), ([1], "1 entry"), ((1, 2), "2 entries"), ({"rows": 1200}, "1\u202f200")],
)
def test_a_list_is_counted_and_an_object_told(value: object, text: str) -> None:
    assert describe_value("chunks", value) == text


def test_an_object_is_told_by_its_plain_values_in_their_units() -> None:
    value = {"name": "c1", "size_bytes": 1_000, "columns": ["a"], "more": {"a": 1}}
    assert describe_value("chunk", value) == "c1, 1.0 kB"


def test_an_error_is_told_by_its_first_line() -> None:
    assert summarise_result({"rows": 3}, "\nDisk is full\nTraceback") == "Disk is full"


@pytest.mark.parametrize("result", [None, {}])
def test_without_a_result_there_is_a_dash(result: dict[str, Any] | None) -> None:
    assert summarise_result(result) == NOTHING
    assert summarise_result(result, None) == NOTHING


@pytest.mark.parametrize(
    ("reason", "text"),
    [("no licence", "unavailable: no licence"), ("", "unavailable"), (None, "unavailable")],
)
def test_a_state_comes_before_all_counts(reason: str | None, text: str) -> None:
    result = {"rows": 3, "state": "unavailable", "reason": reason}
    assert summarise_result(result) == text


def test_a_result_is_told_by_its_first_values() -> None:
    result = {"table": "sensor_data", "freed_bytes": 3_000, "dry_run": False}
    assert summarise_result(result) == "table sensor_data, freed 3.0 kB, dry run no"


def test_a_result_counts_the_lists_of_all_its_entries() -> None:
    result = {"tables": [{"dropped": [1, 2]}, {"dropped": [3], "kept": []}]}
    assert count_entries(result) == {"dropped": 3}
    assert summarise_result(result) == "dropped 3"


@pytest.mark.parametrize("result", [{"tables": []}, {"tables": [{"dropped": []}]}, {"a": {}}])
def test_a_result_of_empty_lists_had_nothing_to_do(result: dict[str, Any]) -> None:
    assert summarise_result(result) == "nothing to do"


def test_lists_of_plain_values_are_not_counted() -> None:
    assert count_entries({"names": ["a", "b"], "title": "abc"}) == {}


def test_a_line_has_few_parts_however_large_the_result() -> None:
    summary = summarise_result({f"part{number}": number for number in range(20)})
    assert len(summary.split(", ")) == MAX_PARTS


def test_lines_keep_the_order_and_leave_out_lists_and_objects() -> None:
    result = {"freed_bytes": 10, "tables": [1], "more": {"a": 1}, "rows": None}
    assert list_result_lines(result) == [("Freed", "10 B"), ("Rows", NOTHING)]


@given(
    st.dictionaries(
        st.sampled_from(["rows", "freed_bytes", "took_s", "dry_run", "state", "tables", "ratio"]),
        st.none()
        | st.booleans()
        | st.integers(0, 10**12)
        | st.text()
        | st.lists(st.dictionaries(st.text(), st.lists(st.integers()))),
    )
)
def test_any_result_has_a_summary(result: dict[str, Any]) -> None:
    assert summarise_result(result)


def test_an_error_of_blanks_only_is_no_error_text() -> None:
    assert summarise_result({"rows": 3}, " \n") == "rows 3"
