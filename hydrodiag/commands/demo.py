"""`hydrodiag init-data` and `hydrodiag simulate`."""

import signal
import threading
from datetime import UTC, datetime
from typing import Annotated

import typer

from hydrodiag.commands.database import command_database
from hydrodiag.demo import init_demo, simulate_live
from hydrodiag.demo.history import DEFAULT_DAYS


def init_data(
    days: Annotated[int, typer.Option(min=2, max=300, help="Days of history.")] = DEFAULT_DAYS,
) -> None:
    """Write the demo fleet and its history, once."""
    with command_database("demo") as database:
        init_demo(database, datetime.now(UTC), typer.echo, days=days)


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
