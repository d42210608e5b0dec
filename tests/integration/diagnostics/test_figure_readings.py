"""Key figures of a machine, out of its stored readings and what people have set."""

from datetime import timedelta

import pytest

from hydrodiag.db import Database
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.choices import set_check
from hydrodiag.diagnostics.engine import CheckOverride
from hydrodiag.diagnostics.figure_readings import FILTER_CHECK, find_newest_minute, load_figures
from hydrodiag.diagnostics.figures import Figure
from hydrodiag.fleet import System, SystemDraft, create_system
from tests.demo_history import ENGINEER, days_ago, faulty, write_history

DAY = timedelta(days=1)


@pytest.fixture
def fouling(database: Database) -> System:
    """The cooler has lost half of its effectiveness between the day before the last and that."""
    faults = Faults(cooler=lambda day: ramp(day, 4.9, 5.1, 0.4, 0.2))
    return write_history(database, faulty("imm-2", faults), days_ago(6), 6)


def tell(database: Database, system: System) -> dict[str, Figure]:
    end = find_newest_minute(database, system.id)
    assert end is not None
    found = load_figures(database, system.id, DAY, end, "the day before")
    return {figure.id: figure for figure in found}


def test_figures_are_told_over_the_last_day_and_against_the_one_before(
    database: Database, fouling: System
) -> None:
    cooler = tell(database, fouling)["cooler"]
    assert cooler.value == pytest.approx(20, abs=1)
    assert "T_COOLER_IN" in cooler.formula
    before = next(each for each in cooler.changes if each.against == "the day before")
    assert before.value == pytest.approx(-19, abs=3)
    assert before.unit == "points"


def test_clogging_is_held_against_the_limit_that_a_person_has_set(
    database: Database, fouling: System
) -> None:
    usual = tell(database, fouling)["clogging"]
    set_check(database, ENGINEER, FILTER_CHECK, CheckOverride(warn=0.5, critical=1.0), fouling.id)
    strict = tell(database, fouling)["clogging"]
    assert usual.value is not None
    assert strict.value is not None
    assert strict.value > usual.value
    assert "/ 1 bar" in strict.formula


def test_a_machine_without_readings_has_no_figures(database: Database) -> None:
    system = create_system(database, SystemDraft(code="new", name="New", kind="press"))
    assert find_newest_minute(database, system.id) is None
    assert load_figures(database, system.id, DAY, days_ago(0), "the day before") == ()
