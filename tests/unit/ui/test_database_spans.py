from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.timescale.intervals import spell
from hydrodiag.ui.database_spans import SPELLINGS, UNITS, parse_open_span, parse_span
from hydrodiag.ui.wording import format_span

WHOLE_MINUTES = st.integers(1, 100_000).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("7 days", timedelta(days=7)),
        ("1 day", timedelta(days=1)),
        ("12 h", timedelta(hours=12)),
        ("12h", timedelta(hours=12)),
        ("  12   Hours ", timedelta(hours=12)),
        ("1.5 h", timedelta(minutes=90)),
        ("30 m", timedelta(minutes=30)),
        ("2 weeks", timedelta(days=14)),
        ("1 year", timedelta(days=365)),
        ("0 d", timedelta()),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "7", "days", "-7 days", "7 months", "7 days 3 h", "1.5", "1,5 h", "1e3 h", "inf d"]
)
def test_what_is_no_span_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no span of time") as refused:
        parse_span(text)
    assert "7 days" in refused.value.hint


@pytest.mark.parametrize("unit", [*UNITS, *SPELLINGS])
def test_every_spelling_of_a_unit_counts_in_it(unit: str) -> None:
    assert parse_span(f"3 {unit}") == 3 * parse_span(f"1 {unit}") > timedelta()


@pytest.mark.parametrize("text", ["", "  ", "never", "Never", "for ever", "forever"])
def test_an_open_span_has_no_end(text: str) -> None:
    assert parse_open_span(text) is None


def test_an_open_span_may_have_an_end_and_may_be_wrong() -> None:
    assert parse_open_span("1 year") == timedelta(days=365)
    with pytest.raises(InvalidInput):
        parse_open_span("always")


@given(WHOLE_MINUTES)
def test_a_span_that_the_form_spells_reads_back_as_itself(span: timedelta) -> None:
    assert parse_open_span(spell(span)) == span


def test_for_ever_reads_back_as_for_ever() -> None:
    assert parse_open_span(spell(None)) is None


@given(st.integers(1, 23), st.sampled_from(["h", "min"]))
def test_a_span_of_one_part_as_shown_can_be_written(count: int, unit: str) -> None:
    assert format_span(parse_span(f"{count} {unit}")) == f"{count} {unit}"
