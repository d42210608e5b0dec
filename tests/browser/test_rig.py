"""The real test rig in the browser: what was wrong with it, since when, and how that is known."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from hydrodiag.accounts import Actor, Role
from hydrodiag.config import PROJECT_ROOT
from hydrodiag.db import Database
from hydrodiag.diagnostics.choices import confirm_healthy, set_cycles
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.running.diagnostic_jobs import backfill_diagnostics
from hydrodiag.fleet import find_system
from hydrodiag.readings.zema import import_zema
from tests.job_context import job_context

RIG = PROJECT_ROOT.parent / "shared" / "data" / "uci-hydraulic-1hz"
EMIL = Actor("emil", Role.ENGINEER, 1)
CYCLE = timedelta(minutes=1)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (RIG / "readings.parquet").exists(),
        reason="needs the rig set (UCI 447 at 1 Hz) in ../shared/data/uci-hydraulic-1hz",
    ),
]


@pytest.fixture
def diagnosed(database: Database) -> None:
    """Its first three hours, before anything was changed at it, are what it is compared with."""
    done = import_zema(database, RIG / "readings.parquet")
    rig = find_system(database, done.system_code)
    assert rig is not None
    set_cycles(database, EMIL, rig.id, 60, done.start_at)
    confirm_healthy(database, EMIL, rig.id, done.start_at + 5 * CYCLE, done.start_at + 209 * CYCLE)
    params = {"system_id": rig.id, "from_at": done.start_at.isoformat()}
    assert backfill_diagnostics(job_context(database, **params))["failures"] == []
    since = {
        (each.component, each.mode): (each.since_at - done.start_at) / CYCLE
        for each in list_findings(database)
    }
    # The labels: from cycle 210 on the pump leaks, from 211 on the valve is slow.
    assert since["pump", "internal leakage"] == pytest.approx(210, abs=3)
    assert since["valve", "slow"] == pytest.approx(211, abs=3)
    assert 211 <= since["valve", "hangs"] <= 701


def test_what_was_done_to_the_rig_is_found_shown_and_explained(
    database: Database, diagnosed: None, app: str, page: Page
) -> None:
    page.goto(f"{app}/findings?show=All&system=zema-rig")
    expect(page.get_by_text("4 findings", exact=True)).to_be_visible()
    [slow] = [each for each in list_findings(database) if each.mode == "slow"]
    page.goto(f"{app}/findings?finding={slow.id}")
    expect(page.get_by_role("heading", name="Valve opens late")).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("Valve opening delay"))).to_be_visible()
    expect(page.get_by_text("measured on the ZeMA rig").first).to_be_visible()
    page.goto(f"{app}/system?system=zema-rig")
    expect(page.get_by_text("worn: Pump draws more power at relief (PMP-04)")).to_be_visible()
    page.goto(f"{app}/readings?system=zema-rig")
    expect(page.get_by_role("figure").first).to_be_visible()
