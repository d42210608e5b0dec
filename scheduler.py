"""The sidecar: `python scheduler.py`. Runs maintenance, ingest of uploads and housekeeping."""

import signal
import sys
import threading

import structlog

from hydrodiag import embedded
from hydrodiag.accounts.sessions import forget_old
from hydrodiag.config import Settings, load_settings
from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.gauges import tell_ongoing
from hydrodiag.diagnostics.models import model_jobs
from hydrodiag.diagnostics.running import diagnostic_jobs
from hydrodiag.errors import DatabaseError, HydroDiagError, SetupFailed
from hydrodiag.health.serving import serving_health
from hydrodiag.jobs import JobSpec, Queue, housekeeping
from hydrodiag.jobs.sidecar import Sidecar
from hydrodiag.logs import configure_logs
from hydrodiag.manuals import manual_jobs
from hydrodiag.readings import rollup_jobs
from hydrodiag.readings.ingest import ingest_jobs
from hydrodiag.timescale import lifecycle_jobs

# Accounts and jobs know nothing of each other; they meet here.
FORGET_SESSIONS = JobSpec(
    id="forget_sessions",
    title="Forget old sessions",
    description="Sessions, sign-in attempts and invitations that ended long ago.",
    queue=Queue.USERS,
    cadence="daily 04:30",
    run=lambda context: {"forgotten": forget_old(context.database)},
)
JOBS = (
    *housekeeping.JOBS,
    *rollup_jobs.JOBS,
    *ingest_jobs.JOBS,
    *lifecycle_jobs.JOBS,
    *manual_jobs.JOBS,
    *diagnostic_jobs.JOBS,
    *model_jobs.JOBS,
    FORGET_SESSIONS,
)
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
log = structlog.get_logger("scheduler")


def main() -> int:
    try:
        settings = load_settings()
    except HydroDiagError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    configure_logs(settings)
    told_to_stop = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: told_to_stop.set())
    try:
        database = Database(_database_url(settings), application="hydrodiag:scheduler")
    except HydroDiagError as error:
        log.error("cannot_start", error=str(error))
        return 1
    run(database, settings, told_to_stop)
    database.dispose()
    return 0


def run(database: Database, settings: Settings, told_to_stop: threading.Event) -> None:
    """Start as soon as the database answers, work until told to stop."""
    sidecar = Sidecar(database, settings, JOBS)
    with serving_health(settings, lambda: database, [tell_ongoing]):
        if _start(sidecar, told_to_stop):
            told_to_stop.wait()
            sidecar.stop()


def _start(sidecar: Sidecar, told_to_stop: threading.Event) -> bool:
    pause_s = FIRST_PAUSE_S
    while not told_to_stop.is_set():
        try:
            sidecar.start()
            return True
        except DatabaseError as error:
            log.error("database_away", error=str(error), again_in_s=pause_s)
            told_to_stop.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    return False


def _database_url(settings: Settings) -> str:
    if settings.database_url:
        return settings.database_url.get_secret_value()
    url = embedded.running_url(settings.data_dir)
    if url is None:
        raise SetupFailed(
            "No database: DATABASE_URL is not set and the embedded server does not run.",
            hint="Start everything with `make dev`, or set DATABASE_URL.",
        )
    return url


if __name__ == "__main__":
    sys.exit(main())
