"""Jobs, requests, runs and the heartbeat of schedulers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from hydrodiag.db.grants import grant_table

revision = "0003_jobs"
down_revision = "0002_ingest"

NOW = sa.text("now()")
INSTANT = sa.DateTime(timezone=True)
TABLES = ("job", "job_request", "job_run", "scheduler_heartbeat")
UNFINISHED = "status IN ('queued', 'running')"
STATUSES = (
    "status IN ('queued', 'running', 'succeeded', 'failed', 'lost', 'handed_back', 'stopped')"
)


def upgrade() -> None:
    _create_job()
    _create_request()
    _create_run()
    op.create_table(
        "scheduler_heartbeat",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        _instant_now("started_at"),
        _instant_now("beat_at"),
        sa.PrimaryKeyConstraint("id", name="pk_scheduler_heartbeat"),
    )
    for table in TABLES:
        grant_table(op, table, ingest="select, insert, update, delete")


def downgrade() -> None:
    for table in ("scheduler_heartbeat", "job_run", "job_request", "job"):
        op.drop_table(table)


def _create_job() -> None:
    op.create_table(
        "job",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "title", "description")),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("default_cadence", sa.Text()),
        sa.Column("cadence", sa.Text()),
        _flag("is_cadence_own", "false"),
        _flag("is_paused", "false"),
        _flag("is_known", "true"),
        sa.Column("max_attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next_run_at", INSTANT),
        _text("changed_by"),
        _instant_now("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )


def _create_request() -> None:
    op.create_table(
        "job_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _job_id("job_request"),
        sa.Column("params", pg.JSONB(), server_default="{}", nullable=False),
        _text("requested_by"),
        _instant_now("requested_at"),
        sa.PrimaryKeyConstraint("id", name="pk_job_request"),
    )
    op.create_index("ix_job_request_job_id", "job_request", ["job_id"])


def _create_run() -> None:
    request = sa.ForeignKey("job_request.id", name="fk_job_run_request_id", ondelete="SET NULL")
    op.create_table(
        "job_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _job_id("job_run"),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), request),
        sa.Column("params", pg.JSONB(), server_default="{}", nullable=False),
        _text("status", "queued"),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("progress", pg.DOUBLE_PRECISION()),
        _text("message"),
        sa.Column("result", pg.JSONB()),
        _text("error"),
        sa.Column("stop_requested_by", sa.Text()),
        _text("host"),
        sa.Column("pid", sa.Integer()),
        _instant_now("queued_at"),
        _instant_now("due_at"),
        sa.Column("started_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
        sa.CheckConstraint(STATUSES, name="ck_job_run_status"),
        sa.CheckConstraint(
            "cause IN ('schedule', 'request', 'retry', 'handover')", name="ck_job_run_cause"
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="ck_job_run_progress"),
    )
    op.create_index("ix_job_run_job_id_id", "job_run", ["job_id", "id"])
    op.create_index("ix_job_run_request_id", "job_run", ["request_id"])
    op.create_index(
        "ix_job_run_unfinished", "job_run", ["due_at"], postgresql_where=sa.text(UNFINISHED)
    )
    op.create_index(
        "uq_job_run_turn",
        "job_run",
        ["job_id"],
        unique=True,
        postgresql_where=sa.text(f"{UNFINISHED} AND cause = 'schedule'"),
    )


def _job_id(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("job.id", name=f"fk_{table}_job_id", ondelete="CASCADE")
    return sa.Column("job_id", sa.Text(), key, nullable=False)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _flag(name: str, default: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False)


def _instant_now(name: str) -> sa.Column[object]:
    return sa.Column(name, INSTANT, server_default=NOW, nullable=False)
