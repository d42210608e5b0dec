"""Keys by which machines hand in and read readings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from hydrodiag.db.grants import grant_table

revision = "0006_api_keys"
down_revision = "0005_accounts"

NOW = sa.text("now()")
INSTANT = sa.DateTime(timezone=True)
SCOPES = "scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0"


def upgrade() -> None:
    system = sa.ForeignKey("hydraulic_system.id", name="fk_api_key_system_id", ondelete="CASCADE")
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("system_id", sa.Integer(), system),
        sa.Column("scopes", pg.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        *(sa.Column(name, INSTANT) for name in ("expires_at", "last_used_at", "revoked_at")),
        sa.Column("revoked_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.CheckConstraint(SCOPES, name="ck_api_key_scopes"),
    )
    op.create_index("ix_api_key_system_id", "api_key", ["system_id"])
    grant_table(op, "api_key", read=False, ingest="select, insert, update")


def downgrade() -> None:
    op.drop_table("api_key")
