"""How long readings live, table by table, and how the tables grow."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, CreatedAt


class LifecyclePolicy(Base):
    """NULL in `compress_after`: never compressed; in `retain_for`: kept for ever."""

    __tablename__ = "lifecycle_policy"
    __table_args__ = (
        CheckConstraint("apache_mode IN ('skip', 'seal')", name="apache_mode"),
        CheckConstraint("chunk_interval > interval '0'", name="chunk_interval"),
        CheckConstraint("retain_for > interval '0'", name="retain_for"),
    )

    table_name: Mapped[str] = mapped_column(primary_key=True)
    chunk_interval: Mapped[timedelta]
    compress_after: Mapped[timedelta | None]
    retain_for: Mapped[timedelta | None]
    apache_mode: Mapped[str] = mapped_column(server_default="skip")
    updated_at: Mapped[CreatedAt]
    updated_by: Mapped[str] = mapped_column(server_default="")


class HypertableSample(Base):
    __tablename__ = "hypertable_sample"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    sampled_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=text("now()"))
    total_bytes: Mapped[int] = mapped_column(BigInteger)
    approx_rows: Mapped[int] = mapped_column(BigInteger)
