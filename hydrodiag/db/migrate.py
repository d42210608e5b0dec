"""Bringing a database to the newest schema, and asking which one it has."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL

from hydrodiag.db.translate import translated_errors
from hydrodiag.db.url import normalise_url

SCRIPTS = Path(__file__).with_name("migrations")
LOCK = "SELECT pg_advisory_lock(hashtextextended('hydrodiag:migrate', 0))"


def upgrade(url: str | URL, revision: str = "head") -> str:
    """Apply what is missing, one process at a time; return the revision reached."""
    with translated_errors(), _connect(url) as connection:
        connection.execute(text(LOCK))
        connection.commit()
        command.upgrade(alembic_config(connection), revision)
        return current_revision(connection) or ""


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _connect(url: str | URL) -> Connection:
    parsed = normalise_url(url) if isinstance(url, str) else url
    engine = create_engine(
        parsed,
        poolclass=NullPool,
        connect_args={"connect_timeout": 5, "application_name": "hydrodiag:migrate"},
    )
    return engine.connect()
