"""A managed server: the database's owner is no superuser, and may not even create roles."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from hydrodiag.db import Database
from hydrodiag.db.migrate import newest_revision, upgrade

PASSWORD = "plain-owner-password"


@pytest.fixture(params=["CREATEROLE", "NOCREATEROLE"])
def plain_owner_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    yield from _owned_database(postgres_server, str(request.param))


@pytest.fixture
def stranger_url(postgres_server: str, template_database: str) -> Iterator[str]:
    """The roles exist on the server, made by somebody else."""
    yield from _owned_database(postgres_server, "CREATEROLE")


def _owned_database(postgres_server: str, option: str) -> Iterator[str]:
    name = f"plain_{uuid4().hex[:8]}"
    quoted = sql.Identifier(name)
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        create = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
        admin.execute(create.format(quoted, sql.SQL(option), PASSWORD))
        admin.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(quoted))
    yield (
        make_url(postgres_server)
        .set(username=name, password=PASSWORD, database=name)
        .render_as_string(hide_password=False)
    )
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))
        admin.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(quoted))
        admin.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(quoted))
        admin.execute(sql.SQL("DROP ROLE {}").format(quoted))


def test_a_plain_owner_can_migrate_and_work(plain_owner_url: str) -> None:
    check_migrated_and_working(plain_owner_url)


def test_roles_of_somebody_else_are_left_alone(stranger_url: str) -> None:
    check_migrated_and_working(stranger_url)


def check_migrated_and_working(plain_owner_url: str) -> None:
    assert upgrade(plain_owner_url) == newest_revision()
    database = Database(plain_owner_url)
    with database.write() as connection:
        connection.execute(
            text("INSERT INTO sensor_data (time, sensor_id, value) VALUES (now(), 1, 2.5)")
        )
    with database.maintain() as connection:
        chunks = connection.execute(text("SELECT drop_chunks('sensor_data', older_than => now())"))
        assert chunks.fetchall() == []
    with database.read() as connection:
        assert connection.execute(text("SELECT value FROM sensor_data")).scalar() == 2.5
    database.dispose()
