"""Where retention has dropped chunks, so that rollups are not judged by what came in later."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

from hydrodiag.db.grants import grant_table

revision = "0011_retention_drops"
down_revision = "0010_saved_views"


def upgrade() -> None:
    op.create_table(
        "retention_drop",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("spans", TSTZMULTIRANGE(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", name="pk_retention_drop"),
    )
    grant_table(op, "retention_drop")


def downgrade() -> None:
    op.drop_table("retention_drop")
