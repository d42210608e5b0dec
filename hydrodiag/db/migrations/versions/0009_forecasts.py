"""When an indicator will reach its limit, told anew every night."""

from alembic import op

from hydrodiag.db.grants import grant_table

revision = "0009_forecasts"
down_revision = "0008_diagnostics"

SETUP = """
CREATE TABLE forecast (
    system_id int NOT NULL CONSTRAINT fk_forecast_system_id
        REFERENCES hydraulic_system ON DELETE CASCADE,
    check_id text NOT NULL,
    limit_kind text NOT NULL CONSTRAINT ck_forecast_limit_kind
        CHECK (limit_kind IN ('warning', 'alarm')),
    limit_value double precision NOT NULL,
    value double precision NOT NULL,
    slope_per_day double precision NOT NULL,
    reaches_at timestamptz NOT NULL,
    earliest_at timestamptz NOT NULL,
    latest_at timestamptz,
    span_days double precision NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT pk_forecast PRIMARY KEY (system_id, check_id)
)
"""


def upgrade() -> None:
    op.execute(SETUP)
    grant_table(op, "forecast", ingest="select, insert, update, delete")


def downgrade() -> None:
    op.drop_table("forecast")
