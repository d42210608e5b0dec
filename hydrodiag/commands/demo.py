"""`hydrodiag init-data`, `hydrodiag simulate` and `hydrodiag import-zema`."""

import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from hydrodiag.accounts import Actor, Role
from hydrodiag.commands.database import command_database
from hydrodiag.db import Database
from hydrodiag.demo import init_demo, simulate_live
from hydrodiag.demo.fleet import list_nominal
from hydrodiag.demo.history import DEFAULT_DAYS
from hydrodiag.demo.machines import MACHINES
from hydrodiag.demo.story import find_story
from hydrodiag.diagnostics.choices import (
    confirm_healthy,
    find_diagnosis,
    set_cycles,
    set_diagnosis,
)
from hydrodiag.fleet import find_system, list_sensors
from hydrodiag.readings import zema
from hydrodiag.readings.zema.rig import CYCLE_S

DEMO = Actor("demo", Role.ENGINEER)
HEALTHY = timedelta(days=5)


def init_data(
    days: Annotated[int, typer.Option(min=2, max=300, help="Days of history.")] = DEFAULT_DAYS,
) -> None:
    """Write the demo fleet and its history, once."""
    with command_database("demo") as database:
        init_demo(database, datetime.now(UTC), typer.echo, days=days)
        vouch_for_demo(database)


def vouch_for_demo(db: Database) -> None:
    """The first days of the story are healthy; the diagnostics begin there, once."""
    for machine in MACHINES:
        system = find_system(db, machine.code)
        if system is None or find_diagnosis(db, system.id) is not None:
            continue
        story = find_story(db, {each.tag: each.id for each in list_sensors(db, system.id)})
        if story is None:
            continue
        begin = datetime.fromtimestamp(story.start_s, UTC)
        set_diagnosis(db, DEMO, system.id, list_nominal(machine), from_at=begin)
        end = min(begin + HEALTHY, datetime.now(UTC))
        confirm_healthy(db, DEMO, system.id, begin, end)


def simulate(
    live: Annotated[
        bool, typer.Option("--live", help="Go on in real time until Ctrl-C.", show_default=False)
    ] = False,
) -> None:
    """Go on writing readings of the demo fleet; without --live only up to now."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ticks = iter((False, True))
    with command_database("simulate") as database:
        should_stop = stop.is_set if live else lambda: stop.is_set() or next(ticks, True)
        written = simulate_live(database, should_stop)
        typer.echo(f"{written:,} readings written.")


def import_zema(
    path: Annotated[Path, typer.Argument(help="Folder, ZIP, or readings.parquet.")],
    start: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"],
            help="UTC time of the first cycle; without it the last cycle ends now.",
        ),
    ] = None,
    system: Annotated[str, typer.Option(help="Code of the system to create.")] = "zema-rig",
    max_rate_hz: Annotated[
        int | None, typer.Option(min=1, help="Average faster channels down to this rate.")
    ] = None,
) -> None:
    """Import the hydraulic test rig set of ZeMA (UCI 447)."""
    begin = start.replace(tzinfo=UTC) if start else None
    with command_database("zema") as database:
        done = zema.import_zema(
            database,
            path,
            start_at=begin,
            system_code=system,
            max_rate_hz=max_rate_hz,
            report=typer.echo,
        )
        rig = find_system(database, done.system_code)
        if rig is not None:
            set_cycles(database, DEMO, rig.id, CYCLE_S, done.start_at)
    typer.echo(
        f"{done.cycles:,} cycles from {done.start_at:%Y-%m-%d %H:%M} to "
        f"{done.end_at:%Y-%m-%d %H:%M} UTC: {done.readings:,} readings, {done.inserted:,} "
        f"inserted, {done.already_there:,} already there, {done.quarantined:,} quarantined."
    )
