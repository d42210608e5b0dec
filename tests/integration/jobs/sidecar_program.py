"""A scheduler of its own, with jobs that leave marks where tests can see them."""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.errors import DatabaseUnavailable
from hydrodiag.jobs import JobContext, JobSpec, Queue
from hydrodiag.jobs.sidecar import Sidecar
from hydrodiag.logs import configure_logs

MARKS = Path(os.environ["MARKS"])


def mark(name: str) -> int:
    """Write down that this happened; return how often it has by now."""
    with (MARKS / name).open("a") as file:
        file.write(f"{os.getpid()} {time.time()}\n")
    return len((MARKS / name).read_text().splitlines())


def tick(context: JobContext) -> Mapping[str, Any]:
    mark("tick")
    return {"seen": dict(context.params)}


def work_until_told(context: JobContext) -> Mapping[str, Any]:
    mark("work")
    while not context.should_stop() and not (MARKS / "enough").exists():
        context.report(0.5, "working")
        time.sleep(0.02)
    return {"done": True}


def ignore_everything(context: JobContext) -> Mapping[str, Any]:
    mark("deaf")
    time.sleep(0 if (MARKS / "enough").exists() else 600)
    return {}


def fail_once(context: JobContext) -> Mapping[str, Any]:
    if mark("flaky") == 1:
        raise DatabaseUnavailable("The database does not answer.")
    return {}


def fail_always(context: JobContext) -> Mapping[str, Any]:
    mark("broken")
    raise ValueError("no such pump")


SPECS = [
    JobSpec("tick", "Tick", "", Queue.MAINTENANCE, "every 1s", tick),
    JobSpec("work_until_told", "Work", "", Queue.USERS, None, work_until_told),
    JobSpec("work_by_turns", "Work", "", Queue.DIAGNOSTICS, "every 2d", work_until_told),
    JobSpec("ignore_everything", "Deaf", "", Queue.AI_TASKS, None, ignore_everything),
    JobSpec("fail_once", "Flaky", "", Queue.USERS, None, fail_once),
    JobSpec("fail_always", "Broken", "", Queue.USERS, None, fail_always),
    *(
        JobSpec(f"idle_{n}", "Idle", "", Queue.MAINTENANCE, "every 1s", lambda _: {})
        for n in "abcd"
    ),
]

if __name__ == "__main__":
    settings = load_settings()
    configure_logs(settings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    sidecar = Sidecar(Database(os.environ["DATABASE_URL"]), settings, SPECS)
    sidecar.start()
    stop.wait()
    sidecar.stop(grace_s=2)
    sys.stderr.flush()
    os._exit(0)
