"""The overview of 1,000 machines with 20 sensors each, against the limit of 50 ms."""

import gc
import time

import numpy as np
from sqlalchemy import Connection, text

from benchmarks.scratch import scratch_database
from hydrodiag.cache import bump_generation
from hydrodiag.cache.generations import CURRENT
from hydrodiag.db import Database
from hydrodiag.diagnostics.attention import list_by_need
from hydrodiag.diagnostics.findings.reading import SQL as FINDINGS_SQL
from hydrodiag.fleet.systems import FLEET_TOPIC
from hydrodiag.readings.newest import SQL

MACHINES, SENSORS = 1000, 20
RUNS = 60
LIMIT_MS = 50.0


def main() -> None:
    with scratch_database("overview") as database:
        for machines in (MACHINES // 10, MACHINES):
            fill(database, machines)
            in_all, in_database = measure(database)
            print(
                f"{machines:>5} machines x {SENSORS} sensors   "
                f"database p50 {np.median(in_database):5.1f} ms p95 {p95(in_database):5.1f} ms "
                f"({p95(in_database) / LIMIT_MS:.2f} of the {LIMIT_MS:.0f} ms limit)   "
                f"with building the list p95 {p95(in_all):5.1f} ms"
            )


def fill(database: Database, machines: int) -> None:
    with database.write() as connection:
        connection.execute(text("DELETE FROM sensor_latest"))
        connection.execute(text("DELETE FROM hydraulic_system"))
        connection.execute(
            text(
                "INSERT INTO hydraulic_system (code, name, kind) "
                "SELECT 'm' || g, 'Machine ' || g, 'press' FROM generate_series(1, :count) g"
            ),
            {"count": machines},
        )
        connection.execute(
            text(
                "INSERT INTO sensor (system_id, tag, name, quantity, unit, resolution, warn_high, "
                "critical_high, sampling_interval_s, is_key) "
                "SELECT h.id, 'S' || g, 'Sensor ' || g, 'pressure', 'bar', 0.1, 95, 99, 1, g <= 4 "
                "FROM hydraulic_system h, generate_series(1, :count) g"
            ),
            {"count": SENSORS},
        )
        connection.execute(
            text("INSERT INTO sensor_latest SELECT id, now(), random() * 100 FROM sensor")
        )
        bump_generation(connection, FLEET_TOPIC)
    with database.maintain() as connection:
        for table in ("hydraulic_system", "sensor", "sensor_latest"):
            connection.execute(text(f"ANALYZE {table}"))


def measure(database: Database) -> tuple[list[float], list[float]]:
    """Milliseconds of the whole call, and of the statements alone by the server's own clock.

    Garbage is collected as in the app, which freezes what lives for ever.
    """
    gc.collect()
    gc.freeze()
    whole, server = [], []
    for _ in range(RUNS):
        started = time.perf_counter()
        list_by_need(database)
        whole.append((time.perf_counter() - started) * 1e3)
        with database.read() as connection:
            server.append(sum_statements_ms(connection))
    return whole[5:], server[5:]


def sum_statements_ms(connection: Connection) -> float:
    """What list_by_need asks of the server while nobody changes the fleet."""
    return (
        server_ms(connection, CURRENT.text, topics=[FLEET_TOPIC])
        + server_ms(connection, SQL.sources["fetch_newest"])
        + server_ms(connection, FINDINGS_SQL.sources["list_worst"])
    )


def server_ms(connection: Connection, source: str, **values: object) -> float:
    sql = text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {source}")
    plan = connection.execute(sql, values).scalar_one()[0]
    return float(plan["Planning Time"] + plan["Execution Time"])


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


if __name__ == "__main__":
    main()
