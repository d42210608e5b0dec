"""Working on one queued run, from taking it to writing down how it ended."""

import os
import socket
import threading
from collections.abc import Mapping
from typing import Any

import structlog

from hydrodiag.config import Settings
from hydrodiag.db import Database, NamedQueries, Role
from hydrodiag.db.locks import advisory_lock
from hydrodiag.errors import DatabaseError
from hydrodiag.jobs.outcome import Outcome, after_error, record_outcome
from hydrodiag.jobs.run_context import RunContext
from hydrodiag.jobs.spec import JobSpec
from hydrodiag.metrics import JOB_RUNS, JOB_SECONDS

SQL = NamedQueries(__file__)
HOST = socket.gethostname()
log = structlog.get_logger(__name__)


class Runner:
    """Runs jobs of this process. The advisory lock of a job keeps others off it meanwhile:
    it ends with its connection, so a killed process never blocks a job.
    """

    def __init__(self, db: Database, settings: Settings, specs: Mapping[str, JobSpec]) -> None:
        self._db = db
        self._settings = settings
        self._specs = specs
        self._stopping = threading.Event()
        self._active: dict[int, tuple[RunContext, int]] = {}

    @property
    def active_run_ids(self) -> list[int]:
        return list(self._active)

    def stop(self) -> None:
        """Take no more work and tell running jobs to end."""
        self._stopping.set()

    def work_on(self, run_id: int, job_id: str) -> bool:
        """Run a queued run; False if it is somebody else's, or another run of the job is on."""
        spec = self._specs.get(job_id)
        if spec is None or self._stopping.is_set():
            return False
        with (
            self._db.dedicated(Role.MAINT, purpose=job_id) as connection,
            advisory_lock(connection, f"job:{job_id}") as is_ours,
        ):
            return is_ours and self._take_and_run(run_id, spec)

    def pass_on_stop_requests(self) -> None:
        """Tell jobs of this process that a person wants them to end."""
        with self._db.read() as connection:
            wanted = set(connection.execute(SQL["list_stop_requests"]).scalars())
        for run_id, (context, _) in list(self._active.items()):
            if run_id in wanted:
                context.stop_by_person.set()

    def hand_back(self) -> None:
        """Give the runs that did not end in time to whoever comes next."""
        for run_id, (context, attempt) in list(self._active.items()):
            error = "The scheduler was stopped before the job had ended."
            outcome = Outcome("handed_back", error=error, again="handover")
            record_outcome(self._db, context.run_id, attempt, outcome)
            log.warning("job_handed_back", run=run_id)

    def _take_and_run(self, run_id: int, spec: JobSpec) -> bool:
        with self._db.write() as connection:
            values = {"run_id": run_id, "host": HOST, "pid": os.getpid()}
            taken = connection.execute(SQL["start_run"], values).one_or_none()
        if taken is None:
            return False
        context = RunContext(run_id, taken.params, self._db, self._settings, self._stopping.is_set)
        self._active[run_id] = (context, taken.attempt)
        try:
            self._run(context, spec, taken.attempt)
        finally:
            del self._active[run_id]
        return True

    def _run(self, context: RunContext, spec: JobSpec, attempt: int) -> None:
        with structlog.contextvars.bound_contextvars(job=spec.id, run=context.run_id):
            log.info("job_started", attempt=attempt)
            with JOB_SECONDS.labels(spec.id).time():
                outcome = self._outcome_of(context, spec, attempt)
            JOB_RUNS.labels(spec.id, outcome.status).inc()
            try:
                is_recorded = record_outcome(self._db, context.run_id, attempt, outcome)
            except DatabaseError as error:
                log.error("job_outcome_not_written", status=outcome.status, error=str(error))
                return
            if is_recorded:
                _log_end(outcome)

    def _outcome_of(self, context: RunContext, spec: JobSpec, attempt: int) -> Outcome:
        try:
            result = spec.run(context)
        except Exception as error:
            log.debug("job_traceback", exc_info=True)
            return after_error(error, attempt, spec.max_attempts)
        return _end_of(context, result)


def _end_of(context: RunContext, result: Mapping[str, Any]) -> Outcome:
    if not context.was_told_to_stop:
        return Outcome("succeeded", result)
    if context.stop_by_person.is_set():
        return Outcome("stopped", result)
    return Outcome("handed_back", result, again="handover")


def _log_end(outcome: Outcome) -> None:
    if outcome.status == "failed":
        log.error("job_failed", error=outcome.error, again_in_s=outcome.delay.total_seconds())
    else:
        log.info("job_finished", status=outcome.status)
