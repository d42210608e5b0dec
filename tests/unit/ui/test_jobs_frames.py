from dataclasses import replace

import pytest

from hydrodiag.ui.jobs_frames import (
    JOB_COLUMNS,
    RUN_COLUMNS,
    build_entry_frame,
    build_job_frame,
    build_run_frame,
)
from hydrodiag.ui.wording import NOTHING
from tests.unit.ui.job_records import JOB, NOW, RUN


def test_a_job_is_told_in_words() -> None:
    assert build_job_frame([JOB], NOW).loc[0].to_dict() == {
        "Job": "Compress old chunks",
        "Last result": "Succeeded",
        "Next run": "in 5 min",
        "Cadence": "every 1 h",
        "Last run": "3 min ago",
        "Took": "1 min 30 s",
        "Queue": "maintenance",
        "Outcome": "freed 2.5 MB",
    }


@pytest.mark.parametrize(("newest", "shown"), [("running", "Running"), ("queued", "Queued")])
def test_a_busy_job_shows_what_it_does_now(newest: str, shown: str) -> None:
    busy = replace(JOB, newest_status=newest, last_status="failed")
    assert build_job_frame([busy], NOW).loc[0, "Last result"] == shown


def test_a_failed_job_shows_its_error() -> None:
    failed = replace(JOB, last_status="failed", last_error="No space left\nmore")
    assert build_job_frame([failed], NOW).loc[0, "Outcome"] == "No space left"


def test_a_job_that_never_ran_has_dashes() -> None:
    fresh = replace(
        JOB,
        newest_status=None,
        last_status=None,
        last_finished_at=None,
        last_duration=None,
        last_error=None,
        last_result=None,
    )
    row = build_job_frame([fresh], NOW).loc[0]
    assert row["Last result"] == "Never ran"
    assert row[["Last run", "Took", "Outcome"]].tolist() == [NOTHING] * 3


def test_without_jobs_or_runs_the_columns_stay() -> None:
    assert build_job_frame([], NOW).columns.tolist() == JOB_COLUMNS
    assert build_run_frame([]).columns.tolist() == RUN_COLUMNS


def test_rows_stand_in_the_order_given() -> None:
    titles = ["Zinc", "Alpha", "Mid"]
    frame = build_job_frame([replace(JOB, title=title) for title in titles], NOW)
    assert frame["Job"].tolist() == titles
    runs = build_run_frame([replace(RUN, id=number) for number in (3, 1, 2)])
    assert runs["Run"].tolist() == [3, 1, 2]


def test_a_run_is_told_in_words() -> None:
    assert build_run_frame([RUN]).loc[0].to_dict() == {
        "Run": 7,
        "Job": "compress_old_chunks",
        "Status": "Succeeded",
        "Started (UTC)": "2026-07-31 11:58:30",
        "Took": "1 min 30 s",
        "Cause": "by schedule",
        "Outcome": "freed 2.5 MB",
        "Host": "worker-1",
    }


def test_a_running_run_shows_where_it_is() -> None:
    running = replace(RUN, status="running", finished_at=None, result=None)
    row = build_run_frame([running]).loc[0]
    assert (row["Outcome"], row["Took"]) == ("at the last chunk", NOTHING)


def test_a_queued_run_shows_since_when_it_waits() -> None:
    queued = replace(RUN, status="queued", started_at=None, finished_at=None)
    assert build_run_frame([queued]).loc[0, "Started (UTC)"] == "2026-07-31 11:58:20"


def test_entries_are_told_in_words_and_lists_within_them_counted() -> None:
    frame = build_entry_frame([{"table": "sensor_data", "freed_bytes": 1000, "dropped": [1, 2]}])
    assert frame.loc[0].to_dict() == {
        "Table": "sensor_data",
        "Freed": "1.0 kB",
        "Dropped": "2 entries",
    }


def test_what_only_programs_need_is_left_out() -> None:
    assert build_entry_frame([{"table": "a", "plan_key": "0f3c"}]).columns.tolist() == ["Table"]


def test_what_only_some_entries_have_is_blank_in_the_others() -> None:
    frame = build_entry_frame([{"table": "a", "error": "locked"}, {"table": "b", "error": ""}])
    assert frame["Error"].tolist() == ["locked", ""]


@pytest.mark.parametrize("entries", [[], [{}], [{"dropped": []}]])
def test_entries_without_values_make_no_columns(entries: list[dict[str, object]]) -> None:
    assert build_entry_frame(entries).columns.empty
