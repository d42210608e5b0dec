"""Advisory locks: one holder across all processes, freed when the holder's connection ends."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


def try_lock(connection: psycopg.Connection, name: str) -> bool:
    """Take the session lock `name` if nobody has it."""
    query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
    row = connection.execute(query, (f"hydrodiag:{name}",)).fetchone()
    return bool(row and row[0])


def unlock(connection: psycopg.Connection, name: str) -> None:
    query = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
    connection.execute(query, (f"hydrodiag:{name}",))


@contextmanager
def advisory_lock(connection: psycopg.Connection, name: str) -> Iterator[bool]:
    """Yield whether the lock was taken; give it back at the end."""
    taken = try_lock(connection, name)
    try:
        yield taken
    finally:
        if taken and not connection.closed:
            unlock(connection, name)
