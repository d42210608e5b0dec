"""One question a part; all are asked at once, and one that hangs is failing and not waited for."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.db.migrate import current_revision, newest_revision
from hydrodiag.errors import HydroDiagError
from hydrodiag.health.asking import NotThere
from hydrodiag.health.neighbours import Neighbour, list_neighbours
from hydrodiag.jobs import Silence, find_silence, list_schedulers

TIMEOUT_S = 6.0


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILING = "failing"


@dataclass(frozen=True)
class Probe:
    """`detail` may be shown to anybody: no addresses, no secrets. `is_essential`: without it
    nothing works."""

    name: str
    title: str
    state: State
    detail: str
    hint: str = ""
    is_essential: bool = False
    took_ms: float = 0.0


Question = Callable[[], Probe]


def probe_all(open_database: Callable[[], Database], settings: Settings) -> list[Probe]:
    """The state of every part; never raises and never takes much longer than 6 s."""
    neighbours = list_neighbours(settings)
    questions: list[Question] = [
        lambda: _probe_database(open_database()),
        lambda: _probe_schema(open_database()),
        lambda: _probe_scheduler(open_database()),
        *(partial(_probe_neighbour, each) for each in neighbours),
    ]
    unknown = [*UNKNOWN, *(_build_unknown(each) for each in neighbours)]
    return _ask(questions, unknown)


def is_ready(probes: Sequence[Probe]) -> bool:
    """Whether the parts are there without which nothing works."""
    return all(probe.state is not State.FAILING for probe in probes if probe.is_essential)


def _probe_database(db: Database) -> Probe:
    with db.read() as connection:
        version = connection.connection.dbapi_connection.info.server_version  # type: ignore[union-attr]
    return replace(UNKNOWN[0], state=State.OK, detail=f"PostgreSQL {version // 10_000}", hint="")


def _probe_schema(db: Database) -> Probe:
    with db.read() as connection:
        found = current_revision(connection)
    if found == newest_revision():
        return replace(UNKNOWN[1], state=State.OK, detail=f"at {found}", hint="")
    return replace(UNKNOWN[1], detail=f"at {found or 'nothing'}, needs {newest_revision()}")


def _probe_scheduler(db: Database) -> Probe:
    alive = [each for each in list_schedulers(db) if each.is_alive]
    if not alive:
        return replace(UNKNOWN[2], detail=f"none is running{_tell_since(find_silence(db))}")
    youngest_s = min(each.silent_for.total_seconds() for each in alive)
    detail = f"{len(alive)} running, heartbeat {youngest_s:.0f} s ago"
    return replace(UNKNOWN[2], state=State.OK, detail=detail, hint="")


def _tell_since(silence: Silence | None) -> str:
    if silence is None or silence.began_at is None:
        return ""
    return f" since {silence.began_at:%Y-%m-%d %H:%M:%S} UTC"


def _probe_neighbour(neighbour: Neighbour) -> Probe:
    try:
        return replace(_build_unknown(neighbour), state=State.OK, detail=neighbour.ask(), hint="")
    except NotThere as error:
        return replace(_build_unknown(neighbour), detail=str(error))


def _build_unknown(neighbour: Neighbour) -> Probe:
    return Probe(
        neighbour.name, neighbour.title, State.WARNING, "cannot be looked at", neighbour.hint
    )


# What a part is said to be when its question was not answered.
UNKNOWN = (
    Probe(
        "database", "Database", State.FAILING, "does not answer",
        "Under `make dev` it is started again; else see to the server of `DATABASE_URL`.",
        is_essential=True,
    ),
    Probe(
        "schema", "Tables", State.FAILING, "cannot be looked at", "Run `make migrate`.",
        is_essential=True,
    ),
    Probe(
        "scheduler", "Scheduler", State.WARNING, "cannot be looked at",
        "Start `make dev`, or `python scheduler.py`; what was asked for is kept until then.",
    ),
)  # fmt: skip


def _ask(questions: Sequence[Question], unknown: Sequence[Probe]) -> list[Probe]:
    pool = ThreadPoolExecutor(len(questions), thread_name_prefix="probe")
    try:
        deadline = time.monotonic() + TIMEOUT_S
        coming = [pool.submit(_timed, question) for question in questions]
        pairs = zip(coming, unknown, strict=True)
        return [_answer(future, instead, deadline) for future, instead in pairs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _timed(question: Question) -> Probe:
    started = time.perf_counter()
    return replace(question(), took_ms=round((time.perf_counter() - started) * 1000, 1))


def _answer(coming: Future[Probe], instead: Probe, deadline: float) -> Probe:
    try:
        return coming.result(max(0.0, deadline - time.monotonic()))
    except TookTooLong:
        return replace(instead, detail=f"no answer within {TIMEOUT_S:g} s")
    except HydroDiagError:
        return instead
