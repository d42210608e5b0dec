"""Hypertables with readings of chosen ages, on each edition there is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest

from hydrodiag.db import Database
from hydrodiag.db.url import libpq_url

WEEK = timedelta(days=7)
YEAR = timedelta(days=365)


def mid_week(instant: datetime) -> datetime:
    """The middle of the chunk of a week that an instant a year before lies in, a year on.

    How many chunks a year's retention takes then does not hang on the day the test runs on.
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    weeks = (instant - YEAR - epoch) // WEEK
    return epoch + weeks * WEEK + WEEK / 2 + YEAR


NOW = mid_week(datetime.now(UTC))
Fill = Callable[..., None]


@pytest.fixture(params=["apache", "community"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """The test runs once on each edition."""
    name = "database" if request.param == "apache" else "community_database"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
def owner(any_database: Database) -> Iterator[psycopg.Connection]:
    """A second session, of the superuser: another client of the same database."""
    with second_session(any_database) as connection:
        yield connection


@pytest.fixture
def fill(owner: psycopg.Connection) -> Fill:
    return partial(write_readings, owner)


@pytest.fixture
def community_owner(community_database: Database) -> Iterator[psycopg.Connection]:
    with second_session(community_database) as connection:
        yield connection


@pytest.fixture
def fill_community(community_owner: psycopg.Connection) -> Fill:
    return partial(write_readings, community_owner)


def second_session(database: Database) -> psycopg.Connection:
    return psycopg.connect(libpq_url(database.url), autocommit=True)


def write_readings(
    owner: psycopg.Connection,
    first_days_ago: float,
    last_days_ago: float,
    *,
    make_old: bool = True,
) -> None:
    """Readings of 3 sensors, one an hour; `make_old`: chunks seem made when they were needed."""
    owner.execute(
        "INSERT INTO sensor_data (time, sensor_id, value) "
        "SELECT t, s, s + extract(hour FROM t) / 1024 "
        "FROM generate_series(%s::timestamptz, %s, interval '1 hour') t, "
        "generate_series(1, 3) s ON CONFLICT DO NOTHING",
        (NOW - timedelta(days=first_days_ago), NOW - timedelta(days=last_days_ago)),
    )
    if make_old:
        age_chunks(owner)


def age_chunks(owner: psycopg.Connection) -> None:
    owner.execute("UPDATE _timescaledb_catalog.chunk SET creation_time = now() - interval '1 year'")


def chunk_names(owner: psycopg.Connection, table: str = "sensor_data") -> list[str]:
    rows = owner.execute("SELECT CAST(c AS text) FROM show_chunks(%s::regclass) c", (table,))
    return sorted(row[0] for row in rows)
