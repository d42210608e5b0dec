"""Query results as numpy arrays in binary form: no Python object a value is made.

The columns of a query that is copied must be exactly those of the row type, in order, and never
NULL.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import Connection, TextClause
from sqlalchemy.dialects.postgresql import psycopg as dialect

from hydrodiag.db import Database

HEADER_BYTES = 19
TRAILER_BYTES = 2
# Dimensions, whether there are NULLs, the type; then length and first subscript of the only one.
ARRAY_HEADER_BYTES = 20
# PostgreSQL's instants count microseconds from 2000-01-01.
POSTGRES_EPOCH_US = 946_684_800_000_000
DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


def row_type(*columns: tuple[str, str]) -> np.dtype[np.void]:
    """The binary form of a row of (name, numpy code) columns, each with its length before it."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, code in columns:
        fields += [(f"{name}_length", ">i4"), (name, code)]
    return np.dtype(fields)


@contextmanager
def snapshot(db: Database) -> Iterator[Connection]:
    """A reading connection on which all queries see the database at one instant."""
    with db.read() as connection:
        still = connection.execution_options(isolation_level="REPEATABLE READ")
        with still.begin():
            yield still


def fetch_rows(
    connection: Connection, query: TextClause, values: Mapping[str, Any], row: np.dtype[np.void]
) -> NDArray[np.void]:
    content = b"".join(copy_out(connection, query, values, "BINARY"))
    return np.frombuffer(content[HEADER_BYTES : len(content) - TRAILER_BYTES], row)


def read_array(sent: bytes | None, code: str) -> NDArray[Any]:
    """What `array_send` gave for an array without NULLs of numpy type `code`; empty for NULL.

    For many short rows: COPY hands each of them over alone.
    """
    if sent is None:
        return np.empty(0, code)
    element = np.dtype([("length", ">i4"), ("value", code)])
    return np.frombuffer(sent, element, offset=ARRAY_HEADER_BYTES)["value"]


def copy_out(
    connection: Connection, query: TextClause, values: Mapping[str, Any], form: str
) -> Iterator[bytes]:
    """What COPY (query) TO STDOUT sends; `form` is its FORMAT and further options."""
    statement = f"COPY ({query.compile(dialect=DIALECT)}) TO STDOUT (FORMAT {form})"
    raw: Any = connection.connection.driver_connection
    cursor: psycopg.Cursor[Any]
    with raw.cursor() as cursor, cursor.copy(statement.encode(), values) as copy:
        for block in copy:
            yield bytes(block)
