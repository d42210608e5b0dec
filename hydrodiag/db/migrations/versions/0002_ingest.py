"""Ingest: mappings, uploads, runs over files, batches, quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from hydrodiag.db.grants import grant_table

revision = "0002_ingest"
down_revision = "0001"

NOW = sa.text("now()")
INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "ingest_mapping",
    "upload",
    "upload_part",
    "ingest_file",
    "ingest_batch",
    "quarantined_reading",
)
COUNTS = ("row_count", "inserted", "already_there", "quarantined", "empty")
CHANGE_ALL = "select, insert, update, delete"


def upgrade() -> None:
    _create_mapping()
    _create_upload()
    _create_file()
    _create_batch()
    _create_quarantine()
    for table in TABLES:
        grant_table(op, table, ingest=CHANGE_ALL)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_mapping() -> None:
    op.create_table(
        "ingest_mapping",
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("mapping", pg.JSONB(), nullable=False),
        _text("file_name"),
        sa.Column("used_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("shape", name="pk_ingest_mapping"),
    )


def _create_upload() -> None:
    op.create_table(
        "upload",
        _identity(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("sha256", sa.LargeBinary()),
        _text("uploaded_by"),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_table(
        "upload_part",
        _reference("upload_id", "upload", "upload_part", "CASCADE", nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "part", name="pk_upload_part"),
    )
    # Compressing 8 MB parts costs more than the disk it saves.
    op.execute("ALTER TABLE upload_part ALTER COLUMN content SET STORAGE EXTERNAL")


def _create_file() -> None:
    op.create_table(
        "ingest_file",
        _identity(),
        sa.Column("name", sa.Text(), nullable=False),
        _text("origin"),
        _text("kind"),
        sa.Column("size_bytes", sa.BigInteger()),
        _reference("upload_id", "upload", "ingest_file"),
        sa.Column("mapping", pg.JSONB()),
        _text("started_by"),
        _text("status", "running"),
        _text("error"),
        *_counts(*COUNTS, "batches"),
        *_instants("first_at", "last_at"),
        sa.Column("started_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_ingest_file"),
        sa.CheckConstraint(
            "status IN ('running', 'succeeded', 'failed', 'stopped')", name="ck_ingest_file_status"
        ),
    )
    op.create_index("ix_ingest_file_upload_id", "ingest_file", ["upload_id"])
    op.create_index("ix_ingest_file_started_at", "ingest_file", ["started_at"])


def _create_batch() -> None:
    op.create_table(
        "ingest_batch",
        _identity(),
        sa.Column("content_key", sa.LargeBinary(), nullable=False),
        _reference("file_id", "ingest_file", "ingest_batch"),
        _text("origin"),
        sa.Column("first_line", sa.BigInteger()),
        sa.Column("last_line", sa.BigInteger()),
        *_counts(*COUNTS),
        *_instants("first_at", "last_at"),
        sa.Column("loaded_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ingest_batch"),
        sa.UniqueConstraint("content_key", name="uq_ingest_batch_content_key"),
    )
    op.create_index("ix_ingest_batch_loaded_at", "ingest_batch", ["loaded_at"])
    op.create_index("ix_ingest_batch_file_id", "ingest_batch", ["file_id"])


def _create_quarantine() -> None:
    op.create_table(
        "quarantined_reading",
        _identity(),
        sa.Column("row_key", sa.LargeBinary(), nullable=False),
        _reference("file_id", "ingest_file", "quarantined_reading"),
        _text("file_name"),
        sa.Column("line", sa.BigInteger()),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _text("detail"),
        _text("sensor_label"),
        sa.Column("sensor_id", sa.Integer()),
        _text("time_text"),
        sa.Column("reading_at", INSTANT),
        _text("value_text"),
        sa.Column("value", pg.DOUBLE_PRECISION()),
        _text("unit"),
        _text("status", "open"),
        _text("resolved_by"),
        sa.Column("resolved_at", INSTANT),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantined_reading"),
        sa.UniqueConstraint("row_key", name="uq_quarantined_reading_row_key"),
        sa.CheckConstraint(
            "status IN ('open', 'retried', 'rejected')", name="ck_quarantined_reading_status"
        ),
    )
    for columns in (["status", "id"], ["file_id", "id"]):
        name = f"ix_quarantined_reading_{'_'.join(columns)}"
        op.create_index(name, "quarantined_reading", columns)
    op.create_index(
        "ix_quarantined_reading_open_reason",
        "quarantined_reading",
        ["reason"],
        postgresql_where=sa.text("status = 'open'"),
    )


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in names]


def _instants(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, INSTANT) for name in names]


def _reference(
    column: str, target: str, table: str, on_delete: str = "SET NULL", *, nullable: bool = True
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete=on_delete)
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)
