"""Keeping up with a fleet: one incremental run of the diagnostics over all machines.

    python -m benchmarks.diagnostics_fleet --machines 100 300

Machines with eleven sensors at 1 minute, a day of history diagnosed, then the next quarter of an
hour of all of them: the run must end well before the next, which is 15 minutes later.
"""

import argparse
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.scratch import scratch_database
from hydrodiag.db import Database
from hydrodiag.demo.arrays import build_arrays
from hydrodiag.demo.fleet import upsert_machine
from hydrodiag.demo.machines import MACHINES
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.diagnostics.running.diagnosing import Done, diagnose
from hydrodiag.diagnostics.running.machines import list_machines
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups

DAY_S = 86_400
STEP_S = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", type=int, nargs="*", default=[100, 300])
    print(f"{'machines':>9}{'a day':>9}{'machine-days/s':>16}{'15 minutes':>12}{'of 900 s':>10}")
    for count in parser.parse_args().machines:
        with scratch_database("fleet") as database:
            measure(database, count)


def measure(database: Database, count: int) -> None:
    start_s = int(time.time()) // DAY_S * DAY_S - 2 * DAY_S
    write(database, count, start_s, start_s + DAY_S)
    day_s = run(database, start_s + DAY_S)
    write(database, count, start_s + DAY_S, start_s + DAY_S + STEP_S)
    step_s = run(database, start_s + DAY_S + STEP_S)
    print(f"{count:>9}{day_s:>8.1f}s{count / day_s:>16.1f}{step_s:>11.1f}s{step_s / 900:>10.3f}")


def write(database: Database, count: int, start_s: int, end_s: int) -> None:
    model = next(machine for machine in MACHINES if machine.code == "imm-2")
    for number in range(count):
        machine = replace(model, code=f"machine-{number}", name=f"Machine {number}")
        ids = upsert_machine(database, machine)
        simulator = MachineSimulator(machine, start_s)
        arrays = build_arrays(simulator, ids, [(start_s, end_s, Resolution.MINUTE)])
        load_columns(database, *arrays, origin="simulator")
    refresh_rollups(database)


def run(database: Database, now_s: int) -> float:
    """Up to the last minute that is there."""
    now = datetime.fromtimestamp(now_s, UTC) + timedelta(minutes=1)
    machines = [replace(each, newest_at=now) for each in list_machines(database)]
    began = time.perf_counter()
    done: Done = diagnose(database, machines, now, lambda *_: None, lambda: False)
    assert not done.failures, done.failures[:1]
    assert done.steps
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
