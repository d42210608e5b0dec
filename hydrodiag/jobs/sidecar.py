"""The scheduler process: APScheduler's triggers and executors around the job table.

The triggers wake it at each job's turn, the executors are the queues. What runs, and who runs it,
is decided in the database, so any number of these processes may work side by side.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from uuid import uuid4

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from hydrodiag import __version__
from hydrodiag.config import Settings
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import DatabaseError
from hydrodiag.jobs.listener import Listener
from hydrodiag.jobs.lost_runs import mark_lost_runs
from hydrodiag.jobs.notices import Notice
from hydrodiag.jobs.overview import list_jobs
from hydrodiag.jobs.runner import Runner
from hydrodiag.jobs.spec import JobSpec, Queue
from hydrodiag.jobs.turns import plan_turns, publish_jobs, queue_due_turns

SQL = NamedQueries(__file__)
WORKERS = {Queue.MAINTENANCE: 3, Queue.DIAGNOSTICS: 1, Queue.AI_TASKS: 1, Queue.USERS: 1}
POLL_S = 2
BEAT_S = 10
LOST_S = 5
GRACE_S = 20.0
LOOK_AGAIN = timedelta(seconds=0.2)
log = structlog.get_logger(__name__)


class Sidecar:
    def __init__(self, db: Database, settings: Settings, specs: Iterable[JobSpec]) -> None:
        self._db = db
        self._settings = settings
        self._specs = {spec.id: spec for spec in specs}
        self._runner = Runner(db, settings, self._specs)
        self._scheduler = _build_scheduler()
        self._listener = Listener(db, self._on_notice)
        self._id = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self._submitted: set[int] = set()
        self._guard = threading.Lock()
        self._is_down = False

    def start(self) -> None:
        """Publish the jobs and begin; raises DatabaseError if the database does not answer."""
        publish_jobs(self._db, self._specs.values())
        self._beat()
        self._follow_schedule()
        for task, seconds in (
            (self._poll, POLL_S),
            (self._guarded(self._beat), BEAT_S),
            (self._guarded(self._find_lost), LOST_S),
        ):
            self._scheduler.add_job(task, "interval", seconds=seconds, executor="default")
        self._scheduler.start()
        self._listener.start()
        log.info("scheduler_started", id=self._id, jobs=len(self._specs))

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Stop taking work, wait for running jobs, hand back those that do not end in time."""
        log.info("scheduler_stopping", running=self._runner.active_run_ids)
        self._runner.stop()
        self._listener.stop()
        self._scheduler.pause()
        deadline = time.monotonic() + grace_s
        while self._runner.active_run_ids and time.monotonic() < deadline:
            time.sleep(0.05)
        self._guarded(self._runner.hand_back)()
        self._guarded(self._say_goodbye)()
        self._scheduler.shutdown(wait=False)
        log.info("scheduler_stopped")

    def _on_notice(self, notice: Notice) -> None:
        work = {
            Notice.RUNS: self._dispatch,
            Notice.SCHEDULE: self._follow_schedule,
            Notice.STOP: self._runner.pass_on_stop_requests,
        }[notice]
        self._guarded(work)()

    def _poll(self) -> None:
        """What notices and triggers may have missed."""
        self._guarded(self._look_around)()

    def _look_around(self) -> None:
        plan_turns(self._db, self._settings.time_zone)
        queue_due_turns(self._db, self._settings.time_zone)
        self._dispatch()
        self._runner.pass_on_stop_requests()

    def _follow_schedule(self) -> None:
        """Wake up at the next turn of any job."""
        plan_turns(self._db, self._settings.time_zone)
        jobs = [job for job in list_jobs(self._db) if job.is_known and not job.is_paused]
        if coming := [job.next_run_at for job in jobs if job.next_run_at]:
            self._wake_at(min(coming))

    def _wake_at(self, instant: datetime) -> None:
        """A turn that is overdue is being taken by somebody, so looking again can wait."""
        self._scheduler.add_job(
            self._guarded(self._take_turns),
            DateTrigger(max(instant, datetime.now(UTC) + LOOK_AGAIN)),
            id="turns",
            executor="default",
            max_instances=2,
            replace_existing=True,
        )

    def _take_turns(self) -> None:
        queue_due_turns(self._db, self._settings.time_zone)
        self._dispatch()
        self._follow_schedule()

    def _dispatch(self) -> None:
        """Hand every run that may start to the executor of its queue."""
        with self._db.read() as connection:
            queued = connection.execute(SQL["list_queued_runs"]).all()
        for run in queued:
            if self._remember(run.id):
                self._scheduler.add_job(self._work, args=(run.id, run.job_id), executor=run.queue)

    def _remember(self, run_id: int) -> bool:
        with self._guard:
            is_new = run_id not in self._submitted
            self._submitted.add(run_id)
        return is_new

    def _work(self, run_id: int, job_id: str) -> None:
        try:
            self._guarded(lambda: self._runner.work_on(run_id, job_id))()
        finally:
            with self._guard:
                self._submitted.discard(run_id)

    def _find_lost(self) -> None:
        mark_lost_runs(self._db, self._specs, self._runner.active_run_ids)

    def _beat(self) -> None:
        values = {"id": self._id, "host": socket.gethostname(), "pid": os.getpid()}
        with self._db.write() as connection:
            connection.execute(SQL["beat"], {**values, "version": __version__})

    def _say_goodbye(self) -> None:
        with self._db.write() as connection:
            connection.execute(SQL["forget_scheduler"], {"id": self._id})

    def _guarded(self, work: Callable[[], object]) -> Callable[[], None]:
        """A database that is away is said once; the next turn tries again."""

        @wraps(work)
        def run() -> None:
            try:
                work()
            except DatabaseError as error:
                if not self._is_down:
                    log.error("database_away", error=str(error))
                self._is_down = True
            else:
                if self._is_down:
                    log.info("database_back")
                self._is_down = False

        return run


def _build_scheduler() -> BackgroundScheduler:
    executors = {queue.value: ThreadPoolExecutor(count) for queue, count in WORKERS.items()}
    return BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(4), **executors},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
