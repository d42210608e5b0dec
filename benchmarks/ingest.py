"""Ingest of a CSV through the whole pipeline, against `psql \\copy` and pandas `to_sql`.

    python -m benchmarks.ingest --rows 5000000

All write into the same hypertable of a server of their own, in turns; the ratio is of the
medians. `\\copy` gets the same rows with sensor ids instead of tags: it does not parse units,
check ranges, deduplicate, keep latest values or note what the rollups have to take up.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import polars as pl
from sqlalchemy import text

from hydrodiag.cache import bump_generation
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.db.migrate import upgrade
from hydrodiag.db.url import libpq_url
from hydrodiag.embedded import Installation, ensure_installed, serve_cluster
from hydrodiag.fleet.catalog import load_catalog
from hydrodiag.readings.ingest import IngestReport, guess_mapping, ingest, open_source

SENSORS = 50
PANDAS_ROWS = 100_000
ADD_FLEET = text(
    "WITH system AS (INSERT INTO hydraulic_system (code, name, kind) "
    "VALUES ('BENCH', 'Bench', 'hpu') RETURNING id) "
    "INSERT INTO sensor (system_id, tag, name, quantity, unit, resolution, valid_min, valid_max) "
    "SELECT system.id, 'PS' || n, 'Pressure ' || n, 'pressure', 'bar', 0.001, 0, 400 "
    "FROM system, generate_series(1, :sensors) AS n"
)
EMPTY_TABLES = (
    "TRUNCATE sensor_data, sensor_latest, rollup_dirty, ingest_batch, ingest_file CASCADE"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    installation = ensure_installed(load_settings().data_dir)
    with tempfile.TemporaryDirectory(prefix="hydrodiag-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        with bench_database(installation, folder) as database:
            bench = Bench(database, installation.bin / "psql", folder, options.rows)
            bench.run(options.rounds)


@contextmanager
def bench_database(installation: Installation, folder: Path) -> Iterator[Database]:
    with serve_cluster(installation, folder / "cluster", report=lambda _: None) as url:
        upgrade(url)
        database = Database(url, application="bench")
        with database.write() as connection:
            connection.execute(ADD_FLEET, {"sensors": SENSORS})
            bump_generation(connection, "fleet")
        try:
            yield database
        finally:
            database.dispose()


class Bench:
    def __init__(self, database: Database, psql: Path, folder: Path, rows: int) -> None:
        self.database = database
        self.psql = psql
        self.catalog = load_catalog(database)
        self.rows = rows
        self.with_tags, self.with_ids = folder / "readings.csv", folder / "copy.csv"
        self.frame = self._write_files()

    def run(self, rounds: int) -> None:
        ways: dict[str, Callable[[], int]] = {
            "psql \\copy": self.copy,
            "hydrodiag ingest": self.first_time,
            "the same file again": self.second_time,
            "pandas to_sql": self.pandas,
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                rates[name].append(self._rate(way, is_fresh=name != "the same file again"))
        limit = median(rates["psql \\copy"])
        print(
            f"{self.rows:,} rows, {self.with_tags.stat().st_size / 1e6:,.0f} MB, "
            f"median of {rounds} rounds"
        )
        heads = ("", "rows/s", "vs \\copy", "vs to_sql")
        print("{:<22}{:>12}{:>10}{:>11}".format(*heads))
        slowest = median(rates["pandas to_sql"])
        for name, measured in rates.items():
            rate = median(measured)
            print(f"{name:<22}{rate:>12,.0f}{rate / limit:>10.2f}{rate / slowest:>11.1f}")

    def _rate(self, way: Callable[[], int], *, is_fresh: bool) -> float:
        with self.database.maintain() as connection:
            if is_fresh:
                connection.exec_driver_sql(EMPTY_TABLES)
            connection.exec_driver_sql("RESET ROLE")
            connection.exec_driver_sql("CHECKPOINT")
            connection.exec_driver_sql("SET ROLE hd_maint")
        start = time.perf_counter()
        count = way()
        return count / (time.perf_counter() - start)

    def copy(self) -> int:
        command = f"\\copy sensor_data (time, sensor_id, value) from '{self.with_ids}' csv"
        url = libpq_url(self.database.url)
        subprocess.run([self.psql, "-q", "-X", url, "-c", command], check=True)
        return self.rows

    def first_time(self) -> int:
        report = self._ingest()
        assert report.inserted == report.rows == self.rows, report
        return self.rows

    def second_time(self) -> int:
        report = self._ingest()
        assert report.already_there == report.rows == self.rows, report
        return self.rows

    def pandas(self) -> int:
        part = self.frame.head(PANDAS_ROWS)
        table = pd.DataFrame({name: part[name].to_numpy() for name in part.columns})
        table["time"] = table["time"].dt.tz_localize("UTC")
        with self.database.write() as connection:
            table.to_sql("sensor_data", connection, if_exists="append", index=False)
        return len(table)

    def _ingest(self) -> IngestReport:
        with open_source(self.with_tags) as source:
            mapping = guess_mapping(source, self.catalog)
            return ingest(self.database, source, mapping, origin="bench")

    def _write_files(self) -> pl.DataFrame:
        """Readings of all sensors every second, up to an hour ago, as instruments write them."""
        seconds = -(-self.rows // SENSORS)
        end = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        first_us = int((end - timedelta(seconds=seconds)).timestamp()) * 1_000_000
        place = np.arange(self.rows)
        values = 100 + np.random.default_rng(1).normal(0, 20, self.rows).clip(-90, 90)
        frame = pl.DataFrame(
            {
                "time": pl.Series(first_us + place // SENSORS * 1_000_000).cast(pl.Datetime("us")),
                "sensor_id": self.catalog.ids[place % SENSORS],
                "value": values.round(3),
            }
        )
        tags = {sensor.id: sensor.tag for sensor in self.catalog.sensors.values()}
        named = frame.with_columns(pl.col("sensor_id").replace_strict(tags).alias("sensor"))
        instants = {"datetime_format": "%Y-%m-%dT%H:%M:%SZ"}
        named.select("time", "sensor", "value").write_csv(self.with_tags, **instants)
        frame.write_csv(self.with_ids, include_header=False, **instants)
        return frame


if __name__ == "__main__":
    main()
