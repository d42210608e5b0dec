"""Every night: which limits the machines run towards, and when they reach them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.advice import Judged
from hydrodiag.diagnostics.engine import judge_checks
from hydrodiag.diagnostics.findings.records import TOPIC
from hydrodiag.diagnostics.prognosis import Prognosis, prognose
from hydrodiag.diagnostics.running.machines import (
    Machine,
    list_machines,
    load_channels,
    load_setup,
    load_steps,
)
from hydrodiag.errors import HydroDiagError
from hydrodiag.jobs import JobContext

SQL = NamedQueries(__file__, "foretelling.sql")
SEEN = timedelta(days=30)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Forecast:
    """`value` and `limit_value` in the unit of the check's limits: the indicator's, or percent or
    difference from the healthy machine. The limit is the next one that is not reached yet.
    """

    system_id: int
    code: str
    check_id: str
    limit_kind: str
    limit_value: float
    value: float
    slope_per_day: float
    reaches_at: datetime
    earliest_at: datetime
    latest_at: datetime | None
    span_days: float
    told_at: datetime


def list_forecasts(db: Database, system_id: int | None = None) -> list[Forecast]:
    with db.read() as connection:
        rows = connection.execute(SQL["list"], {"system_id": system_id})
        return [Forecast(**row._mapping) for row in rows]


def foretell_limits(context: JobContext) -> Mapping[str, Any]:
    """All machines, or the one that `system_id` names."""
    db, failures, told = context.database, [], 0
    machines = list_machines(db, context.params.get("system_id"))
    for number, machine in enumerate(machines):
        if context.should_stop():
            break
        context.report(number / len(machines), machine.code)
        try:
            told += foretell_machine(db, machine)
        except HydroDiagError as error:
            failures.append(f"{machine.code}: {error}")
            log.warning("machine_not_foretold", machine=machine.code, error=error.message)
    return {"systems": len(machines), "foretold": told, "failures": failures}


def foretell_machine(db: Database, machine: Machine) -> int:
    """From the last 30 days of steps; how many limits it runs towards."""
    until = machine.newest_at
    steps = load_steps(db, machine.system_id, until - SEEN, until)
    judged = judge_checks(steps, load_setup(db, machine, load_channels(db, machine)))
    rows = [row for each in judged if (row := _foretell(each, until)) is not None]
    with db.write() as connection:
        connection.execute(SQL["forget"], {"system_id": machine.system_id})
        if rows:
            connection.execute(SQL["keep"], [{**e, "system_id": machine.system_id} for e in rows])
        bump_generation(connection, TOPIC)
    return len(rows)


def _foretell(judged: Judged, now: datetime) -> dict[str, object] | None:
    for kind, limit in _list_limits(judged):
        ahead = prognose(judged.steps.times, judged.change, limit,
                         is_high_bad=judged.check.is_high_bad)  # fmt: skip
        if isinstance(ahead, Prognosis) and ahead.reaches_at > now:
            return {
                "check_id": judged.check.id, "limit_kind": kind, "limit_value": limit,
                "value": float(np.median(judged.change[judged.recent])), "told_at": now,
                "slope_per_day": ahead.slope_per_day, "reaches_at": ahead.reaches_at,
                "earliest_at": ahead.earliest_at, "latest_at": ahead.latest_at,
                "span_days": ahead.span_days,
            }  # fmt: skip
    return None


def _list_limits(judged: Judged) -> Iterator[tuple[str, float]]:
    """Those beyond the newest values, the nearer first."""
    sign = 1 if judged.check.is_high_bad else -1
    value = float(np.median(judged.change[judged.recent]))
    for kind, limit in (("warning", judged.limits.warn), ("alarm", judged.limits.critical)):
        if limit is not None and sign * value < sign * limit:
            yield kind, limit
