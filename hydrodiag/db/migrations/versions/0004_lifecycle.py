"""Lifecycle policies with their defaults, and samples of the tables' sizes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hydrodiag.db.grants import grant_table
from hydrodiag.db.roles import Role

revision = "0004_lifecycle"
down_revision = "0003_jobs"

NOW = sa.text("now()")
INSTANT = sa.DateTime(timezone=True)
# table, chunk interval, compress after, retain for
DEFAULTS = (
    ("sensor_data", "7 days", "30 days", "365 days"),
    ("sensor_data_1m", "28 days", "60 days", "730 days"),
    ("sensor_data_1h", "180 days", None, "3652 days"),
)


def upgrade() -> None:
    policy = op.create_table(
        "lifecycle_policy",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("chunk_interval", sa.Interval(), nullable=False),
        sa.Column("compress_after", sa.Interval()),
        sa.Column("retain_for", sa.Interval()),
        sa.Column("apache_mode", sa.Text(), server_default="skip", nullable=False),
        sa.Column("updated_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("updated_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("table_name", name="pk_lifecycle_policy"),
        sa.CheckConstraint("apache_mode IN ('skip', 'seal')", "ck_lifecycle_policy_apache_mode"),
        sa.CheckConstraint("chunk_interval > interval '0'", "ck_lifecycle_policy_chunk_interval"),
        sa.CheckConstraint("retain_for > interval '0'", "ck_lifecycle_policy_retain_for"),
    )
    op.create_table(
        "hypertable_sample",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("sampled_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("approx_rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "sampled_at", name="pk_hypertable_sample"),
    )
    columns = ("table_name", "chunk_interval", "compress_after", "retain_for")
    for row in DEFAULTS:
        spans: list[Any] = [
            sa.literal_column(f"interval '{each}'") if each else None for each in row[1:]
        ]
        op.execute(policy.insert().values(dict(zip(columns, (row[0], *spans), strict=True))))
    for table in ("lifecycle_policy", "hypertable_sample"):
        grant_table(op, table, ingest="select, insert, update, delete")
    _let_health_check_see_sessions()


def _let_health_check_see_sessions() -> None:
    """Where this user may: without it hd_maint sees no transaction but its own."""
    op.execute(
        f"""DO $$ BEGIN
            GRANT pg_monitor TO {Role.MAINT};
        EXCEPTION
            WHEN insufficient_privilege OR undefined_object OR unique_violation THEN
                RAISE NOTICE 'the health check will not see the sessions of other users';
            WHEN OTHERS THEN
                IF SQLERRM <> 'tuple concurrently updated' THEN RAISE; END IF;
        END $$"""
    )


def downgrade() -> None:
    op.drop_table("hypertable_sample")
    op.drop_table("lifecycle_policy")
