"""The jobs of the diagnostics."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.running.diagnosing import Done, diagnose
from hydrodiag.diagnostics.running.foretelling import foretell_limits
from hydrodiag.diagnostics.running.machines import Machine, list_machines
from hydrodiag.errors import InvalidInput
from hydrodiag.jobs import JobContext, JobSpec, Queue

SQL = NamedQueries(__file__, "machines.sql")
RUN_DIAGNOSTICS = "run_diagnostics"
BACKFILL_DIAGNOSTICS = "backfill_diagnostics"
KEPT = timedelta(days=730)


def run_diagnostics(context: JobContext) -> Mapping[str, Any]:
    """All machines, or the one that `system_id` names; from where each was left."""
    wanted = context.params.get("system_id")
    machines = list_machines(context.database, wanted)
    asked_by = str(context.params.get("asked_by", ""))
    kind = "demand" if wanted is not None else "incremental"
    return _run(context, kind, wanted, asked_by, machines)


def backfill_diagnostics(context: JobContext) -> Mapping[str, Any]:
    """One machine anew, from `from_at` (an ISO instant) on; what is known stays."""
    system_id, begin = int(context.params["system_id"]), str(context.params["from_at"])
    start = datetime.fromisoformat(begin)
    if start.tzinfo is None:
        raise InvalidInput(f"{begin} has no time zone.", hint="Write it with one, such as +00:00.")
    with context.database.write() as connection:
        values = {"system_id": system_id, "from_at": start}
        connection.execute(SQL["go_back"], values)
    machines = list_machines(context.database, system_id)
    asked_by = str(context.params.get("asked_by", ""))
    return _run(context, "backfill", system_id, asked_by, machines)


def forget_old_steps(context: JobContext) -> Mapping[str, Any]:
    with context.database.write() as connection:
        before = datetime.now(UTC) - KEPT
        gone = connection.execute(SQL["forget_steps"], {"before": before}).rowcount
    return {"forgotten": gone}


def _run(
    context: JobContext,
    kind: str,
    system_id: int | None,
    asked_by: str,
    machines: Sequence[Machine],
) -> Mapping[str, Any]:
    db = context.database
    with db.write() as connection:
        values = {"kind": kind, "system_id": system_id, "asked_by": asked_by}
        run_id = connection.execute(SQL["begin_run"], values).scalar_one()
    done = diagnose(db, machines, datetime.now(UTC), context.report, context.should_stop)
    _end(db, run_id, done)
    result = {"systems": done.systems, "steps": done.steps, "opened": done.opened,
              "failures": [f"{code}: {why}" for code, why in done.failures]}  # fmt: skip
    return {"state": "stopped", **result} if done.was_stopped else result


def _end(db: Database, run_id: int, done: Done) -> None:
    values = {"id": run_id, "systems": done.systems, "steps": done.steps, "opened": done.opened,
              "failures": json.dumps(done.failures)}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["end_run"], values)


JOBS: tuple[JobSpec, ...] = (
    JobSpec(
        id=RUN_DIAGNOSTICS,
        title="Diagnose the machines",
        description="Turns new readings into steps and holds them against the checks.",
        queue=Queue.DIAGNOSTICS,
        cadence="every 5m",
        run=run_diagnostics,
    ),
    JobSpec(
        id="foretell_limits",
        title="Foretell limits",
        description="Which limits the machines run towards, by the trends of the last 30 days.",
        queue=Queue.DIAGNOSTICS,
        cadence="daily 03:10",
        run=foretell_limits,
    ),
    JobSpec(
        id=BACKFILL_DIAGNOSTICS,
        title="Diagnose a machine's history",
        description="Goes through the history of one machine again.",
        queue=Queue.DIAGNOSTICS,
        cadence=None,
        run=backfill_diagnostics,
    ),
    JobSpec(
        id="forget_old_steps",
        title="Forget old diagnostic steps",
        description="Steps of more than two years ago; findings stay.",
        queue=Queue.DIAGNOSTICS,
        cadence="daily 03:40",
        run=forget_old_steps,
    ),
)
