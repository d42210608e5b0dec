"""Driver errors become HydroDiag's own in this one place."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hydrodiag import errors

UNREACHABLE = errors.DatabaseUnavailable(
    "The database does not answer.",
    hint="Check that it runs and that DATABASE_URL is right; pages recover by themselves.",
)
CONNECTION_LOST = (
    pg.AdminShutdown,
    pg.CrashShutdown,
    pg.CannotConnectNow,
    pg.ConnectionException,
    pg.TooManyConnections,
    pg.InvalidPassword,
    pg.InvalidAuthorizationSpecification,
    pg.InvalidCatalogName,
)


@contextmanager
def translated_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise translate(error.orig) or error from error
    except psycopg.Error as error:
        raise translate(error) or error from error
    except PoolTimeout as error:
        raise errors.DatabaseUnavailable(
            "All database connections are in use.", hint="Try again in a few seconds."
        ) from error


def translate(error: BaseException | None) -> errors.HydroDiagError | None:
    """HydroDiag's error for a driver error, or None where the driver's own says more."""
    match error:
        case pg.LockNotAvailable() | pg.DeadlockDetected():
            return errors.LockBusy(
                f"Another session holds a lock: {_first_line(error)}.", hint="Try again shortly."
            )
        case pg.QueryCanceled():
            return errors.QueryTimeout(
                "The query ran into its time limit.", hint="Choose a shorter time window."
            )
        case pg.UndefinedTable() | pg.InvalidSchemaName():
            return errors.SchemaMissing(
                f"The database lacks a table: {_first_line(error)}.", hint="Run `make migrate`."
            )
    if isinstance(error, CONNECTION_LOST) or _is_broken_connection(error):
        return errors.DatabaseUnavailable(UNREACHABLE.message, hint=UNREACHABLE.hint)
    return None


def _is_broken_connection(error: BaseException | None) -> bool:
    """libpq reports a lost or refused connection without an SQLSTATE."""
    broken = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return broken and getattr(error, "sqlstate", None) is None


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
