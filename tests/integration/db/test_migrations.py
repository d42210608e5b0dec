from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from hydrodiag.db import Database
from hydrodiag.db.migrate import current_revision, newest_revision, upgrade
from hydrodiag.db.tables import Base
from hydrodiag.db.url import normalise_url

BACKGROUND = ("_timescaledb",)


def is_ours(name: str | None, kind: str, _parent: object) -> bool:
    return not (kind == "schema" and (name or "").startswith(BACKGROUND))


def test_the_models_say_what_the_migrations_made(database_url: str) -> None:
    engine = create_engine(normalise_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": is_ours, "compare_server_default": False}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_second_upgrade_changes_nothing(database_url: str, database: Database) -> None:
    assert upgrade(database_url) == newest_revision()
    with database.read() as connection:
        assert current_revision(connection) == newest_revision()


def test_two_upgrades_at_once_do_not_collide(database_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        reached = set(pool.map(upgrade, [database_url] * 2))
    assert reached == {newest_revision()}


def test_sensor_data_is_a_hypertable_with_its_indexes_and_no_foreign_key(
    database: Database,
) -> None:
    with database.read() as connection:
        indexes = connection.execute(
            text("SELECT indexname FROM pg_indexes WHERE tablename = 'sensor_data' ORDER BY 1")
        ).scalars()
        assert list(indexes) == ["ix_sensor_data_time_brin", "pk_sensor_data"]
        foreign = text(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' "
            "AND conrelid = 'sensor_data'::regclass"
        )
        assert connection.execute(foreign).scalar() == 0
        interval = text(
            "SELECT time_interval FROM timescaledb_information.dimensions "
            "WHERE hypertable_name = 'sensor_data'"
        )
        assert connection.execute(interval).scalar_one().days == 7
