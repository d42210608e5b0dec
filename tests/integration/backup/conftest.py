"""A filled database, its backup, and a second server that has never heard of HydroDiag."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

import scheduler
from hydrodiag.accounts import create_administrator
from hydrodiag.accounts.sessions import Visitor, start_session
from hydrodiag.commands.backup import backup, restore
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.jobs import pause_job, request_job
from hydrodiag.jobs.turns import publish_jobs
from hydrodiag.timescale import Policy, add_hold, find_policy, save_policy
from tests.conftest import quick_server
from tests.machines import MeasuredMachine, measured_machine

MONTH = timedelta(days=30)


@pytest.fixture(scope="session")
def other_server() -> Iterator[str]:
    """Of the same version, without the roles that migrations make."""
    with quick_server() as url:
        yield url


@contextmanager
def created_database(server_url: str, template: str = "template1") -> Iterator[str]:
    name = f"hydrodiag_backup_{uuid4().hex[:12]}"
    quoted = sql.Identifier(name)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(quoted, sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(create)
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


@contextmanager
def configured(url: str) -> Iterator[None]:
    """As if DATABASE_URL were `url`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        yield
    load_settings.cache_clear()


@pytest.fixture(scope="module")
def source(postgres_server: str, template_database: str) -> Iterator[Database]:
    with created_database(postgres_server, template_database) as url:
        database = Database(url, application="test")
        yield database
        database.dispose()


@pytest.fixture(scope="module")
def machine(source: Database) -> MeasuredMachine:
    """Two machines, readings of now and of two months ago, policies, a hold, jobs, a session."""
    _sign_somebody_in(source)
    measured_machine(source, "press-old", old=2 * MONTH)
    found = measured_machine(source, "press-1")
    policy = find_policy(source, "sensor_data")
    assert policy is not None
    save_policy(source, Policy(**{**vars(policy), "retain_for": 12 * MONTH}), changed_by="test")
    span = (found.start_at, found.end_at)
    add_hold(source, "sensor_data", *span, "leak of the main pump", created_by="test")
    publish_jobs(source, scheduler.JOBS)
    pause_job(source, "compress_old_chunks", changed_by="test")
    request_job(source, "refresh_rollups", {}, requested_by="test")
    return found


def _sign_somebody_in(source: Database) -> None:
    user_id = create_administrator(source, "ada", "a long enough pass phrase")
    with source.write() as connection:
        start_session(connection, user_id, Visitor())


@pytest.fixture(scope="module")
def backup_file(
    source: Database, machine: MeasuredMachine, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("backup") / "hydrodiag.dump"
    with configured(source.url.render_as_string(hide_password=False)):
        backup(path)
    return path


@pytest.fixture(scope="module")
def restored(other_server: str, backup_file: Path) -> Iterator[Database]:
    """On the other server."""
    with created_database(other_server) as url, configured(url):
        restore(backup_file)
        database = Database(url, application="test")
        yield database
        database.dispose()


@pytest.fixture
def empty_url(postgres_server: str) -> Iterator[str]:
    with created_database(postgres_server) as url:
        yield url


@pytest.fixture
def restore_into() -> Callable[[str, Path], None]:
    def run(url: str, path: Path) -> None:
        with configured(url):
            restore(path)

    return run


@pytest.fixture
def back_up_from() -> Callable[[str, Path], None]:
    def run(url: str, path: Path) -> None:
        with configured(url):
            backup(path)

    return run
