"""A demo machine with its own faults and a short history in a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hydrodiag.accounts import Actor, Role
from hydrodiag.db import Database
from hydrodiag.demo.arrays import build_arrays
from hydrodiag.demo.fleet import list_nominal, upsert_machine
from hydrodiag.demo.machines import MACHINES, Faults, Machine
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.diagnostics.choices import confirm_healthy, set_diagnosis
from hydrodiag.fleet import System, find_system
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups

ENGINEER = Actor("emil", Role.ENGINEER, 1)


def faulty(code: str, faults: Faults) -> Machine:
    model = next(machine for machine in MACHINES if machine.code == code)
    return replace(model, faults=faults)


def write_history(
    db: Database, machine: Machine, start: datetime, days: float, *, healthy_days: float = 2
) -> System:
    """By the minute; its first days confirmed as healthy."""
    sensor_ids = upsert_machine(db, machine)
    start_s = int(start.timestamp())
    simulator = MachineSimulator(machine, start_s)
    spans = [(start_s, start_s + int(days * 86_400), Resolution.MINUTE)]
    load_columns(db, *build_arrays(simulator, sensor_ids, spans), origin="simulator")
    refresh_rollups(db)
    system = find_system(db, machine.code)
    assert system is not None
    set_diagnosis(db, ENGINEER, system.id, list_nominal(machine), from_at=start)
    confirm_healthy(db, ENGINEER, system.id, start, start + timedelta(days=healthy_days))
    return system


def days_ago(days: int) -> datetime:
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return now - timedelta(days=days)
