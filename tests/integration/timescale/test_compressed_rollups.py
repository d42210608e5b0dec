"""Rollups in compressed chunks: migrated, taken up anew, compressed again."""

from datetime import timedelta

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from hydrodiag.db import Database
from hydrodiag.db.migrate import alembic_config, upgrade
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.rollups import refresh_rollups, renew_rollups
from hydrodiag.timescale import compress_old_chunks
from tests.integration.rollups.conftest import is_true

from .conftest import Fill

MONTH = timedelta(days=30)
SENSORS = 3
MINUTES = SENSORS * (30 * 24 + 1)
BEFORE_SPREAD = "0011_retention_drops"
COUNT_UNKNOWN = "SELECT count(*), count(*) FILTER (WHERE vssd = 'NaN') FROM sensor_data_1m"
NOTE_ALL = """
INSERT INTO rollup_dirty (sensor_id, lo, hi)
SELECT sensor_id, min(time), max(time) + INTERVAL '1 second' FROM sensor_data GROUP BY sensor_id
"""
FEW_AT_ONCE = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET timescaledb.max_tuples_decompressed_per_dml_transaction
                    TO 10', current_database());
END $$
"""


@pytest.fixture
def compressed(
    community_database: Database, fill_community: Fill, community_owner: psycopg.Connection
) -> Database:
    """Readings of a month, one an hour, and their rollups: all chunks are compressed."""
    press = create_system(community_database, SystemDraft(code="P-1", name="Press", kind="press"))
    for count in range(SENSORS):
        draft = SensorDraft(tag=f"PS{count}", name="Pressure", quantity="pressure", unit="bar")
        create_sensor(community_database, press.id, draft)
    fill_community(100, 70)
    community_owner.execute(NOTE_ALL)
    refresh_rollups(community_database)
    compress(community_database, "sensor_data")
    compress(community_database, "sensor_data_1m")
    return community_database


def compress(database: Database, table: str) -> None:
    report = compress_old_chunks(database, table, MONTH)
    assert report.done
    assert (report.waiting, report.busy, report.failed) == (0, (), ())


def downgrade(database: Database, revision: str) -> None:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), revision)
    engine.dispose()


def test_they_survive_the_migration_to_their_spread_and_take_it_up(
    compressed: Database, community_owner: psycopg.Connection
) -> None:
    downgrade(compressed, BEFORE_SPREAD)
    upgrade(compressed.url)
    assert community_owner.execute(COUNT_UNKNOWN).fetchone() == (MINUTES, MINUTES)
    renew_rollups(compressed)
    assert community_owner.execute(COUNT_UNKNOWN).fetchone() == (MINUTES, 0)
    assert is_true(compressed)
    compress(compressed, "sensor_data_1m")
    assert is_true(compressed)


def test_a_refresh_takes_up_more_than_timescaledb_would_unpack_at_once(
    compressed: Database, community_owner: psycopg.Connection
) -> None:
    community_owner.execute("UPDATE sensor_data SET value = value + 1")
    community_owner.execute(NOTE_ALL)
    community_owner.execute(FEW_AT_ONCE)
    compressed.dispose()  # sessions from now on have the database's setting
    assert refresh_rollups(compressed).pending == 0
    assert is_true(compressed)
