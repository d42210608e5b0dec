"""Short transactions that give up on a lock instead of making everybody queue behind them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from hydrodiag.db.translate import translated_errors
from hydrodiag.errors import LockBusy, TimescaleError

LOCK_TIMEOUT = timedelta(seconds=2)
STATEMENT_TIMEOUT = timedelta(minutes=30)
TRIES = 3
FIRST_PAUSE_S = 0.2
LIMITS = text(
    "SELECT set_config('lock_timeout', :lock, true), "
    "set_config('statement_timeout', :statement, true)"
)
Result = TypeVar("Result")


@contextmanager
def short_transaction(
    connection: Connection,
    *,
    lock_timeout: timedelta = LOCK_TIMEOUT,
    statement_timeout: timedelta = STATEMENT_TIMEOUT,
) -> Iterator[None]:
    """One transaction on an autocommit connection, its limits ending with it.

    A lock that is waited for makes new readers of the chunk queue up: hence the short limit.
    """
    limits = {"lock": _milliseconds(lock_timeout), "statement": _milliseconds(statement_timeout)}
    with driver_of(connection).transaction():
        connection.execute(LIMITS, limits)
        yield


def patiently(work: Callable[[], Result]) -> Result:
    """Call `work` again after a pause while a lock is busy; LockBusy at the end.

    What else the server refuses becomes TimescaleError, so that the other chunks can go on.
    """
    for attempt in range(1, TRIES):
        try:
            return _attempt(work)
        except LockBusy:
            time.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
    return _attempt(work)


def _attempt(work: Callable[[], Result]) -> Result:
    try:
        with translated_errors():
            return work()
    except (psycopg.Error, DBAPIError) as error:
        driver_error = error.orig if isinstance(error, DBAPIError) else error
        raise TimescaleError(f"The database refused: {first_line(driver_error)}.") from error


def first_line(error: BaseException | None) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def driver_of(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"not a psycopg connection: {type(driver).__name__}")
    return driver


def _milliseconds(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))
