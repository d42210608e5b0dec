"""Peak memory of `hydrodiag ingest` on a file of 2 GB; the limit is 600 MB.

python -m benchmarks.ingest_memory --megabytes 2000
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.ingest import SENSORS, bench_database
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.db.url import libpq_url
from hydrodiag.embedded import ensure_installed

LIMIT_MB = 600
PART_ROWS = 1_000_000
NOTE = "measured at the test bench, cycle without load"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=2000)
    options = parser.parse_args()
    installation = ensure_installed(load_settings().data_dir)
    with tempfile.TemporaryDirectory(prefix="hydrodiag-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        file = folder / "readings.csv"
        rows = write_file(file, options.megabytes * 1_000_000)
        with bench_database(installation, folder) as database:
            seconds, peak_mb = load(database, file)
    heads = ("file MB", "readings", "readings/s", "peak MB", "limit MB")
    print(("{:>12}" * 5).format(*heads))
    size_mb = options.megabytes
    print(f"{size_mb:>12,}{rows:>12,}{rows / seconds:>12,.0f}{peak_mb:>12,.0f}{LIMIT_MB:>12}")


def write_file(file: Path, size_bytes: int) -> int:
    """A long file with columns that say nothing new, as exports have them; its rows."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    start_us = int(start.timestamp()) * 1_000_000
    rows = 0
    with file.open("wb") as stream:
        stream.write(b"time,site,sensor,value,unit,note\n")
        while stream.tell() < size_bytes:
            build_part(start_us, rows).write_csv(stream, include_header=False)
            rows += PART_ROWS
    return rows


def build_part(start_us: int, first: int) -> pl.DataFrame:
    place = first + np.arange(PART_ROWS)
    times = pl.Series(start_us + place // SENSORS * 1_000_000).cast(pl.Datetime("us", "UTC"))
    values = 100 + np.random.default_rng(first).normal(0, 20, PART_ROWS).clip(-90, 90)
    return pl.DataFrame(
        {
            "time": times.dt.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"),
            "site": ["hall 4"] * PART_ROWS,
            "sensor": [f"PS{number}" for number in place % SENSORS + 1],
            "value": values.round(3),
            "unit": ["bar"] * PART_ROWS,
            "note": [NOTE] * PART_ROWS,
        }
    )


def load(database: Database, file: Path) -> tuple[float, float]:
    """Seconds and peak resident memory in MB of the command."""
    command = [sys.executable, "-m", "hydrodiag", "ingest", str(file), "--yes"]
    environment = {**os.environ, "DATABASE_URL": libpq_url(database.url)}
    before_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak_kb > before_kb, "another child of this process used more memory"
    return seconds, peak_kb * 1024 / 1e6


if __name__ == "__main__":
    main()
