"""Getting a database ready for a dump of another one, and back to work afterwards.

A dump holds neither the server's roles nor the version of TimescaleDB that made it, and
TimescaleDB has to know that its own tables are being filled.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from hydrodiag.db.migrate import current_revision
from hydrodiag.db.named_sql import NamedQueries
from hydrodiag.db.roles import Role
from hydrodiag.db.translate import translated_errors
from hydrodiag.db.url import normalise_url
from hydrodiag.errors import InvalidInput, Refused, SetupFailed

SQL = NamedQueries(__file__, "restoring.sql")
NEEDS_SUPERUSER = "Restore as a superuser; on a managed server use its own restore."
FRESH = "Restore into a database made for it: CREATE DATABASE hydrodiag_restored."


@dataclass(frozen=True)
class Versions:
    """`postgres` is the server's major version, `revision` that of HydroDiag's tables."""

    postgres: int
    timescaledb: str | None
    revision: str | None


def find_versions(url: str) -> Versions:
    with _connected(url) as connection:
        found = connection.execute(SQL["find_versions"]).one()
        return Versions(found.postgres, found.timescaledb, current_revision(connection))


def require_empty(url: str) -> None:
    """Raises InvalidInput where the database has tables of anybody."""
    with _connected(url) as connection:
        found = connection.execute(SQL["list_own_relations"]).scalars().all()
    if found:
        raise InvalidInput(f"The database is not empty: it has {', '.join(found)}.", hint=FRESH)


def ensure_roles(url: str, owners: Collection[str]) -> None:
    """HydroDiag's roles as the migrations make them; SetupFailed where another owner is missing."""
    with _connected(url) as connection:
        for role in _list_unknown_roles(connection, [*Role]):
            connection.execute(text(f"CREATE ROLE {Role(role)} NOLOGIN"))
            connection.execute(text(f"GRANT {Role(role)} TO CURRENT_USER"))
            if role == Role.MAINT:
                connection.execute(text(f"GRANT pg_monitor TO {Role.MAINT}"))
        missing = _list_unknown_roles(connection, owners)
    if missing:
        raise SetupFailed(
            f"The backup has tables of {', '.join(missing)}, whom this server does not know.",
            hint=f'Make the role first: CREATE ROLE "{missing[0]}".',
        )


def ensure_timescaledb(url: str, version: str | None) -> None:
    """TimescaleDB in the version that the dump was made with; None: the server's own choice."""
    with _connected(url) as connection:
        present = connection.execute(SQL["find_versions"]).one().timescaledb
        if version and present and present != version:
            raise SetupFailed(
                f"The backup is of TimescaleDB {version}, the database has {present}.",
                hint="Restore into the same version, then ALTER EXTENSION timescaledb UPDATE.",
            )
        if not present:
            _create_extension(connection, version)
        if not connection.execute(SQL["may_fill_catalog"]).scalar():
            raise Refused("This user may not fill TimescaleDB's own tables.", hint=NEEDS_SUPERUSER)


@contextmanager
def restoring(url: str) -> Iterator[None]:
    """TimescaleDB's restoring mode while the block runs; planner statistics after it."""
    with _connected(url) as connection:
        connection.execute(SQL["enter_restoring"])
    try:
        yield
    finally:
        with _connected(url) as connection:
            connection.execute(SQL["leave_restoring"])
    with _connected(url) as connection:
        connection.execute(text("ANALYZE"))


def _create_extension(connection: Connection, version: str | None) -> None:
    if version is None:
        connection.execute(text("CREATE EXTENSION timescaledb"))
        return
    if not connection.execute(SQL["has_extension_version"], {"version": version}).scalar():
        raise SetupFailed(
            f"The backup is of TimescaleDB {version}, which this server does not offer.",
            hint="Restore on a server with that version, then ALTER EXTENSION timescaledb UPDATE.",
        )
    quoted = connection.dialect.identifier_preparer.quote_identifier(version)
    connection.execute(text(f"CREATE EXTENSION timescaledb VERSION {quoted}"))


def _list_unknown_roles(connection: Connection, names: Collection[str]) -> list[str]:
    values = {"names": [str(name) for name in names]}
    return list(connection.execute(SQL["list_unknown_roles"], values).scalars())


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A session of its own: settings of the database only reach new ones."""
    engine = create_engine(
        normalise_url(url),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": 5, "application_name": "hydrodiag:restore"},
    )
    try:
        with translated_errors(), engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise Refused(f"{error.orig}".splitlines()[0], hint=NEEDS_SUPERUSER) from error
        raise
