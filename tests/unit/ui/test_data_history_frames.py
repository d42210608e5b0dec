from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hydrodiag.readings.ingest import REASON_TEXT, Batch, FileRun, QuarantinedRow, Reason
from hydrodiag.ui.data_history_frames import (
    BATCH_COLUMNS,
    FILE_COLUMNS,
    QUARANTINE_COLUMNS,
    build_batch_frame,
    build_file_frame,
    build_quarantine_frame,
)
from hydrodiag.ui.data_labels import STATE_LABELS
from hydrodiag.ui.wording import NOTHING

AT = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
COUNTS = {"row_count": 10, "inserted": 4, "already_there": 3, "quarantined": 2, "empty": 1}
FILE = FileRun(
    id=7,
    name="july.csv",
    origin="upload",
    kind="csv",
    size_bytes=12_345,
    upload_id=1,
    started_by="ada",
    status="succeeded",
    error="",
    batches=1,
    first_at=AT,
    last_at=AT + timedelta(hours=1),
    started_at=AT,
    finished_at=AT + timedelta(seconds=90),
    state="succeeded",
    **COUNTS,
)
BATCH = Batch(
    id=1,
    file_id=7,
    name="july.csv",
    origin="upload",
    first_line=2,
    last_line=11,
    first_at=AT,
    last_at=AT,
    loaded_at=AT,
    **COUNTS,
)
REFUSED = QuarantinedRow(
    id=1,
    file_id=7,
    file_name="july.csv",
    line=5,
    raw="2026;PS1;9999",
    reason="out_of_range",
    detail="above 400 bar",
    sensor_label="PS1",
    sensor_id=1,
    time_text="2026",
    reading_at=None,
    value_text="9999",
    value=9999,
    unit="bar",
    status="open",
    resolved_by="",
    resolved_at=None,
    created_at=AT,
)


def test_a_file_is_told_in_words() -> None:
    assert build_file_frame([FILE]).loc[0].to_dict() == {
        "File": 7,
        "Name": "july.csv",
        "State": "Loaded",
        "Readings": 10,
        "New": 4,
        "Already there": 3,
        "Quarantined": 2,
        "Empty": 1,
        "From (UTC)": "2026-07-31 12:00:00",
        "To (UTC)": "2026-07-31 13:00:00",
        "Started (UTC)": "2026-07-31 12:00:00",
        "Took": "1 min 30 s",
        "By": "ada",
        "Size": "12.3 kB",
        "Error": "",
    }


def test_a_file_still_loading_has_dashes_where_nothing_is_known() -> None:
    loading = replace(
        FILE, state="running", finished_at=None, first_at=None, last_at=None, size_bytes=None
    )
    row = build_file_frame([loading]).loc[0]
    assert row["State"] == "Loading"
    assert row[["From (UTC)", "To (UTC)", "Took", "Size"]].tolist() == [NOTHING] * 4


def test_a_file_that_nobody_started_tells_where_it_came_from() -> None:
    assert build_file_frame([replace(FILE, started_by="")]).loc[0, "By"] == "upload"


@pytest.mark.parametrize("state", STATE_LABELS)
def test_every_state_of_a_file_has_words(state: str) -> None:
    assert build_file_frame([replace(FILE, state=state)]).loc[0, "State"] == STATE_LABELS[state]


@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [(2, 11, "2 to 11"), (0, 0, "0 to 0"), (None, None, NOTHING)],
)
def test_a_batch_tells_its_lines(first: int | None, last: int | None, lines: str) -> None:
    frame = build_batch_frame([replace(BATCH, first_line=first, last_line=last)])
    assert frame.loc[0, "Lines"] == lines


def test_a_batch_without_readings_has_no_times() -> None:
    row = build_batch_frame([replace(BATCH, first_at=None, last_at=None)]).loc[0]
    assert row[["From (UTC)", "To (UTC)"]].tolist() == [NOTHING] * 2
    assert row["Loaded (UTC)"] == "2026-07-31 12:00:00"


def test_a_refused_row_is_told_in_words() -> None:
    assert build_quarantine_frame([REFUSED]).loc[0].to_dict() == {
        "Line": 5,
        "Why": "Outside the sensor's physical range",
        "In detail": "above 400 bar",
        "Sensor": "PS1",
        "Time": "2026",
        "Value": "9999 bar",
        "Row": "2026;PS1;9999",
        "File": "july.csv",
        "State": "open",
    }


@pytest.mark.parametrize(
    ("value", "unit", "shown"), [("9999", "", "9999"), ("", "", ""), ("", "bar", "bar")]
)
def test_a_refused_value_is_shown_as_far_as_it_is_there(value: str, unit: str, shown: str) -> None:
    frame = build_quarantine_frame([replace(REFUSED, value_text=value, unit=unit)])
    assert frame.loc[0, "Value"] == shown


def test_a_resolved_row_tells_by_whom() -> None:
    frame = build_quarantine_frame([replace(REFUSED, status="rejected", resolved_by="ada")])
    assert frame.loc[0, "State"] == "rejected by ada"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    frame = build_quarantine_frame([replace(REFUSED, reason=reason.value)])
    assert frame.loc[0, "Why"] == REASON_TEXT[reason]


def test_rows_stand_in_the_order_given() -> None:
    files = build_file_frame([replace(FILE, id=number) for number in (3, 1, 2)])
    assert files["File"].tolist() == [3, 1, 2]


def test_without_rows_the_columns_stay() -> None:
    assert build_file_frame([]).columns.tolist() == FILE_COLUMNS
    assert build_batch_frame([]).columns.tolist() == BATCH_COLUMNS
    assert build_quarantine_frame([]).columns.tolist() == QUARANTINE_COLUMNS
