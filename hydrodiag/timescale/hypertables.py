"""Hypertables by name, and their chunks."""

import re
from dataclasses import dataclass
from datetime import timedelta

from psycopg import sql
from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import NotAHypertable
from hydrodiag.timescale.reports import Chunk, Span

SQL = NamedQueries(__file__, "hypertables.sql")
TABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


@dataclass(frozen=True)
class Hypertable:
    name: str
    schema: str
    time_column: str
    chunk_interval: timedelta
    has_compression: bool

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)

    @property
    def key(self) -> dict[str, str]:
        return {"schema": self.schema, "table": self.name}


def list_hypertables(db: Database) -> list[Hypertable]:
    with db.read() as connection:
        return find_hypertables(connection)


def find_hypertables(connection: Connection, table: str | None = None) -> list[Hypertable]:
    rows = connection.execute(SQL["list_hypertables"], {"table": table})
    return [Hypertable(**row._mapping) for row in rows]


def check_table_name(table: str) -> str:
    """Refuse, before any SQL, what cannot be the name of a hypertable."""
    if not isinstance(table, str) or not TABLE_NAME.fullmatch(table):
        raise NotAHypertable(f"{table!r} is not the name of a hypertable.")
    return table


def resolve_hypertable(connection: Connection, table: str) -> Hypertable:
    """The hypertable of that name; NotAHypertable names those there are."""
    for found in find_hypertables(connection, check_table_name(table)):
        return found
    known = ", ".join(each.name for each in find_hypertables(connection)) or "none"
    raise NotAHypertable(
        f"{table!r} is not a hypertable of this database.", hint=f"Hypertables here: {known}."
    )


def list_chunks(connection: Connection, hypertable: Hypertable) -> tuple[Chunk, ...]:
    """Oldest first; ranges are clamped to the years 1 to 9999."""
    rows = connection.execute(SQL["list_chunks"], hypertable.key)
    return tuple(Chunk(**row._mapping) for row in rows)


def list_spans(connection: Connection, hypertable: Hypertable) -> list[Span]:
    rows = connection.execute(SQL["list_spans"], hypertable.key)
    return [Span(**row._mapping) for row in rows]
