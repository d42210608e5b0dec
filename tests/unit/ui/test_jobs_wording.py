import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import CheckConstraint

from hydrodiag.db.tables.jobs import JobRun as JobRunTable
from hydrodiag.jobs import Job
from hydrodiag.ui.jobs_wording import (
    CAUSES,
    STATUS_LOOK,
    describe_cadence,
    describe_cause,
    describe_next_turn,
    describe_status,
)
from tests.unit.ui.job_records import JOB, NOW, RUN


def list_stored(column: str) -> set[str]:
    checks = (each for each in JobRunTable.__table__.constraints if type(each) is CheckConstraint)
    texts = (str(check.sqltext) for check in checks)
    allowed = next(text for text in texts if text.startswith(f"{column} IN"))
    return set(re.findall(r"'(\w+)'", allowed))


def test_every_status_and_cause_that_can_be_stored_has_words() -> None:
    assert set(STATUS_LOOK) == list_stored("status")
    assert set(CAUSES) == list_stored("cause")


def test_no_two_statuses_look_alike() -> None:
    assert len({look.label for look in STATUS_LOOK.values()}) == len(STATUS_LOOK)
    assert len({look.icon for look in STATUS_LOOK.values()}) == len(STATUS_LOOK)


def test_a_job_without_runs_never_ran() -> None:
    assert describe_status(None) == "Never ran"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "by schedule"),
        ({"cause": "request", "requested_by": "ada"}, "on request by ada"),
        ({"cause": "retry", "attempt": 2}, "tried again, attempt 2"),
        ({"cause": "handover"}, "taken over"),
        (
            {"cause": "retry", "requested_by": "ada", "attempt": 3},
            "tried again by ada, attempt 3",
        ),
    ],
)
def test_a_cause_names_who_asked_and_how_often_it_was_tried(
    changes: dict[str, object], text: str
) -> None:
    assert describe_cause(replace(RUN, **changes)) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "every 1 h"),
        ({"is_cadence_own": True}, "every 1 h (own)"),
        ({"cadence": None, "is_cadence_own": True}, "on request only"),
    ],
)
def test_a_cadence_that_was_changed_is_marked(changes: dict[str, object], text: str) -> None:
    assert describe_cadence(replace(JOB, **changes)) == text


@pytest.mark.parametrize(
    ("job", "text"),
    [
        (JOB, "in 5 min"),
        (replace(JOB, next_run_at=NOW), "due now"),
        (replace(JOB, next_run_at=NOW - timedelta(days=1)), "due now"),
        (replace(JOB, next_run_at=None), "not planned yet"),
        (replace(JOB, cadence=None, next_run_at=None), "when asked"),
        (replace(JOB, is_paused=True), "paused"),
        (replace(JOB, is_paused=True, cadence=None), "paused"),
        (replace(JOB, is_known=False, is_paused=True), "retired: no running version knows it"),
    ],
)
def test_the_next_turn_tells_why_there_is_none(job: Job, text: str) -> None:
    assert describe_next_turn(job, NOW) == text
