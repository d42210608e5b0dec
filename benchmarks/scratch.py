"""A database of a benchmark's own, on DATABASE_URL's server or the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from uuid import uuid4

import psycopg
from psycopg import sql

from hydrodiag.commands.database import command_database_url
from hydrodiag.db import Database, normalise_url
from hydrodiag.db.migrate import upgrade


@contextmanager
def scratch_database(purpose: str, server_url: str | None = None) -> Iterator[Database]:
    """A migrated database on `server_url` or the usual server, dropped at the end."""
    name = f"hydrodiag_bench_{purpose}_{uuid4().hex[:8]}"
    quoted = sql.Identifier(name)
    with nullcontext(server_url) if server_url else command_database_url() as found_url:
        server = normalise_url(found_url).set(drivername="postgresql")
        dsn = server.render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(quoted))
        url = server.set(database=name)
        upgrade(url.render_as_string(hide_password=False))
        database = Database(url.render_as_string(hide_password=False), application="benchmark")
        try:
            yield database
        finally:
            database.dispose()
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))
