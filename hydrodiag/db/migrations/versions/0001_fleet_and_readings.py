"""Roles, fleet, readings with their rollups, accounts.

Edition-neutral: compression settings are applied by the job at run time, so that this works on
the Apache edition and an edition upgrade needs no migration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from hydrodiag.db.grants import grant_table, run_if_role_usable
from hydrodiag.db.roles import Role

revision = "0001"
down_revision = None

NOW = sa.text("now()")
INSTANT = sa.DateTime(timezone=True)
DOUBLE: sa.types.TypeEngine[float] = pg.DOUBLE_PRECISION()
ROLLUPS = ("sensor_data_1m", "sensor_data_1h", "sensor_data_1d")
HYPERTABLES = (
    ("sensor_data", "time", "7 days"),
    ("sensor_data_1m", "bucket", "28 days"),
    ("sensor_data_1h", "bucket", "180 days"),
)
CHANGE_ALL = "select, insert, update, delete"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    _create_roles()
    _create_fleet()
    _create_readings()
    _create_upkeep()
    _create_app_user()
    _grant()


def downgrade() -> None:
    tables = ("app_user", "data_generation", "retention_hold", "rollup_dirty", *ROLLUPS)
    fleet = ("cycle_label", "sensor", "component", "hydraulic_system")
    for table in (*tables, "sensor_latest", "sensor_data", *fleet):
        op.drop_table(table)


def _create_roles() -> None:
    """Make the roles and join them, where this user may; else one role does all work.

    Roles are the cluster's, not the database's: another migration may make them meanwhile.
    A creator that is no superuser has to grant itself the right to SET ROLE.
    """
    for role in Role:
        for attempt in (f"CREATE ROLE {role} NOLOGIN", f"GRANT {role} TO CURRENT_USER"):
            op.execute(
                f"""DO $$ BEGIN
                    {attempt};
                EXCEPTION
                    WHEN duplicate_object OR unique_violation THEN NULL;
                    WHEN insufficient_privilege OR undefined_object THEN
                        RAISE NOTICE 'no role {role}: one role does all work';
                END $$"""
            )
        run_if_role_usable(op, role, f"GRANT USAGE ON SCHEMA public TO {role}")
    run_if_role_usable(op, Role.MAINT, f"GRANT CREATE ON SCHEMA public TO {Role.MAINT}")


def _create_fleet() -> None:
    op.create_table(
        "hydraulic_system",
        _identity(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hydraulic_system"),
        sa.UniqueConstraint("code", name="uq_hydraulic_system_code"),
    )
    op.create_table(
        "component",
        _identity(),
        _system_id("component"),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_component"),
        sa.UniqueConstraint("system_id", "code", name="uq_component_system_id_code"),
    )
    _create_sensor()
    op.create_table(
        "cycle_label",
        _identity(),
        _system_id("cycle_label"),
        sa.Column("start_at", INSTANT, nullable=False),
        sa.Column("end_at", INSTANT, nullable=False),
        sa.Column("labels", pg.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cycle_label"),
        sa.UniqueConstraint("system_id", "start_at", name="uq_cycle_label_system_id_start_at"),
        sa.CheckConstraint("start_at < end_at", name="ck_cycle_label_span"),
    )
    op.create_index("ix_cycle_label_system_id_end_at", "cycle_label", ["system_id", "end_at"])


def _create_sensor() -> None:
    limits = ("resolution", "valid_min", "valid_max", "warn_low", "warn_high")
    criticals = ("critical_low", "critical_high", "sampling_interval_s")
    op.create_table(
        "sensor",
        _identity(),
        _system_id("sensor"),
        sa.Column(
            "component_id",
            sa.Integer(),
            sa.ForeignKey("component.id", name="fk_sensor_component_id", ondelete="SET NULL"),
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("tag", "name", "quantity", "unit")
        ),
        *(sa.Column(name, DOUBLE) for name in (*limits, *criticals)),
        sa.Column("is_key", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sensor"),
        sa.UniqueConstraint("system_id", "tag", name="uq_sensor_system_id_tag"),
        sa.CheckConstraint("resolution > 0", name="ck_sensor_resolution"),
        sa.CheckConstraint("valid_min < valid_max", name="ck_sensor_valid_range"),
        sa.CheckConstraint("sampling_interval_s > 0", name="ck_sensor_sampling_interval"),
    )
    op.create_index("ix_sensor_component_id", "sensor", ["component_id"])


def _create_readings() -> None:
    op.create_table(
        "sensor_data",
        sa.Column("time", INSTANT, nullable=False),
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", DOUBLE, nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", "time", name="pk_sensor_data"),
        sa.CheckConstraint(
            "time >= '2000-01-01 00:00+00' AND time < '2100-01-01 00:00+00'",
            name="ck_sensor_data_time",
        ),
        sa.CheckConstraint("value <> 'NaN'", name="ck_sensor_data_value"),
    )
    for table in ROLLUPS:
        _create_rollup(table)
    for table, column, interval in HYPERTABLES:
        op.execute(
            f"SELECT create_hypertable('{table}', by_range('{column}', interval '{interval}'), "
            "create_default_indexes => false)"
        )
    op.execute(
        "CREATE INDEX ix_sensor_data_time_brin ON sensor_data "
        "USING brin (time) WITH (pages_per_range = 32)"
    )
    op.create_table(
        "sensor_latest",
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", INSTANT, nullable=False),
        sa.Column("value", DOUBLE, nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", name="pk_sensor_latest"),
    )
    op.execute("ALTER TABLE sensor_latest SET (fillfactor = 50)")


def _create_rollup(table: str) -> None:
    op.create_table(
        table,
        sa.Column("sensor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket", INSTANT, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(sa.Column(name, DOUBLE, nullable=False) for name in ("vsum", "vmin", "vmax", "vlast")),
        sa.PrimaryKeyConstraint("sensor_id", "bucket", name=f"pk_{table}"),
    )


def _create_upkeep() -> None:
    op.create_table(
        "rollup_dirty",
        _identity(sa.BigInteger()),
        sa.Column("level", sa.Text(), server_default="1m", nullable=False),
        sa.Column("sensor_id", sa.Integer(), nullable=False),
        sa.Column("lo", INSTANT, nullable=False),
        sa.Column("hi", INSTANT, nullable=False),
        sa.Column("noted_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_dirty"),
        sa.CheckConstraint("level IN ('1m', '1h', '1d')", name="ck_rollup_dirty_level"),
        sa.CheckConstraint(
            "lo < hi AND isfinite(lo) AND isfinite(hi)", name="ck_rollup_dirty_span"
        ),
    )
    op.create_index("ix_rollup_dirty_level_id", "rollup_dirty", ["level", "id"])
    op.create_table(
        "retention_hold",
        _identity(),
        sa.Column("table_name", sa.Text(), server_default="sensor_data", nullable=False),
        sa.Column("during", pg.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_at", INSTANT),
        sa.Column("created_by", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_hold"),
    )
    op.create_table(
        "data_generation",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("topic", name="pk_data_generation"),
    )


def _create_app_user() -> None:
    op.create_table(
        "app_user",
        _identity(),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled_at", INSTANT),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_app_user"),
        sa.CheckConstraint(
            "role IN ('viewer', 'engineer', 'operator', 'administrator')", name="ck_app_user_role"
        ),
    )
    op.create_index(
        "uq_app_user_user_name_lower", "app_user", [sa.text("lower(user_name)")], unique=True
    )


def _grant() -> None:
    for table in ("hydraulic_system", "component", "sensor", "cycle_label"):
        grant_table(op, table, ingest=CHANGE_ALL)
    for table in ("sensor_data", "sensor_latest", "rollup_dirty", *ROLLUPS):
        grant_table(op, table, ingest=CHANGE_ALL)
    grant_table(op, "retention_hold", ingest=CHANGE_ALL)
    grant_table(op, "data_generation", ingest=CHANGE_ALL)
    grant_table(op, "app_user", read=False, ingest="select, insert, update")
    grant_table(op, "alembic_version")


def _identity(kind: sa.types.TypeEngine[int] | None = None) -> sa.Column[int]:
    return sa.Column("id", kind or sa.Integer(), sa.Identity(), nullable=False)


def _system_id(table: str) -> sa.Column[int]:
    target = sa.ForeignKey("hydraulic_system.id", name=f"fk_{table}_system_id", ondelete="CASCADE")
    return sa.Column("system_id", sa.Integer(), target, nullable=False)
