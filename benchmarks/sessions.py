"""People at once in Overview and Metrics, over real WebSockets, against the limit of 150 ms.

    python -m benchmarks.sessions [--people 50] [--think 1.0] [--seconds 30] [--processes 1]
                                  [--batch 10]

The app is one process or several, as replicas behind the proxy, on a demo fleet of three days;
each person has an account and a session of their own, and goes to one of the two pages, a machine
and a range with every rerun.
The clients run on the same machine and take a part of its cores. With `--batch` each machine sends
its readings of every second in batches of so many seconds, each at its own turn, and the rollups
are refreshed as the scheduler does.
"""

import argparse
import asyncio
import gc
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
import websockets
from sqlalchemy import text
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.scratch import scratch_database
from hydrodiag.db import Database
from hydrodiag.demo import init_demo
from hydrodiag.embedded.server import is_free
from hydrodiag.fleet import list_sensors, list_systems
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups
from tests.people import COOKIE, sign_in_person
from tests.served import serving_app

LIMIT_MS = 150.0
DAYS = 3
RANGES = ("1h", "6h", "24h")
ANSWER_TIMEOUT_S = 120
# Messages longer than this carry elements of a page, never the end of a run.
LONGEST_CONTROL = 3000
JOINING = 10
WARM_S = 10
REFRESH_S = 15
US = 1_000_000
CHANCE = random.Random(1)  # noqa: S311 - who looks at what


@dataclass
class Person:
    """One browser tab: a WebSocket with its session."""

    url: str
    token: str
    codes: Sequence[str]
    pages: dict[str, str] = field(default_factory=dict)
    errors: int = 0

    async def join(self) -> None:
        self.socket = await websockets.connect(
            self.url.replace("http", "ws") + "/_stcore/stream",
            additional_headers={"Cookie": f"{COOKIE}={self.token}", "Origin": self.url},
            subprotocols=["streamlit"], max_size=2**28, compression=None,
        )  # fmt: skip
        await self.rerun("", "")

    async def rerun(self, path: str, query: str) -> float:
        """Seconds from the request to the end of the script, with all its elements received."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self.pages.get(path, "")
        message.rerun_script.context_info.timezone = "Europe/Berlin"
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await asyncio.wait_for(self._finish(), ANSWER_TIMEOUT_S)
        return time.perf_counter() - started

    async def _finish(self) -> None:
        while True:
            data = await self.socket.recv()
            if len(data) > LONGEST_CONTROL:
                continue
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                pages = message.navigation.app_pages
                self.pages = {each.url_pathname: each.page_script_hash for each in pages}
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                self.errors += 1
            if kind == "script_finished":
                return

    def choose(self) -> tuple[str, str]:
        code, span = CHANCE.choice(self.codes), CHANCE.choice(RANGES)
        return CHANCE.choice((("", ""), ("readings", f"system={code}&range={span}")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between reruns")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--processes", type=int, default=1, help="of the app")
    parser.add_argument("--batch", type=float, default=0.0, help="seconds; 0: none come in")
    options = parser.parse_args()
    with scratch_database("sessions") as database, tempfile.TemporaryDirectory() as folder:
        init_demo(database, datetime.now(UTC), lambda _: None, days=DAYS)
        refresh_rollups(database)
        settle(database)
        codes = [each.code for each in list_systems(database)]
        tokens = [sign_in_person(database, f"person-{n}") for n in range(options.people)]
        dsn = database.url.render_as_string(hide_password=False)
        with ExitStack() as stack:
            urls = stack.enter_context(serving_apps(dsn, options.processes, Path(folder)))
            if options.batch:
                stack.enter_context(coming_in(dsn, options.batch))
            shared_out = zip(cycle(urls), tokens, strict=False)
            people = [Person(url, token, codes) for url, token in shared_out]
            gc.collect()
            gc.freeze()  # the clients' own pauses are not the app's
            asyncio.run(observe(people, options.think, options.seconds))


def settle(database: Database) -> None:
    """What a server does by itself after so large a load would else fall into the measurement."""
    with database.maintain() as connection:
        connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def serving_apps(dsn: str, processes: int, folder: Path) -> Iterator[list[str]]:
    free = (port for port in range(19_000, 19_100) if is_free(port))
    with ExitStack() as stack:
        yield [
            stack.enter_context(serving_app(dsn, port, folder / f"{port}.log"))
            for port in islice(free, processes)
        ]


@contextmanager
def coming_in(dsn: str, batch_s: float) -> Iterator[None]:
    """In a process of its own, as the clients' has no time for it."""
    sender = get_context("spawn").Process(target=send_readings, args=(dsn, batch_s), daemon=True)
    sender.start()
    try:
        yield
        if not sender.is_alive():
            raise SystemExit("The process that sends readings has ended.")
    finally:
        sender.kill()
        sender.join()


def send_readings(dsn: str, batch_s: float) -> None:
    database = Database(dsn)
    machines = [
        [sensor.id for sensor in list_sensors(database, system.id)]
        for system in list_systems(database)
    ]
    sent, refreshed = [time.time()] * len(machines), time.time()
    for turn in cycle(range(len(machines))):
        now = time.time()
        send_batch(database, machines[turn], sent[turn], now)
        sent[turn] = now
        if now - refreshed > REFRESH_S:
            refresh_rollups(database)
            refreshed = now
        time.sleep(max(0.0, batch_s / len(machines) - (time.time() - now)))


def send_batch(
    database: Database, sensor_ids: Sequence[int], after_s: float, until_s: float
) -> None:
    times_us = np.arange(int(after_s) + 1, int(until_s) + 1) * US
    ids = np.repeat(np.asarray(sensor_ids), len(times_us))
    values = np.random.default_rng().normal(50, 1, len(ids))
    load_columns(database, ids, np.tile(times_us, len(sensor_ids)), values, origin="sessions")


async def observe(people: Sequence[Person], think_s: float, seconds: float) -> None:
    servers = [find_server(url) for url in {each.url for each in people}]
    empty = sum(each.memory_info().rss for each in servers)
    for start in range(0, len(people), JOINING):
        await asyncio.gather(*(each.join() for each in people[start : start + JOINING]))
    await asyncio.gather(*(visit(each, think_s, WARM_S, {}) for each in people))
    taken: dict[str, list[float]] = {"": [], "readings": []}
    before_s, started = cpu_seconds(servers), time.perf_counter()
    await asyncio.gather(*(visit(each, think_s, seconds, taken) for each in people))
    spent_s, passed_s = cpu_seconds(servers) - before_s, time.perf_counter() - started
    reruns = sum(map(len, taken.values()))
    memory = (sum(each.memory_info().rss for each in servers) - empty) / len(people) / 2**20
    errors = sum(each.errors for each in people)
    for path, name in (("", "Overview"), ("readings", "Metrics")):
        tell(name, taken[path])
    tell("both", taken[""] + taken["readings"])
    print(f"{len(people)} people, {think_s:g} s think time, {os.cpu_count()} cores, "
          f"{len(servers)} processes: {spent_s / passed_s:.0%} of one core, "
          f"{spent_s / reruns * 1e3:.0f} ms a rerun, {memory:.1f} MiB a session, "
          f"{errors} errors")  # fmt: skip


async def visit(
    person: Person, think_s: float, seconds: float, taken: dict[str, list[float]]
) -> None:
    end = time.perf_counter() + seconds
    await asyncio.sleep(CHANCE.random() * think_s)
    while time.perf_counter() < end:
        path, query = person.choose()
        taken.setdefault(path, []).append(await person.rerun(path, query))
        await asyncio.sleep(CHANCE.uniform(0.5, 1.5) * think_s)


def tell(name: str, seconds: Sequence[float]) -> None:
    p50, p95 = np.percentile(np.asarray(seconds) * 1e3, (50, 95))
    print(f"{name:>9} {len(seconds):>5} reruns   p50 {p50:6.0f} ms   p95 {p95:6.0f} ms "
          f"({p95 / LIMIT_MS:.2f} of the {LIMIT_MS:.0f} ms limit)")  # fmt: skip


def cpu_seconds(servers: Iterable[psutil.Process]) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in servers)


def find_server(url: str) -> psutil.Process:
    """The process that listens there."""
    port = int(url.rsplit(":", 1)[1])
    children = psutil.Process().children(recursive=True)
    return next(each for each in children if listens(each, port))


def listens(process: psutil.Process, port: int) -> bool:
    found = process.net_connections(kind="tcp")
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in found)


if __name__ == "__main__":
    main()
