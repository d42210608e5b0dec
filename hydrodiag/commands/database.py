"""`hydrodiag migrate` and `hydrodiag superuser`, and how commands reach the database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from hydrodiag import embedded
from hydrodiag.accounts import create_administrator
from hydrodiag.config import load_settings
from hydrodiag.db import Database, redact_url
from hydrodiag.db.migrate import upgrade
from hydrodiag.errors import InvalidInput


@contextmanager
def command_database_url() -> Iterator[str]:
    """DATABASE_URL, or the embedded server, started for the command if it does not run."""
    settings = load_settings()
    if settings.database_url:
        yield settings.database_url.get_secret_value()
        return
    with embedded.serve(settings.data_dir) as url:
        yield url


@contextmanager
def command_database(purpose: str) -> Iterator[Database]:
    with command_database_url() as url:
        database = Database(url, application=f"hydrodiag:{purpose}")
        try:
            yield database
        finally:
            database.dispose()


def migrate() -> None:
    """Bring the database to the newest schema."""
    with command_database_url() as url:
        revision = upgrade(url)
        typer.echo(f"{redact_url(url)} is at revision {revision}.")


def superuser(
    name: Annotated[str, typer.Option(prompt="User name", help="Name to sign in with.")],
    full_name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Create an administrator."""
    password = _read_password(password_stdin)
    with command_database("superuser") as database:
        create_administrator(database, name, password, full_name)
    typer.echo(f"Administrator {name} created.")


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("No terminal to ask for the password on.", hint="Use --password-stdin.")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
