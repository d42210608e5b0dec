"""Connections, pooled by role.

The pools live in a `Database` that the composition roots build once a process. They are
never put into Streamlit's caches: any browser can empty those.
"""

import select
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from hydrodiag.db.measuring import measure_engine
from hydrodiag.db.roles import Role, enter_role
from hydrodiag.db.translate import translated_errors
from hydrodiag.db.url import libpq_url, normalise_url

CONNECT_TIMEOUT_S = 5
POOL_WAIT_S = 5
RECYCLE_S = 1800
PING_AFTER_S = 5.0
USED_AT = "used_at"
POOL_SIZE = {Role.READ: 8, Role.INGEST: 4, Role.MAINT: 4}
ISOLATION = {Role.READ: "AUTOCOMMIT", Role.INGEST: "READ COMMITTED", Role.MAINT: "AUTOCOMMIT"}


class Database:
    """The one way to TimescaleDB; every method may raise `errors.DatabaseError`."""

    def __init__(self, url: str | URL, *, application: str = "hydrodiag") -> None:
        self.url = normalise_url(url) if isinstance(url, str) else url
        self.application = application
        self._engines = {role: _build_engine(self.url, role, application) for role in Role}

    def read(self) -> AbstractContextManager[Connection]:
        """A read-only connection outside any transaction, 5 s a statement."""
        return _connection(self._engines[Role.READ])

    def maintain(self) -> AbstractContextManager[Connection]:
        """The owner's connection, each statement its own transaction: lifecycle work."""
        return _connection(self._engines[Role.MAINT])

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any error."""
        with translated_errors(), self._engines[Role.INGEST].begin() as connection:
            yield connection

    def dedicated(self, role: Role, *, purpose: str = "") -> psycopg.Connection:
        """An autocommit connection outside the pools, for LISTEN, session locks and COPY.

        Whoever asks for it closes it.
        """
        name = f"{self.application}:{purpose}" if purpose else self.application
        with translated_errors():
            connection = psycopg.connect(
                libpq_url(self.url),
                autocommit=True,
                connect_timeout=CONNECT_TIMEOUT_S,
                application_name=name,
            )
            enter_role(connection, role)
            return connection

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    with translated_errors(), engine.connect() as connection:
        yield connection


def _build_engine(url: URL, role: Role, application: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE[role],  # what overflows would connect anew for each statement
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_recycle=RECYCLE_S,
        hide_parameters=True,  # readings and hashes do not belong into logs
        isolation_level=ISOLATION[role],
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": application},
    )
    measure_engine(engine, f"{application.removeprefix('hydrodiag:')}/{role.removeprefix('hd_')}")
    event.listen(engine, "connect", partial(_on_connect, role=role))
    event.listen(engine, "checkin", _on_checkin)
    event.listen(engine, "checkout", partial(_on_checkout, engine.dialect))
    return engine


def _on_connect(connection: psycopg.Connection, _record: object, *, role: Role) -> None:
    was_autocommit = connection.autocommit
    connection.autocommit = True
    enter_role(connection, role)
    connection.autocommit = was_autocommit


def _on_checkin(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[USED_AT] = time.monotonic()


def _on_checkout(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """`pool_pre_ping` where there is a doubt: on each checkout it is a tenth of a page run."""
    idle_s = time.monotonic() - record.info.get(USED_AT, time.monotonic())
    if idle_s < PING_AFTER_S and not _has_news(connection):
        return
    try:
        dialect.do_ping(connection)
    except psycopg.Error as error:
        raise DisconnectionError from error


def _has_news(connection: DBAPIConnection) -> bool:
    """Whether the server has sent something unasked, as it does when it ends a connection."""
    try:
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
    except (psycopg.Error, ValueError):
        return True
    return bool(readable)
