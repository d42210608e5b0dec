"""Something of each kind that pages show or open, for the tests of accessibility."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

from hydrodiag.accounts import Role
from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.accounts.invitations import invite
from hydrodiag.accounts.users import COMMAND_LINE
from hydrodiag.db import Database
from hydrodiag.demo import init_demo
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.fleet import list_sensors
from hydrodiag.jobs.turns import publish_jobs
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.readings.ingest import load_columns
from scheduler import JOBS
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context
from tests.machines import SECOND_US


def write_fleet(database: Database) -> str:
    """The demo fleet, a machine with findings, a manual, the jobs, a key, a reading that was
    refused; the token of an invitation.
    """
    write_fouled(database)
    init_demo(database, datetime.now(UTC), days=2, fine=timedelta(minutes=20))
    manual = NewFile("cooler.md", BytesIO(b"# Cooler\n\nClean it."), "md")
    add_document(database, "emil", manual, DocumentDraft("Cooler guide"))
    publish_jobs(database, JOBS)
    create_key(database, COMMAND_LINE, KeyDraft("Telegraf", [Scope.READ]))
    write_refused(database)
    return invite(database, COMMAND_LINE, Role.VIEWER)


def write_fouled(database: Database) -> None:
    """imm-9: a fouled cooler and oil that is too hot."""
    faults = Faults(cooler=lambda day: ramp(day, 3, 5, 0.38, 0.2))
    machine = replace(faulty("imm-2", faults), code="imm-9", name="Injection moulding machine 9")
    write_history(database, machine, days_ago(6), 6)
    run_diagnostics(job_context(database))


def write_refused(database: Database) -> None:
    limited = next(each for each in list_sensors(database) if each.valid_max is not None)
    now_us = int(datetime.now(UTC).timestamp()) * SECOND_US
    load_columns(database, [limited.id], [now_us], [1e6], origin="test")
