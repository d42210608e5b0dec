"""Machines in the order of their need, out of a real database."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hydrodiag.db import Database
from hydrodiag.diagnostics.attention import FleetNeed, list_by_need
from hydrodiag.diagnostics.findings.applying import apply_assessment
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    FindingDraft,
    FindingKey,
    Severity,
)
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.ingest import load_columns

NOW = datetime.now(UTC)


def find_fault(
    db: Database, system_id: int, severity: Severity, *, fault: str = "fouled", hours: float = 1
) -> None:
    since = NOW - timedelta(hours=hours)
    draft = FindingDraft(
        FindingKey("cooler", fault), severity, Confidence.HIGH, f"Cooler {fault}", "Why.",
        since, NOW, (), (), "",
    )  # fmt: skip
    apply_assessment(db, system_id, Assessment((draft,), (), ()), NOW)


def order(need: FleetNeed) -> list[str]:
    return [machine.code for machine in need.machines]


def healthy_machine(db: Database, code: str) -> int:
    """With one fresh reading within all limits."""
    system = create_system(db, SystemDraft(code=code, name=f"Press {code}", kind="press"))
    draft = SensorDraft(tag="PS1", name="Pressure", quantity="pressure", unit="bar",
                        warn_high=180, is_key=True)  # fmt: skip
    sensor = create_sensor(db, system.id, draft)
    at_us = int(datetime.now(UTC).timestamp() * 1e6)
    load_columns(db, np.array([sensor.id]), np.array([at_us]), np.array([150.0]), origin="test")
    return system.id


@pytest.fixture
def fleet(database: Database) -> dict[str, int]:
    return {code: healthy_machine(database, code) for code in ("a", "b", "c", "d")}


def test_a_machine_is_as_bad_as_its_worst_finding(
    database: Database, fleet: dict[str, int]
) -> None:
    find_fault(database, fleet["c"], Severity.ALARM)
    find_fault(database, fleet["b"], Severity.WARNING)
    need = list_by_need(database)
    assert order(need)[:2] == ["c", "b"]
    assert [each.state for each in need.machines] == ["critical", "warning", "ok", "ok"]
    assert need.machines[0].reason == "Cooler fouled"


def test_within_a_severity_the_newest_change_comes_first(
    database: Database, fleet: dict[str, int]
) -> None:
    find_fault(database, fleet["a"], Severity.WARNING, hours=30)
    find_fault(database, fleet["d"], Severity.WARNING, hours=2)
    assert order(list_by_need(database))[:2] == ["d", "a"]


def test_danger_comes_before_alarm_and_an_advisory_before_none(
    database: Database, fleet: dict[str, int]
) -> None:
    find_fault(database, fleet["a"], Severity.ALARM, hours=1)
    find_fault(database, fleet["b"], Severity.DANGER, hours=40)
    find_fault(database, fleet["d"], Severity.ADVISORY)
    need = list_by_need(database)
    assert order(need) == ["b", "a", "d", "c"]
    assert need.machines[2].state == "ok"


def test_the_others_that_go_on_are_counted(database: Database, fleet: dict[str, int]) -> None:
    for fault in ("fouled", "bypassed", "leaking"):
        find_fault(database, fleet["a"], Severity.WARNING, fault=fault)
    assert list_by_need(database).worst[fleet["a"]].others == 2
