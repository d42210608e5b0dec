"""Ingest over the machine API by four clients, against the file pipeline for the same rows.

    python -m benchmarks api

The server is a process of its own, the clients threads of this one, on the same machine; each
sends batches of 5,000 readings of sensors of its own. Rows, table and server are the same for
the files. Every round starts with empty tables.
"""

import argparse
import gzip
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import polars as pl
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette

from benchmarks.ingest import EMPTY_TABLES, SENSORS, bench_database
from hydrodiag.accounts import Actor, Role
from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.api import Limits, build_routes
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.embedded import ensure_installed
from hydrodiag.fleet.catalog import load_catalog
from hydrodiag.readings.ingest import guess_mapping, ingest, open_source

CLIENTS = 4
BATCH = 5000
AIM = 30_000
ADA = Actor("bench", Role.ADMINISTRATOR)
# path, type, encoding, how a batch is written
Request = tuple[str, str, str, Callable[[pl.DataFrame], bytes]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    installation = ensure_installed(load_settings().data_dir)
    with tempfile.TemporaryDirectory(prefix="hydrodiag-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        with bench_database(installation, folder) as database, serving(database) as url:
            Bench(database, url, folder, options.rows).run(options.rounds)


def serve(database_url: str, port: int) -> None:
    database = Database(database_url, application="bench-api")
    app = Starlette(routes=build_routes(lambda: database, Limits(per_second=1000)))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


@contextmanager
def serving(database: Database) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = database.url.render_as_string(hide_password=False)
    code = f"import sys; from benchmarks.api import serve; serve(sys.argv[1], {port})"
    child = subprocess.Popen([sys.executable, "-c", code, url], env={**os.environ})
    try:
        while not _answers(f"http://127.0.0.1:{port}"):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/openapi.json").status_code == 200
    except httpx.TransportError:
        return False


class Bench:
    def __init__(self, database: Database, url: str, folder: Path, rows: int) -> None:
        self.database = database
        self.url = url
        self.rows = rows // (CLIENTS * BATCH) * CLIENTS * BATCH
        self.key = create_key(database, ADA, KeyDraft("bench", [Scope.WRITE]))
        self.file = folder / "readings.csv"
        self.frame = self._make_frame()
        self.frame.write_csv(self.file)

    def run(self, rounds: int) -> None:
        requests: dict[str, Request] = {
            "JSON": ("readings", "application/json", "", write_json),
            "JSON, gzip": ("readings", "application/json", "gzip", write_json),
            "CSV": ("readings", "text/csv", "", lambda part: part.write_csv().encode()),
            "line protocol": ("write", "text/plain", "", write_lines),
        }
        ways: dict[str, Callable[[], float]] = {"file (hydrodiag ingest)": self.load_file}
        for name, request in requests.items():
            batches = [self._build(request, part) for part in self._parts()]
            ways[name] = lambda request=request, batches=batches: self.send(request, batches)  # type: ignore[misc]
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                self._empty()
                rates[name].append(self.rows / way())
                self._check()
        self._show(rates, rounds)

    def _show(self, rates: dict[str, list[float]], rounds: int) -> None:
        print(
            f"{self.rows:,} rows, {CLIENTS} clients, batches of {BATCH:,}, "
            f"median of {rounds} rounds, {os.cpu_count()} cores"
        )
        print(f"{'':<26}{'rows/s':>10}{'vs file':>10}{'vs aim':>10}")
        limit = median(rates["file (hydrodiag ingest)"])
        for name, measured in rates.items():
            rate = median(measured)
            print(f"{name:<26}{rate:>10,.0f}{rate / limit:>10.2f}{rate / AIM:>10.1f}")

    def load_file(self) -> float:
        start = time.perf_counter()
        with open_source(self.file) as source:
            mapping = guess_mapping(source, load_catalog(self.database))
            ingest(self.database, source, mapping, origin="bench")
        return time.perf_counter() - start

    def send(self, request: Request, batches: list[bytes]) -> float:
        start = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            shares = [batches[each::CLIENTS] for each in range(CLIENTS)]
            list(pool.map(lambda share: self._send_share(request, share), shares))
        return time.perf_counter() - start

    def _send_share(self, request: Request, share: list[bytes]) -> None:
        path, kind, encoding, _ = request
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        headers.update({"Content-Encoding": encoding} if encoding else {})
        with httpx.Client(base_url=self.url, headers=headers, timeout=60) as client:
            for batch in share:
                answer = client.post(f"/api/v1/{path}", content=batch)
                assert answer.status_code in (200, 204), answer.text

    def _build(self, request: Request, part: pl.DataFrame) -> bytes:
        content = request[3](part)
        return gzip.compress(content, 6) if request[2] == "gzip" else content

    def _parts(self) -> list[pl.DataFrame]:
        """Batches in turns of the clients: a client's sensors are its own."""
        owner = pl.col("sensor").str.extract(r"(\d+)$").cast(pl.Int32) % CLIENTS
        own = [self.frame.filter(owner == each) for each in range(CLIENTS)]
        count = min(part.height for part in own) // BATCH
        parts = [part.slice(n * BATCH, BATCH) for n in range(count) for part in own]
        self.rows = sum(part.height for part in parts)
        pl.concat(parts).write_csv(self.file)
        return parts

    def _empty(self) -> None:
        with self.database.maintain() as connection:
            connection.exec_driver_sql(EMPTY_TABLES)
            connection.exec_driver_sql("RESET ROLE")
            connection.exec_driver_sql("CHECKPOINT")
            connection.exec_driver_sql("SET ROLE hd_maint")

    def _check(self) -> None:
        with self.database.read() as connection:
            stored = connection.execute(text("SELECT count(*) FROM sensor_data")).scalar_one()
            refused = connection.execute(text("SELECT count(*) FROM quarantined_reading"))
            assert (stored, refused.scalar_one()) == (self.rows, 0), (stored, self.rows)

    def _make_frame(self) -> pl.DataFrame:
        """Readings of all sensors every second, up to an hour ago."""
        seconds = -(-self.rows // SENSORS) + 1
        end = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        first = int((end - timedelta(seconds=seconds)).timestamp())
        place = np.arange(seconds * SENSORS)
        values = 100 + np.random.default_rng(1).normal(0, 20, len(place)).clip(-90, 90)
        times = pl.Series((first + place // SENSORS) * 1_000_000).cast(pl.Datetime("us"))
        return pl.DataFrame(
            {
                "time": times.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "sensor": np.char.add("BENCH/PS", (place % SENSORS + 1).astype(str)),
                "value": values.round(3),
            }
        )


def write_json(part: pl.DataFrame) -> bytes:
    return b'{"readings":' + part.write_json().encode() + b"}"


def write_lines(part: pl.DataFrame) -> bytes:
    """As Telegraf writes them: one field a line here, so that a line is a row."""
    stamps = part["time"].str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ns").cast(pl.Int64)
    tags = part["sensor"].str.replace("BENCH/", "")
    lines = "modbus,host=gateway,system=BENCH " + tags + "=" + part["value"].cast(pl.String)
    return "\n".join((lines + " " + stamps.cast(pl.String)).to_list()).encode()


if __name__ == "__main__":
    main()
