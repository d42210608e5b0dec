"""What is watched: hydraulic systems, their components and sensors."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, CreatedAt, IntId

CASCADE = "CASCADE"


class HydraulicSystem(Base):
    __tablename__ = "hydraulic_system"

    id: Mapped[IntId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    site: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]


class Component(Base):
    __tablename__ = "component"
    __table_args__ = (UniqueConstraint("system_id", "code"),)

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey("hydraulic_system.id", ondelete=CASCADE))
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]


class Sensor(Base):
    """`resolution` is the smallest step the sensor reports, in `unit`; NULL stores values as sent.

    Limits are in `unit`; values outside valid_min..valid_max are physically impossible.
    """

    __tablename__ = "sensor"
    __table_args__ = (
        UniqueConstraint("system_id", "tag"),
        CheckConstraint("resolution > 0", name="resolution"),
        CheckConstraint("valid_min < valid_max", name="valid_range"),
        CheckConstraint("sampling_interval_s > 0", name="sampling_interval"),
    )

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey("hydraulic_system.id", ondelete=CASCADE))
    component_id: Mapped[int | None] = mapped_column(
        ForeignKey("component.id", ondelete="SET NULL"), index=True
    )
    tag: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[str]
    unit: Mapped[str]
    resolution: Mapped[float | None]
    valid_min: Mapped[float | None]
    valid_max: Mapped[float | None]
    warn_low: Mapped[float | None]
    warn_high: Mapped[float | None]
    critical_low: Mapped[float | None]
    critical_high: Mapped[float | None]
    sampling_interval_s: Mapped[float | None]
    is_key: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]


class CycleLabel(Base):
    """Known condition of a machine during one working cycle, for evaluation."""

    __tablename__ = "cycle_label"
    __table_args__ = (
        UniqueConstraint("system_id", "start_at"),
        CheckConstraint("start_at < end_at", name="span"),
        Index(None, "system_id", "end_at"),
    )

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey("hydraulic_system.id", ondelete=CASCADE))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    labels: Mapped[dict[str, Any]]
