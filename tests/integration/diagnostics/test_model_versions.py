"""Condition models from labelled cycles in the database to a finding, by the jobs themselves."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.cache import generations
from hydrodiag.db import Database
from hydrodiag.diagnostics.choices import set_cycles
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.models.model_jobs import train_models
from hydrodiag.diagnostics.models.versions import (
    TOPIC,
    activate_version,
    delete_version,
    find_active,
    find_version,
    list_versions,
    roll_back,
)
from hydrodiag.diagnostics.records import Severity
from hydrodiag.diagnostics.running.diagnostic_jobs import backfill_diagnostics
from hydrodiag.errors import InvalidInput, NotFound, Refused
from hydrodiag.fleet import find_system
from hydrodiag.readings.zema import import_zema
from tests.job_context import job_context
from tests.rig import write_valve_sessions

EMIL = Actor("emil", Role.ENGINEER, 1)
VERA = Actor("vera", Role.VIEWER, 2)
RUNS, EACH = 3, 12


@pytest.fixture
def rig(database: Database, tmp_path: Path) -> tuple[int, datetime]:
    """Three sessions in which the valve slows down, imported as the set is."""
    done = import_zema(database, write_valve_sessions(tmp_path, RUNS, EACH))
    system = find_system(database, done.system_code)
    assert system is not None
    set_cycles(database, EMIL, system.id, 60, done.start_at)
    return system.id, done.start_at


def generation(database: Database) -> int:
    with database.read() as connection:
        return generations(connection, [TOPIC])[TOPIC]


def ask(database: Database, system_id: int, **more: object) -> Any:
    params = {"component": "valve", "healthy": 100, "group": "session", "system_ids": [system_id],
              "asked_by": "emil", **more}  # fmt: skip
    return train_models(job_context(database, **params))


def test_a_model_is_trained_put_in_use_gone_back_from_and_deleted(
    database: Database, rig: tuple[int, datetime]
) -> None:
    system_id, _ = rig
    first = ask(database, system_id)
    assert (first["cycles"], first["groups"]) == (4 * EACH * RUNS, RUNS)
    assert first["accuracy_groups_left_out"] > 0.95
    stored = find_version(database, first["version"])
    assert stored is not None
    assert (stored.state, stored.kind, stored.is_active) == ("ready", "discriminant", False)
    assert stored.metrics["classes"] == {"100": 36, "73": 36, "80": 36, "90": 36}
    assert stored.trained_on["group"] == "session"
    second = ask(database, system_id)["version"]
    before = generation(database)
    activate_version(database, EMIL, first["version"])
    activate_version(database, EMIL, second)
    assert generation(database) > before
    assert find_active(database)["valve"].id == second
    assert roll_back(database, EMIL, "valve").id == first["version"]
    assert find_active(database)["valve"].id == first["version"]
    with pytest.raises(NotFound, match="no earlier version"):
        roll_back(database, EMIL, "valve")
    with pytest.raises(InvalidInput, match="is in use"):
        delete_version(database, EMIL, first["version"])
    delete_version(database, EMIL, second)
    assert [each.id for each in list_versions(database, "valve")] == [first["version"]]


def test_the_active_model_opens_a_finding_of_the_machine(
    database: Database, rig: tuple[int, datetime]
) -> None:
    system_id, start = rig
    activate_version(database, EMIL, ask(database, system_id)["version"])
    asked = job_context(database, system_id=system_id, from_at=start.isoformat())
    assert backfill_diagnostics(asked)["failures"] == []
    found = {(each.component, each.mode): each for each in list_findings(database)}
    slow = found["valve", "slow"]
    assert slow.severity is Severity.WARNING
    [evidence] = slow.evidence
    assert evidence.model_id == find_active(database)["valve"].id
    assert evidence.expected == pytest.approx(279, abs=15)
    assert evidence.value > 500


def test_a_training_that_cannot_be_says_why_and_is_kept_as_failed(
    database: Database, rig: tuple[int, datetime]
) -> None:
    system_id, _ = rig
    with pytest.raises(InvalidInput, match="bears both valve and shift"):
        ask(database, system_id, group="shift")
    [failed] = list_versions(database)
    assert failed.state == "failed"
    assert "bears both valve and shift" in failed.error
    with pytest.raises(InvalidInput, match="is not ready"):
        activate_version(database, EMIL, failed.id)


def test_no_training_without_groups_and_no_use_without_the_right(database: Database) -> None:
    with pytest.raises(InvalidInput, match="lacks: group"):
        train_models(job_context(database, component="valve", healthy=100, system_ids=[1]))
    assert list_versions(database) == []
    with pytest.raises(Refused):
        activate_version(database, VERA, 1)
    with pytest.raises(NotFound):
        activate_version(database, EMIL, 1)


def test_a_model_that_has_learned_its_groups_is_used_only_with_a_reason(
    database: Database, rig: tuple[int, datetime]
) -> None:
    system_id, _ = rig
    version = ask(database, system_id)["version"]
    with database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE model_version SET metrics = metrics || '{\"is_flattered\": true}'"
        )
    with pytest.raises(Refused, match="learned the groups"):
        activate_version(database, EMIL, version)
    activate_version(database, EMIL, version, "one machine only, watched by the shift")
    assert find_active(database)["valve"].acknowledged == "one machine only, watched by the shift"
