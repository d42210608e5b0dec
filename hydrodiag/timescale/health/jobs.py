"""Jobs: HydroDiag's own lately successful, TimescaleDB's not failing and not competing."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row

from hydrodiag.db import NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.jobs import parse_cadence
from hydrodiag.timescale.edition import probe_edition
from hydrodiag.timescale.health.check import FAILING, OK, WARNING, Check, Verdict, grade
from hydrodiag.timescale.intervals import spell

SQL = NamedQueries(__file__, "jobs.sql")
WATCHED = (
    "refresh_rollups",
    "audit_rollups",
    "ensure_partitions",
    "compress_old_chunks",
    "cleanup_old_partitions",
    "collect_hypertable_stats",
)
# This built-in job calls what the Apache edition does not have, and fails for ever.
FAILS_ON_APACHE = 3
SLACK = timedelta(minutes=5)
MISSED_TURNS_WARN, MISSED_TURNS_FAIL = 2, 4


def judge_success(connection: Connection) -> Verdict:
    found = connection.execute(SQL["list_successes"], {"jobs": list(WATCHED)}).all()
    findings = [finding for row in found if (finding := _lateness(row))]
    unknown = [job for job in WATCHED if job not in {row.id for row in found}]
    if unknown:
        findings.append((WARNING, f"never scheduled: {', '.join(unknown)}"))
    is_failing = any(status == FAILING for status, _ in findings)
    value = "; ".join(text for _, text in findings) or f"{len(found)} jobs on time"
    return Verdict(grade(is_failing, bool(findings)), value)


def _lateness(row: Row[tuple[object, ...]]) -> tuple[str, str] | None:
    """Status and text for a job that is late, or None. A job not yet due is not late."""
    if row.is_paused:
        return WARNING, f"{row.id} is paused"
    turn = _turn_length(row.cadence, row.now)
    if turn is None:
        return None
    silent_for: timedelta = row.now - (row.succeeded_at or row.changed_at)
    missed = (silent_for - SLACK) / turn
    if missed <= MISSED_TURNS_WARN:
        return None
    whole = timedelta(minutes=silent_for // timedelta(minutes=1))
    text = f"{row.id} has not succeeded for {spell(whole)}"
    return grade(missed > MISSED_TURNS_FAIL, True), text


def _turn_length(cadence: str | None, now: datetime) -> timedelta | None:
    try:
        timing = parse_cadence(cadence) if cadence else None
    except InvalidInput:
        return None
    first = timing.next_after(now) if timing else None
    second = timing.next_after(first) if timing and first else None
    return second - first if first and second else None


def judge_failures(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["list_failures"]).all()
    value = ", ".join(f"{row.job_id} {row.count} times" for row in rows)
    return Verdict(grade(False, bool(rows)), value or "none in 24 hours")


def judge_timescale_jobs(connection: Connection) -> Verdict:
    excused = -1 if probe_edition(connection).is_community else FAILS_ON_APACHE
    rows = connection.execute(SQL["list_timescale_failures"], {"excused": excused}).all()
    value = ", ".join(f"{row.job_id} ({row.proc_name}): {row.message}" for row in rows)
    return Verdict(grade(False, bool(rows)), value or "none in 24 hours")


def judge_policies(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["list_rival_policies"]).all()
    value = ", ".join(f"{row.proc_name} on {row.hypertable_name}" for row in rows)
    return Verdict(grade(False, bool(rows)), value or "none")


def judge_scheduler(connection: Connection) -> Verdict:
    alive = connection.execute(SQL["count_schedulers"]).scalar_one()
    return Verdict(OK if alive else FAILING, f"{alive} running")


CHECKS = (
    Check(
        "scheduler",
        "Scheduler",
        "at least one running",
        "Start it with `make dev` or `python scheduler.py`.",
        judge_scheduler,
    ),
    Check(
        "last_success",
        "Lifecycle jobs on time",
        f"no job misses {MISSED_TURNS_WARN} turns",
        "See the job's history on the Jobs page.",
        judge_success,
    ),
    Check(
        "failed_jobs",
        "Failed job runs",
        "none in 24 hours",
        "See their errors on the Jobs page.",
        judge_failures,
    ),
    Check(
        "timescale_jobs",
        "TimescaleDB's own jobs",
        "no failures in 24 hours",
        "See `timescaledb_information.job_errors`.",
        judge_timescale_jobs,
    ),
    Check(
        "rival_policies",
        "TimescaleDB policies on our tables",
        "none: HydroDiag's jobs do this work",
        "Remove them, for example `SELECT remove_retention_policy('sensor_data')`: they know "
        "nothing of holds, imports and rollups.",
        judge_policies,
    ),
)
