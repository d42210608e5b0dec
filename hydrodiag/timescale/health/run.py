"""Runs the table of checks within a time budget; no check can take the others down."""

import time
from datetime import timedelta

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from hydrodiag.db import Database
from hydrodiag.db.translate import translated_errors
from hydrodiag.errors import DatabaseUnavailable, HydroDiagError
from hydrodiag.timescale.health import activity, chunks, extension, jobs, settings
from hydrodiag.timescale.health.check import FAILING, OK, WARNING, Check, Verdict
from hydrodiag.timescale.locking import first_line, short_transaction
from hydrodiag.timescale.reports import HealthCheck, HealthReport

CHECKS: tuple[Check, ...] = (
    *extension.CHECKS,
    *chunks.CHECKS,
    *jobs.CHECKS,
    *activity.CHECKS,
    *settings.CHECKS,
)
BUDGET_S = 5.0
LONGEST_CHECK_S = 2.0


def timescale_health_check(db: Database, checks: tuple[Check, ...] = CHECKS) -> HealthReport:
    """Ask everything; a check that breaks is itself reported, and so is an absent database."""
    give_up_at = time.monotonic() + BUDGET_S
    results: list[HealthCheck] = []
    try:
        with db.maintain() as connection:
            for check in checks:
                results.append(_run(connection, check, give_up_at - time.monotonic()))
    except HydroDiagError as error:
        results.append(_unreachable(error))
    return HealthReport(tuple(results))


def _run(connection: Connection, check: Check, left_s: float) -> HealthCheck:
    if left_s <= 0:
        return _describe(check, Verdict(WARNING, f"not looked at: {BUDGET_S:g} s are over"))
    limit = timedelta(seconds=min(left_s, LONGEST_CHECK_S))
    try:
        with translated_errors(), short_transaction(connection, statement_timeout=limit):
            return _describe(check, check.judge(connection))
    except DatabaseUnavailable:
        raise
    except (HydroDiagError, DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        return _describe(check, Verdict(WARNING, f"could not be looked at: {first_line(cause)}"))


def _describe(check: Check, verdict: Verdict) -> HealthCheck:
    hint = "" if verdict.status == OK else verdict.hint or check.hint
    return HealthCheck(check.id, check.title, verdict.status, verdict.value, check.limit, hint)


def _unreachable(error: HydroDiagError) -> HealthCheck:
    return HealthCheck(
        "connection", "Connection", FAILING, error.message, "the database answers", error.hint
    )
