"""Something of each kind that pages show or open, for the tests of accessibility."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import psycopg

from hydrodiag.accounts import Role
from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.accounts.invitations import invite
from hydrodiag.accounts.users import COMMAND_LINE
from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.db.url import libpq_url
from hydrodiag.demo import init_demo
from hydrodiag.demo.machines import Faults, ramp
from hydrodiag.diagnostics.running.diagnostic_jobs import run_diagnostics
from hydrodiag.fleet import Sensor, list_sensors
from hydrodiag.jobs.turns import publish_jobs
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.manuals.manual_jobs import run_index_manuals
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.timescale import find_policy, save_policy
from scheduler import JOBS
from tests.demo_history import days_ago, faulty, write_history
from tests.job_context import job_context
from tests.machines import SECOND_US

MANUALS = Path(__file__).parents[1] / "data" / "manuals"
AGE_CHUNKS = "UPDATE _timescaledb_catalog.chunk SET creation_time = now() - interval '1 year'"
AGE_BATCHES = "UPDATE ingest_batch SET loaded_at = now() - interval '1 year'"
NO_OLLAMA = "http://127.0.0.1:1"
KEPT_DAYS, EXPIRED_WEEKS = 90, 8


def write_fleet(database: Database, folder: Path) -> str:
    """The demo fleet, a machine with findings, readings past their retention, two manuals of
    which one can be searched, the jobs, a key, a reading that was refused; the token of an
    invitation. `folder`: where the app keeps its data.
    """
    write_fouled(database)
    init_demo(database, datetime.now(UTC), days=2, fine=timedelta(minutes=20))
    write_expired(database)
    write_manuals(database, folder)
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


def find_limited(database: Database) -> Sensor:
    return next(each for each in list_sensors(database) if each.valid_max is not None)


def write_refused(database: Database) -> None:
    limited = find_limited(database)
    now_us = int(datetime.now(UTC).timestamp()) * SECOND_US
    load_columns(database, [limited.id], [now_us], [1e6], origin="test")


def write_expired(database: Database) -> None:
    """More than half of the chunks of readings: to drop them has to be forced."""
    limited = find_limited(database)
    oldest_us = int(days_ago(KEPT_DAYS + 7 * (EXPIRED_WEEKS + 1)).timestamp()) * SECOND_US
    times_us = oldest_us + np.arange(EXPIRED_WEEKS) * 7 * 86_400 * SECOND_US
    ids, values = [limited.id] * EXPIRED_WEEKS, [limited.valid_max] * EXPIRED_WEEKS
    load_columns(database, ids, times_us, values, origin="test")
    refresh_rollups(database)
    policy = find_policy(database, "sensor_data")
    assert policy is not None
    kept = replace(policy, retain_for=timedelta(days=KEPT_DAYS))
    save_policy(database, kept, changed_by="emil")
    with psycopg.connect(libpq_url(database.url)) as owner:
        owner.execute(AGE_CHUNKS)
        owner.execute(AGE_BATCHES)


def write_manuals(database: Database, folder: Path) -> None:
    """HP-200, that is searched by its words, and one that waits to be read."""
    with (MANUALS / "HP-200.pdf").open("rb") as file:
        add_document(database, "emil", NewFile("HP-200.pdf", file), DocumentDraft("HP-200"))
    context = job_context(database)
    context.settings = Settings(HYDRODIAG_DATA_DIR=folder, ollama_base_url=NO_OLLAMA)
    run_index_manuals(context)
    manual = NewFile("cooler.md", BytesIO(b"# Cooler\n\nClean it."), "md")
    add_document(database, "emil", manual, DocumentDraft("Cooler guide"))
