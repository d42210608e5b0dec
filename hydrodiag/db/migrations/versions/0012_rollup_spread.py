"""Rollups keep the sum of squared distances from the mean: a deviation without raw readings.

Of buckets from before it is not known, until they are taken up anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_rollup_spread"
down_revision = "0011_retention_drops"
TABLES = ("sensor_data_1m", "sensor_data_1h", "sensor_data_1d")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("vssd", sa.Double(), server_default=sa.text("'NaN'"), nullable=False)
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "vssd")
