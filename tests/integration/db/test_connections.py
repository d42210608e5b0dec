import psycopg
import pytest
from sqlalchemy import text

from hydrodiag.db import Database, Role, connections
from hydrodiag.errors import DatabaseUnavailable, LockBusy, QueryTimeout, SchemaMissing

SETTINGS = text(
    "SELECT current_user::text, current_setting('statement_timeout'), "
    "current_setting('lock_timeout'), current_setting('jit')"
)


def test_each_kind_of_work_has_its_role_and_limits(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute(SETTINGS).one() == ("hd_read", "5s", "1s", "off")
    with database.write() as connection:
        assert connection.execute(SETTINGS).one() == ("hd_ingest", "10min", "5s", "off")
    with database.maintain() as connection:
        assert connection.execute(SETTINGS).one() == ("hd_maint", "30min", "2s", "off")


def test_a_reader_cannot_write(database: Database) -> None:
    with database.read() as connection, pytest.raises(Exception, match="read-only"):
        connection.execute(text("DELETE FROM sensor"))


def test_ingest_cannot_drop_tables(database: Database) -> None:
    with (
        pytest.raises(Exception, match="must be owner"),
        database.write() as connection,
    ):
        connection.execute(text("DROP TABLE sensor_data"))


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    insert = text("INSERT INTO hydraulic_system (code, name, kind) VALUES ('p1', 'P1', 'press')")
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(insert)
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM hydraulic_system")).scalar() == 0


def test_a_statement_over_its_limit_is_a_query_timeout(database: Database) -> None:
    with pytest.raises(QueryTimeout), database.read() as connection:
        connection.execute(text("SET statement_timeout = 20"))
        connection.execute(text("SELECT pg_sleep(5)"))


def test_a_held_lock_is_lock_busy(database: Database) -> None:
    blocker = database.dedicated(Role.MAINT)
    with blocker, blocker.transaction():
        blocker.execute("LOCK TABLE sensor IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(LockBusy), database.read() as connection:
            connection.execute(text("SET lock_timeout = 20"))
            connection.execute(text("SELECT count(*) FROM sensor"))


def test_a_missing_table_says_how_to_migrate(database: Database) -> None:
    with pytest.raises(SchemaMissing, match="make migrate"), database.read() as connection:
        connection.execute(text("SELECT * FROM no_such_table"))


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:topsecret@127.0.0.1:1/plant", "postgresql://me:topsecret@127.0.0.1:1/x"],
)
def test_a_server_that_does_not_answer_is_unavailable_without_its_password(url: str) -> None:
    unreachable = Database(url)
    with pytest.raises(DatabaseUnavailable) as down, unreachable.read():
        pass
    assert "topsecret" not in str(down.value)


def test_a_connection_that_the_server_ended_is_unavailable_and_the_next_one_works(
    database: Database,
) -> None:
    with pytest.raises(DatabaseUnavailable), database.read() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with database.dedicated(Role.MAINT) as other:
            other.execute("RESET ROLE")
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        connection.execute(text("SELECT 1"))
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_dedicated_connection_is_of_its_role(database: Database) -> None:
    with database.dedicated(Role.INGEST, purpose="copy") as connection:
        row = connection.execute(
            "SELECT current_user, current_setting('application_name')"
        ).fetchone()
    assert isinstance(connection, psycopg.Connection)
    assert row == ("hd_ingest", f"{database.application}:copy")


@pytest.mark.parametrize("ping_after_s", [0, 600])
def test_a_connection_that_died_while_nobody_used_it_is_replaced_unnoticed(
    database: Database, monkeypatch: pytest.MonkeyPatch, ping_after_s: float
) -> None:
    monkeypatch.setattr(connections, "PING_AFTER_S", ping_after_s)
    with database.read() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    with database.dedicated(Role.MAINT) as other:
        other.execute("RESET ROLE")
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with database.read() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar() != pid
