"""Readings, their newest values, their rollups and what keeps those true.

`sensor_data` and two of the rollups are hypertables: the migration turns the plain tables into
them. No foreign key to `sensor`: it costs 3.4 times the ingest CPU and lets retention block
the dashboard; sensors are validated at ingest.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, TSTZRANGE, Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, BigId, CreatedAt, IntId

BLOCKS_OF_32 = {"pages_per_range": 32}


class SensorData(Base):
    """The CHECKs keep out NaN and broken clocks, which would poison the chunks' ranges."""

    __tablename__ = "sensor_data"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "time"),
        CheckConstraint(
            "time >= '2000-01-01 00:00+00' AND time < '2100-01-01 00:00+00'", name="time"
        ),
        CheckConstraint("value <> 'NaN'", name="value"),
        Index(
            "ix_sensor_data_time_brin",
            "time",
            postgresql_using="brin",
            postgresql_with=BLOCKS_OF_32,
        ),
    )

    time: Mapped[datetime]
    sensor_id: Mapped[int]
    value: Mapped[float]


class SensorLatest(Base):
    __tablename__ = "sensor_latest"

    sensor_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[datetime]
    value: Mapped[float]


class RollupColumns:
    """`vssd`: the sum of the squared distances from the mean; NaN where it is not known."""

    sensor_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bucket: Mapped[datetime] = mapped_column(primary_key=True)
    n: Mapped[int]
    vsum: Mapped[float]
    vmin: Mapped[float]
    vmax: Mapped[float]
    vlast: Mapped[float]
    vssd: Mapped[float] = mapped_column(server_default="NaN")


class SensorData1m(RollupColumns, Base):
    __tablename__ = "sensor_data_1m"


class SensorData1h(RollupColumns, Base):
    __tablename__ = "sensor_data_1h"


class SensorData1d(RollupColumns, Base):
    __tablename__ = "sensor_data_1d"


class RollupDirty(Base):
    """Ranges of readings that the next rollup level has not taken up yet; `hi` is exclusive.

    Written in the transaction that writes the readings, so no row can be missed.
    """

    __tablename__ = "rollup_dirty"
    __table_args__ = (
        CheckConstraint("level IN ('1m', '1h', '1d')", name="level"),
        CheckConstraint("lo < hi AND isfinite(lo) AND isfinite(hi)", name="span"),
        Index(None, "level", "id"),
    )

    id: Mapped[BigId]
    level: Mapped[str] = mapped_column(server_default="1m")
    sensor_id: Mapped[int]
    lo: Mapped[datetime]
    hi: Mapped[datetime]
    noted_at: Mapped[CreatedAt]


class RetentionHold(Base):
    """A span of time that retention leaves alone until the hold ends or is released."""

    __tablename__ = "retention_hold"

    id: Mapped[IntId]
    table_name: Mapped[str] = mapped_column(server_default="sensor_data")
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str]
    until_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]


class RetentionDrop(Base):
    """Where retention has dropped chunks of a table: what is there now came in afterwards."""

    __tablename__ = "retention_drop"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    spans: Mapped[MultiRange[datetime]] = mapped_column(TSTZMULTIRANGE)


class DataGeneration(Base):
    """A counter a topic, advanced in the writer's transaction: caches key on it."""

    __tablename__ = "data_generation"

    topic: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
