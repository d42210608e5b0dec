"""From readings in the database to findings, by the job itself."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.choices import find_diagnosis, list_health, list_healthy_spans
from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.findings.reading import list_events, list_findings
from hydrodiag.diagnostics.records import Severity
from hydrodiag.diagnostics.running.diagnostic_jobs import backfill_diagnostics, run_diagnostics
from hydrodiag.fleet import System
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context

DAYS = 6
START = days_ago(DAYS)


@pytest.fixture
def fouling(database: Database) -> System:
    """The cooler fouls from the third day on."""
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    return write_history(database, faulty("imm-2", faults), START, DAYS)


def test_a_fouled_cooler_is_found_with_evidence_since_when_and_what_to_do(
    database: Database, fouling: System
) -> None:
    result = run_diagnostics(job_context(database))
    assert result["failures"] == []
    found = {each.component: each for each in list_findings(database)}
    cooler = found["cooler"]
    assert (cooler.title, cooler.severity, cooler.status) == (
        "Cooler fouled", Severity.ALARM, Status.OPEN,
    )  # fmt: skip
    day = (cooler.since_at - START) / timedelta(days=1)
    assert 3.3 < day < 4.5
    [evidence] = cooler.evidence
    assert evidence.check_id == "CLR-01"
    assert evidence.expected == pytest.approx(38, abs=1)
    assert evidence.value == pytest.approx(20, abs=1)
    assert evidence.warn == pytest.approx(0.8 * evidence.expected, rel=0.01)
    assert len(cooler.action) >= 3
    assert len(evidence.sensor_ids) == 3
    assert "% of the temperature difference" in cooler.explanation
    kinds = [each.kind for each in list_events(database, cooler.id)]
    assert kinds == ["opened", "escalated"]
    if "tank" in found:
        assert found["tank"].parent_id == cooler.id
    health = {each.component: each for each in list_health(database, fouling.id)}
    assert health["cooler"].score == 0
    assert health["pump"].score is not None
    assert health["pump"].score > 80


def test_a_second_run_finds_the_same_and_writes_nothing(
    database: Database, fouling: System
) -> None:
    run_diagnostics(job_context(database))
    before = [(each, list_events(database, each.id)) for each in list_findings(database)]
    assert run_diagnostics(job_context(database))["opened"] == 0
    assert [(each, list_events(database, each.id)) for each in list_findings(database)] == before


def test_going_through_the_history_again_opens_nothing_twice(
    database: Database, fouling: System
) -> None:
    run_diagnostics(job_context(database))
    keys = {each.key for each in list_findings(database)}
    again = job_context(database, system_id=fouling.id, from_at=START.isoformat())
    assert backfill_diagnostics(again)["opened"] == 0
    findings = list_findings(database)
    assert {each.key for each in findings} == keys
    assert len(findings) == len(keys)


def test_a_healthy_machine_has_no_findings_and_says_what_it_cannot_check(
    database: Database,
) -> None:
    system = write_history(database, faulty("imm-2", Faults()), START, DAYS)
    run_diagnostics(job_context(database))
    assert list_findings(database) == []
    [span] = list_healthy_spans(database, system.id)
    assert span.is_learned
    diagnosis = find_diagnosis(database, system.id)
    assert diagnosis is not None
    reasons = {each.check_id: each.reason for each in diagnosis.skipped}
    assert reasons["VLV-01"] == "no sensor for valve opening delay"
    assert "CLR-01" not in reasons


def test_without_a_healthy_span_changes_are_not_judged(database: Database) -> None:
    faults = Faults(cooler=lambda day: ramp(day, 0, 1, 0.38, 0.2))
    system = write_history(database, faulty("imm-2", faults), START, DAYS, healthy_days=0.2)
    run_diagnostics(job_context(database))
    diagnosis = find_diagnosis(database, system.id)
    assert diagnosis is not None
    reasons = {each.check_id: each.reason for each in diagnosis.skipped}
    assert reasons["CLR-01"] == "no healthy span is confirmed yet"
    [span] = list_healthy_spans(database, system.id)
    assert "fewer than 96" in span.note


def test_readings_that_the_rollup_lacks_are_waited_for(database: Database, fouling: System) -> None:
    sensor = "FROM sensor WHERE tag = 'T_COOLER_IN'"
    until = START + timedelta(days=2)
    with database.write() as connection:
        connection.execute(
            text(f"INSERT INTO rollup_dirty (sensor_id, lo, hi) SELECT id, :lo, :hi {sensor}"),
            {"lo": until, "hi": until + timedelta(minutes=1)},
        )
    run_diagnostics(job_context(database))
    diagnosis = find_diagnosis(database, fouling.id)
    assert diagnosis is not None
    assert diagnosis.through_at == until
