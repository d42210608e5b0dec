"""`hydrodiag dev`: database, demo fleet, scheduler and app in one terminal."""

import asyncio
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated, NoReturn

import typer

from hydrodiag import embedded
from hydrodiag.accounts import create_administrator, has_users
from hydrodiag.config import PROJECT_ROOT, Settings, load_settings
from hydrodiag.console import Console
from hydrodiag.db import Database
from hydrodiag.db.migrate import upgrade
from hydrodiag.embedded.server import is_free
from hydrodiag.errors import HydroDiagError, SetupFailed
from hydrodiag.supervisor import Service, Supervisor, Watch, list_stop_signals

ANSWER_PAUSE_S = 0.25
DATABASE_PAUSE_S = 2.0
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not chosen
SCHEDULER_STOP_TIMEOUT_S = 30


def dev(
    demo: Annotated[
        bool,
        typer.Option(help="Fill the embedded database with a demo fleet that goes on measuring."),
    ] = True,
) -> None:
    """Start everything: database, demo fleet, scheduler and app; Ctrl-C stops it."""
    settings = load_settings()
    console = Console(sys.stdout)
    with _stopping_cleanly():
        check_port(settings)
        with _database(settings, console) as url:
            with_demo = demo and _is_embedded(settings, console)
            prepare(url, console, demo=with_demo)
            try:
                asyncio.run(_supervise(settings, console, url, demo=with_demo))
            finally:
                _ignore_stop_signals()


def _is_embedded(settings: Settings, console: Console) -> bool:
    if settings.database_url:
        console.write("hydrodiag", "DATABASE_URL is set: no demo fleet (`make init-data` adds it)")
    return settings.database_url is None


def check_port(settings: Settings) -> None:
    if not is_free(settings.port, settings.host):
        raise SetupFailed(
            f"Starting the app: port {settings.port} on {settings.host} is taken by another "
            "program, perhaps by HydroDiag itself.",
            hint=f"Stop it, or choose another port: HYDRODIAG_PORT={settings.port + 1} make dev.",
        )


def prepare(url: str, console: Console, *, demo: bool) -> None:
    console.write("hydrodiag", f"database schema at {upgrade(url)}")
    if not demo:
        return
    from hydrodiag.commands.demo import vouch_for_demo  # the simulator is slow to import
    from hydrodiag.demo import init_demo

    database = Database(url, application="hydrodiag:demo")
    try:
        init_demo(database, datetime.now(UTC), lambda text: console.write("hydrodiag", text))
        vouch_for_demo(database)
        _create_demo_administrator(database, console)
    finally:
        database.dispose()


def _create_demo_administrator(database: Database, console: Console) -> None:
    """Once: the password is nowhere else."""
    if not has_users(database):
        password = token_urlsafe(12)
        create_administrator(database, "admin", password, "Demo administrator")
        console.write("hydrodiag", f"sign in as admin with the password {password} (shown once)")


def build_services(settings: Settings, url: str, *, demo: bool) -> tuple[Service, ...]:
    """The scheduler, the app and the demo fleet's live readings; stopped in reverse order."""
    environment = {
        "DATABASE_URL": url,
        "PYTHONUNBUFFERED": "1",
        "HYDRODIAG_LOG_FORMAT": "json" if settings.log_format == "json" else "text",
    }
    python = sys.executable
    address = ("--server.address", settings.host, "--server.port", str(settings.port))
    app = (python, "-m", "streamlit", "run", "app.py", *address, "--server.headless", "true")
    scheduler = (python, "scheduler.py")
    services = [
        Service("scheduler", scheduler, PROJECT_ROOT, environment, SCHEDULER_STOP_TIMEOUT_S),
        Service("app", app, PROJECT_ROOT, environment),
    ]
    if demo:
        live = (python, "-m", "hydrodiag", "simulate", "--live")
        services.append(Service("demo", live, PROJECT_ROOT, environment))
    return tuple(services)


async def _supervise(settings: Settings, console: Console, url: str, *, demo: bool) -> None:
    watches: list[Watch] = [lambda: _announce(settings, console)]
    if settings.database_url is None:
        watches.append(lambda: _keep_database(settings, console, url))
    await Supervisor(build_services(settings, url, demo=demo), console).run(*watches)


async def _announce(settings: Settings, console: Console) -> None:
    """Say where HydroDiag is, once it answers there."""
    host = "localhost" if settings.host in EVERYWHERE else settings.host
    url = f"http://{host.replace('127.0.0.1', 'localhost')}:{settings.port}"
    while not await asyncio.to_thread(_answers, f"http://{host}:{settings.port}/healthz"):
        await asyncio.sleep(ANSWER_PAUSE_S)
    console.write("hydrodiag", f"ready: {url} (Ctrl-C stops everything)")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - built above
            return bool(answer.status == 200)
    except OSError:
        return False


async def _keep_database(settings: Settings, console: Console, url: str) -> None:
    while True:
        await asyncio.sleep(DATABASE_PAUSE_S)
        try:
            found = await asyncio.to_thread(
                embedded.revive,
                settings.data_dir,
                report=lambda text: console.write("database", text),
            )
        except HydroDiagError as error:
            console.write("database", str(error))
            continue
        if found != url:
            console.write("database", "came back on another port: stop and start HydroDiag")
            return


@contextmanager
def _database(settings: Settings, console: Console) -> Iterator[str]:
    if settings.database_url:
        yield settings.database_url.get_secret_value()
        return
    with embedded.serve(
        settings.data_dir, report=lambda text: console.write("database", text)
    ) as url:
        yield url


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """Every stop signal unwinds what was started; none disturbs the unwinding."""
    for number in list_stop_signals():
        signal.signal(number, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _interrupt(_number: int, _frame: object) -> NoReturn:
    _ignore_stop_signals()
    raise KeyboardInterrupt


def _ignore_stop_signals() -> None:
    for number in list_stop_signals():
        signal.signal(number, signal.SIG_IGN)
