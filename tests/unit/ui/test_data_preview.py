from datetime import UTC, datetime

import polars as pl
import pytest

from hydrodiag.readings.ingest import REASON_TEXT, IngestReport, Reason, RefusedRow
from hydrodiag.ui.data_preview import (
    OUTCOMES,
    build_good_frame,
    build_reason_frame,
    build_refused_frame,
)

GOOD_SCHEMA = {
    "time": pl.Datetime("us", "UTC"),
    "sensor": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
}


def good_rows(*times: datetime) -> pl.DataFrame:
    rows = [(time, "press-1/PS1", 180.5, "bar") for time in times]
    return pl.DataFrame(rows, schema=GOOD_SCHEMA, orient="row")


def test_a_good_row_shows_time_sensor_value_and_unit() -> None:
    frame = build_good_frame(good_rows(datetime(2026, 7, 31, 12, 0, tzinfo=UTC)))
    assert frame.loc[0].to_dict() == {
        "Time (UTC)": "2026-07-31 12:00:00",
        "Sensor": "press-1/PS1",
        "Value": 180.5,
        "Unit": "bar",
    }


@pytest.mark.parametrize(
    ("microsecond", "text"), [(0, "05"), (250_000, "05.250"), (1, "05.000001")]
)
def test_parts_of_a_second_are_shown_where_there_are_any(microsecond: int, text: str) -> None:
    time = datetime(2026, 7, 31, 12, 0, 5, microsecond, tzinfo=UTC)
    assert build_good_frame(good_rows(time)).loc[0, "Time (UTC)"] == f"2026-07-31 12:00:{text}"


def test_good_rows_keep_the_order_of_the_file() -> None:
    days = (3, 1, 2)
    frame = build_good_frame(good_rows(*(datetime(2026, 7, day, tzinfo=UTC) for day in days)))
    assert [int(text[8:10]) for text in frame["Time (UTC)"]] == list(days)


def test_without_good_rows_the_columns_stay() -> None:
    frame = build_good_frame(good_rows())
    assert frame.columns.tolist() == ["Time (UTC)", "Sensor", "Value", "Unit"]
    assert frame.empty


def test_reasons_are_counted_in_words() -> None:
    frame = build_reason_frame({"bad_time": 3, "in_future": 1})
    assert frame.to_dict("records") == [
        {"Why": "Time cannot be read", "Readings": 3},
        {"Why": "In the future by more than 5 minutes", "Readings": 1},
    ]


@pytest.mark.parametrize("reason", list(Reason))
def test_a_refused_row_tells_why_in_words(reason: Reason) -> None:
    frame = build_refused_frame([RefusedRow("", 5, "2026;x", reason.value, "'x' is no number")])
    assert frame.loc[0].to_dict() == {
        "Line": 5,
        "Why": REASON_TEXT[reason],
        "In detail": "'x' is no number",
        "Row": "2026;x",
    }


def test_without_refused_rows_or_reasons_the_columns_stay() -> None:
    assert build_refused_frame([]).columns.tolist() == ["Line", "Why", "In detail", "Row"]
    assert build_reason_frame({}).columns.tolist() == ["Why", "Readings"]


def test_every_outcome_shown_is_counted_by_the_report() -> None:
    report = IngestReport()
    assert [getattr(report, name) for name, *_ in OUTCOMES] == [0, 0, 0, 0]
