"""A real TimescaleDB for every test that wants one, a fresh migrated database for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.db.migrate import upgrade
from hydrodiag.embedded import ensure_installed, serve_cluster
from tests.chromium import MISSING, find_chromium
from tests.scratch import pick_cluster_parent, scratch_folder, sweep_remains

# Background workers would keep the template busy; what a test writes need not outlive a crash.
TEST_SETTINGS = {
    "timescaledb.max_background_workers": "0",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a server of this test run alone."""
    sweep_remains()
    with quick_server() as url:
        yield url


@pytest.fixture(scope="session")
def template_database(postgres_server: str) -> Iterator[str]:
    with _migrated_template(postgres_server) as template:
        yield template


@pytest.fixture
def database_url(postgres_server: str, template_database: str) -> Iterator[str]:
    """A fresh migrated database of the test's own."""
    with copied_database(postgres_server, template_database) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with _opened(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def community_server() -> str:
    """URL of a server with TimescaleDB's Community edition, if there is one."""
    url = load_settings().test_database_url
    if url is None:
        pytest.skip(
            "needs TimescaleDB's Community edition (compression): set "
            "HYDRODIAG_TEST_DATABASE_URL to such a server, its user may create databases"
        )
    return url.get_secret_value()


@pytest.fixture(scope="session")
def community_template(community_server: str) -> Iterator[str]:
    with _migrated_template(community_server) as template:
        yield template


@pytest.fixture
def community_database(community_server: str, community_template: str) -> Iterator[Database]:
    with copied_database(community_server, community_template) as url, _opened(url) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Chromium's executable; start it with `tests.chromium.FLAGS`."""
    found = find_chromium()
    if found is None:
        pytest.fail(MISSING)
    return found


@contextmanager
def quick_server() -> Iterator[str]:
    """URL of a new server whose data end with the block."""
    installation = ensure_installed(load_settings().data_dir)
    with scratch_folder(pick_cluster_parent()) as scratch:
        folder = scratch / "cluster"
        with serve_cluster(
            installation, folder, settings=TEST_SETTINGS, report=lambda _: None
        ) as url:
            yield url


@contextmanager
def _migrated_template(server_url: str) -> Iterator[str]:
    name = f"hydrodiag_template_{uuid4().hex[:12]}"
    with _created(server_url, name, template="template1") as url:
        upgrade(url)
        with psycopg.connect(server_url, autocommit=True) as connection:
            _end_sessions(connection, name)
        yield name


@contextmanager
def copied_database(server_url: str, template: str) -> Iterator[str]:
    with _created(server_url, f"hydrodiag_test_{uuid4().hex[:12]}", template=template) as url:
        yield url


@contextmanager
def _created(server_url: str, name: str, *, template: str) -> Iterator[str]:
    """URL of a new database, dropped at the end whoever still uses it."""
    quoted = sql.Identifier(name)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(quoted, sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(create)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    opened = Database(url, application="test")
    try:
        yield opened
    finally:
        opened.dispose()


def _end_sessions(connection: psycopg.Connection, database: str) -> None:
    """A template that somebody is connected to cannot be copied."""
    query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
    connection.execute(query, (database,))
