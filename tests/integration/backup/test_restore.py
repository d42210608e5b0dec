"""What was backed up is there again on another server, and HydroDiag works on it."""

import hashlib
import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from hydrodiag.commands.backup import LEFT_OUT
from hydrodiag.db import Database, Role
from hydrodiag.db.migrate import current_revision, newest_revision, upgrade
from hydrodiag.embedded.client import find_client
from hydrodiag.errors import InvalidInput, NotFound, Refused, SchemaMissing, SetupFailed
from hydrodiag.jobs import list_jobs
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.overview import list_machines
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.timescale import (
    cleanup_old_partitions,
    detect_edition,
    ensure_partitions_for_range,
    get_hypertable_stats,
    list_holds,
    list_hypertables,
    list_policies,
    timescale_health_check,
)
from tests.integration.backup.conftest import created_database
from tests.machines import MeasuredMachine

Run = Callable[[str, Path], None]
WEEK = timedelta(days=7)
CATALOG = ("hypertable", "dimension", "dimension_slice", "chunk", "chunk_constraint")


def list_tables(db: Database) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with db.maintain() as connection:
        return list(connection.execute(text(query)).scalars())


def fingerprint(db: Database, table: str) -> tuple[int, str]:
    """Number of rows, and a hash over all of them in order."""
    query = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
    with db.maintain() as connection:
        return tuple(connection.execute(text(query)).one())


def list_privileges(db: Database) -> list[tuple[str, ...]]:
    """Owner and grants of every table of ours, its chunks included."""
    query = """
        SELECT c.oid::regclass::text, c.relowner::regrole::text,
            (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(c.relacl) a)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'S') AND c.relowner = CAST('hd_maint' AS regrole)
        ORDER BY 1"""
    with db.maintain() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def list_chunks(db: Database, table: str) -> list[tuple[object, ...]]:
    chunks = get_hypertable_stats(db, table).chunks
    return [(each.name, each.start, each.end, each.is_compressed) for each in chunks]


def test_every_row_of_every_table_is_there(source: Database, restored: Database) -> None:
    tables = list_tables(source)
    assert {"sensor_data", "sensor_data_1m", "sensor_data_1h", "app_user"} <= set(tables)
    assert list_tables(restored) == tables
    kept = [table for table in tables if table not in LEFT_OUT]
    assert {each: fingerprint(restored, each) for each in kept} == {
        each: fingerprint(source, each) for each in kept
    }
    assert fingerprint(restored, "sensor_data")[0] == 4 * 7200


def test_the_chunks_are_the_same_and_hold_the_readings(
    source: Database, restored: Database
) -> None:
    tables = [each.name for each in list_hypertables(source)]
    assert tables == [each.name for each in list_hypertables(restored)]
    for table in tables:
        assert list_chunks(restored, table) == list_chunks(source, table)
    assert len(list_chunks(restored, "sensor_data")) >= 2
    for name, *_ in list_chunks(source, "sensor_data"):
        assert fingerprint(restored, str(name)) == fingerprint(source, str(name))


@pytest.mark.parametrize("table", CATALOG)
def test_timescaledbs_own_catalog_is_the_same(
    source: Database, restored: Database, table: str
) -> None:
    name = f"_timescaledb_catalog.{table}"
    assert fingerprint(restored, name) == fingerprint(source, name)


def test_policies_holds_and_jobs_are_the_same(source: Database, restored: Database) -> None:
    assert list_policies(restored) == list_policies(source)
    assert [each.reason for each in list_holds(restored)] == ["leak of the main pump"]
    assert list_jobs(restored) == list_jobs(source)
    paused = {each.id for each in list_jobs(restored) if each.is_paused}
    assert paused == {"compress_old_chunks"}


def test_owners_and_grants_are_the_same(source: Database, restored: Database) -> None:
    assert len(list_privileges(source)) > 20
    assert list_privileges(restored) == list_privileges(source)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_taken_with_its_limits(restored: Database, role: Role) -> None:
    with restored.dedicated(role) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role.value,)
        assert connection.execute("SELECT count(*) FROM sensor_data").fetchone() == (28800,)
    if role is Role.READ:
        with (
            restored.read() as connection,
            pytest.raises(Exception, match=r"read-only transaction|permission denied"),
        ):
            connection.execute(text("DELETE FROM sensor_data"))


def test_series_show_the_same(
    source: Database, restored: Database, machine: MeasuredMachine
) -> None:
    window = TimeWindow(machine.start_at, machine.end_at)
    ids = list(machine.sensor_ids.values())
    shown, expected = (series(each, ids, window, 500) for each in (restored, source))
    assert shown.source == expected.source
    assert len(shown.frame) > 100
    assert shown.frame.equals(expected.frame)


def test_the_overview_shows_the_same(
    source: Database, restored: Database, machine: MeasuredMachine
) -> None:
    found = list_machines(restored, machine.end_at)
    assert {each.code for each in found} == {"press-1", "press-old"}
    assert found == list_machines(source, machine.end_at)


def test_it_is_a_working_database(
    source: Database,
    machine: MeasuredMachine,
    backup_file: Path,
    other_server: str,
    restore_into: Run,
) -> None:
    """New chunks, new readings, their rollups, retention: all on what was restored."""
    with created_database(other_server) as url:
        restore_into(url, backup_file)
        assert upgrade(url) == newest_revision()
        database = Database(url)
        assert detect_edition(database) == detect_edition(source)
        check_partitions(database, machine)
        check_ingest(database, machine)
        report = cleanup_old_partitions(database, "sensor_data", 52 * WEEK)
        assert not report.failed
        assert list_failing(database) <= list_failing(source)
        database.dispose()


def list_failing(db: Database) -> set[str]:
    return {each.id for each in timescale_health_check(db).checks if each.status == "failing"}


def check_partitions(database: Database, machine: MeasuredMachine) -> None:
    ahead = (machine.end_at + 4 * WEEK, machine.end_at + 6 * WEEK)
    plan = ensure_partitions_for_range(database, "sensor_data", *ahead, WEEK)
    assert len(plan.created) >= 2
    assert not plan.failed
    again = ensure_partitions_for_range(database, "sensor_data", *ahead, WEEK)
    assert not again.created


def check_ingest(database: Database, machine: MeasuredMachine) -> None:
    sensor_id = machine.sensor_ids["P_PUMP"]
    new_at = machine.end_at + timedelta(minutes=5)
    load_columns(
        database, [sensor_id], [int(new_at.timestamp()) * 1_000_000], [123.5], origin="test"
    )
    refresh_rollups(database)
    window = TimeWindow(new_at, new_at + timedelta(hours=1))
    assert list(series(database, [sensor_id], window, 100).frame["mean"]) == [123.5]


def test_it_has_left_restoring_mode(restored: Database) -> None:
    with restored.read() as connection:
        assert connection.execute(text("SHOW timescaledb.restoring")).scalar() == "off"
        assert current_revision(connection) == newest_revision()


def test_a_fresh_database_on_the_same_server_does_as_well(
    source: Database, backup_file: Path, empty_url: str, restore_into: Run
) -> None:
    restore_into(empty_url, backup_file)
    database = Database(empty_url)
    assert fingerprint(database, "sensor_data") == fingerprint(source, "sensor_data")
    database.dispose()


def test_a_database_with_timescaledb_alone_counts_as_empty(
    source: Database, backup_file: Path, empty_url: str, restore_into: Run
) -> None:
    """As the container image of TimescaleDB makes it."""
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION timescaledb")
    restore_into(empty_url, backup_file)
    database = Database(empty_url)
    assert fingerprint(database, "sensor_data") == fingerprint(source, "sensor_data")
    database.dispose()


def test_a_plain_dump_without_its_manifest_is_restored(
    source: Database, backup_file: Path, empty_url: str, restore_into: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "plain.dump"
    copy.write_bytes(backup_file.read_bytes())
    restore_into(empty_url, copy)
    database = Database(empty_url)
    assert fingerprint(database, "sensor_data_1h") == fingerprint(source, "sensor_data_1h")
    database.dispose()


def test_a_database_that_is_not_empty_is_refused(
    backup_file: Path, empty_url: str, restore_into: Run
) -> None:
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        with pytest.raises(InvalidInput, match=r"not empty: it has public\.kept"):
            restore_into(empty_url, backup_file)
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_damaged_file_is_refused_before_anything_is_touched(
    backup_file: Path, empty_url: str, restore_into: Run, tmp_path: Path
) -> None:
    damaged = tmp_path / "cut.dump"
    damaged.write_bytes(backup_file.read_bytes()[:-100])
    manifest = backup_file.with_name(f"{backup_file.name}.json")
    damaged.with_name("cut.dump.json").write_bytes(manifest.read_bytes())
    with pytest.raises(InvalidInput, match="SHA-256"):
        restore_into(empty_url, damaged)
    with psycopg.connect(empty_url) as connection:
        found = connection.execute("SELECT FROM pg_extension WHERE extname = 'timescaledb'")
        assert found.fetchall() == []


def test_a_failed_restore_says_why_and_leaves_restoring_mode(
    backup_file: Path, empty_url: str, restore_into: Run, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.dump"
    whole = backup_file.read_bytes()
    cut.write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(SetupFailed, match=r"pg_restore failed:[\s\S]*Drop the database"):
        restore_into(empty_url, cut)
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SHOW timescaledb.restoring").fetchone() == ("off",)


def test_what_is_no_dump_is_said(empty_url: str, restore_into: Run, tmp_path: Path) -> None:
    other = tmp_path / "readings.csv"
    other.write_text("time,value\n")
    with pytest.raises(InvalidInput, match=r"readings\.csv is no backup"):
        restore_into(empty_url, other)


def test_a_version_of_timescaledb_that_is_not_offered_is_refused(
    backup_file: Path, empty_url: str, restore_into: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "future.dump"
    copy.write_bytes(backup_file.read_bytes())
    made_by = json.loads(backup_file.with_name(f"{backup_file.name}.json").read_text())
    text_of = json.dumps(made_by | {"timescaledb": "99.1.0"})
    copy.with_name("future.dump.json").write_text(text_of)
    with pytest.raises(SetupFailed, match=r"TimescaleDB 99\.1\.0"):
        restore_into(empty_url, copy)


def test_a_user_who_may_not_is_told_so(
    backup_file: Path, empty_url: str, restore_into: Run
) -> None:
    plain = empty_url.replace("postgresql://hydrodiag:", "postgresql://plain_restorer:")
    password = psycopg.conninfo.conninfo_to_dict(empty_url)["password"]
    with psycopg.connect(empty_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE plain_restorer LOGIN PASSWORD '{password}'")
        try:
            with pytest.raises(Refused, match="superuser"):
                restore_into(plain, backup_file)
        finally:
            admin.execute("DROP OWNED BY plain_restorer CASCADE")
            admin.execute("DROP ROLE plain_restorer")


def test_the_backup_holds_no_sessions(source: Database, restored: Database) -> None:
    assert fingerprint(source, "user_session")[0] == 1
    assert fingerprint(restored, "user_session")[0] == 0
    assert fingerprint(restored, "app_user") == fingerprint(source, "app_user")


def test_the_backup_is_for_its_owner_alone(backup_file: Path) -> None:
    assert stat.S_IMODE(backup_file.stat().st_mode) == 0o600
    assert sorted(path.name for path in backup_file.parent.iterdir()) == [
        "hydrodiag.dump",
        "hydrodiag.dump.json",
    ]


def test_the_manifest_says_what_made_it(backup_file: Path, source: Database) -> None:
    made_by = json.loads(backup_file.with_name("hydrodiag.dump.json").read_text())
    assert made_by["revision"] == newest_revision()
    assert made_by["timescaledb"] == detect_edition(source).version
    assert made_by["sha256"] == hashlib.sha256(backup_file.read_bytes()).hexdigest()


def test_an_existing_backup_is_not_overwritten(
    source: Database, backup_file: Path, back_up_from: Run
) -> None:
    before = backup_file.read_bytes()
    with pytest.raises(InvalidInput, match="there already"):
        back_up_from(source.url.render_as_string(hide_password=False), backup_file)
    assert backup_file.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(
    source: Database, back_up_from: Run, tmp_path: Path
) -> None:
    missing = tmp_path / "no-such-folder" / "x.dump"
    with pytest.raises(SetupFailed, match="No such file"):
        back_up_from(source.url.render_as_string(hide_password=False), missing)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_back_up_is_said(empty_url: str, back_up_from: Run, tmp_path: Path) -> None:
    with pytest.raises(SchemaMissing, match="no tables of HydroDiag"):
        back_up_from(empty_url, tmp_path / "x.dump")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_backup_is_named(empty_url: str, restore_into: Run, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.dump"):
        restore_into(empty_url, tmp_path / "gone.dump")


def test_a_program_of_another_version_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match=r"PostgreSQL 9.*postgresql-client-9"):
        find_client("pg_dump", 9, tmp_path)
