"""What a machine runs towards, how far it is from healthy as a whole, what a window says."""

from datetime import timedelta

import pytest

from hydrodiag.accounts import Actor, Permission, Role, list_colleagues
from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics import run
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.records import Severity
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.diagnostics.running.foretelling import foretell_limits, list_forecasts
from hydrodiag.diagnostics.unusual import load_unusual
from hydrodiag.errors import InvalidInput, Refused
from hydrodiag.fleet import System, SystemDraft, create_system
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context
from tests.people import add_person

DAYS = 10
START = days_ago(DAYS)
FOULING = Faults(cooler=lambda day: ramp(day, 2, 14, 0.38, 0.18))


@pytest.fixture
def fouling(database: Database) -> System:
    """The cooler fouls steadily; it passes the warning limit, and will pass that of the alarm."""
    system = write_history(database, faulty("imm-2", FOULING), START, DAYS)
    run_diagnostics(job_context(database))
    return system


def test_the_alarm_limit_is_foretold_and_told_anew_each_night(
    database: Database, fouling: System
) -> None:
    result = foretell_limits(job_context(database))
    assert result["failures"] == []
    found = {each.check_id: each for each in list_forecasts(database, fouling.id)}
    cooler = found["CLR-01"]
    assert (cooler.limit_kind, cooler.limit_value) == ("alarm", -40)
    day = (cooler.reaches_at - START) / timedelta(days=1)
    assert 9.5 < day < 13.5
    assert cooler.earliest_at <= cooler.reaches_at
    assert cooler.slope_per_day < -2
    assert foretell_limits(job_context(database, system_id=fouling.id))["foretold"] == len(found)
    assert len(list_forecasts(database)) == len(found)


def test_a_healthy_machine_runs_towards_nothing(database: Database) -> None:
    write_history(database, faulty("imm-2", Faults()), START, DAYS)
    run_diagnostics(job_context(database))
    assert foretell_limits(job_context(database))["foretold"] == 0


def test_the_distance_from_healthy_names_the_cooler(database: Database, fouling: System) -> None:
    now = START + timedelta(days=DAYS)
    found = load_unusual(database, fouling.id, START, now)
    first = found.frame[found.frame["time"] < START + timedelta(days=2)]
    last = found.frame[found.frame["time"] > now - timedelta(days=1)]
    assert first["spe"].quantile(0.95) <= 1.1
    assert max(last["spe"].median(), last["t2"].median()) > 5
    cooler = next(each for each in found.shares if each.name == "Cooler effectiveness")
    assert cooler.spreads < -5
    assert cooler.value < 0.75 * cooler.expected
    assert sum(each.share for each in found.shares) == pytest.approx(1)


def test_without_a_healthy_span_there_is_no_distance(database: Database) -> None:
    system_id = create_system(database, SystemDraft(code="new-1", name="New", kind="press")).id
    with pytest.raises(InvalidInput, match="No healthy span"):
        load_unusual(database, system_id, START, START + timedelta(days=1))


def test_a_window_is_looked_at_and_nothing_is_stored(database: Database, fouling: System) -> None:
    before = [(each.id, each.severity) for each in list_findings(database)]
    early = run(database, fouling.id, START, START + timedelta(days=2))
    late = run(database, fouling.id, START + timedelta(days=8), START + timedelta(days=DAYS))
    assert [each.title for each in early.findings if each.severity] == []
    cooler = next(each for each in late.findings if each.key.component == "cooler")
    assert cooler.severity >= Severity.WARNING
    assert [(each.id, each.severity) for each in list_findings(database)] == before


def test_a_window_that_cannot_be_is_refused(database: Database, fouling: System) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        run(database, fouling.id, START, START)
    with pytest.raises(InvalidInput, match="longer than 31 days"):
        run(database, fouling.id, START - timedelta(days=40), START)
    with pytest.raises(InvalidInput, match="no readings"):
        run(database, 99_999, START, START + timedelta(days=1))


def test_work_is_given_to_those_who_may_do_it(database: Database) -> None:
    add_person(database, "emil", Role.ENGINEER)
    add_person(database, "vera", Role.VIEWER)
    emil = Actor("emil", Role.ENGINEER, 1)
    found = list_colleagues(database, emil, Permission.MANAGE_DIAGNOSTICS)
    assert [each.user_name for each in found] == ["emil"]
    with pytest.raises(Refused):
        list_colleagues(database, Actor("vera", Role.VIEWER, 2), Permission.MANAGE_DIAGNOSTICS)
