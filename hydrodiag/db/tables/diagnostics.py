"""How machines are diagnosed, what was measured, what was found, and what people did about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, BigId, CreatedAt, IntId

CASCADE = "CASCADE"
SYSTEM = "hydraulic_system.id"
ONGOING = "status IN ('open', 'acknowledged', 'in_work')"
JsonList = list[Any]


class Diagnosis(Base):
    """How a machine is diagnosed. `cycle_s`: by working cycles of one-second readings; NULL: by
    steps of 15 minutes. `roles` override the guessed role of a sensor; `nominal` holds settings
    such as `precharge_bar`. Steps are computed up to `through_at`.
    """

    __tablename__ = "diagnosis"
    __table_args__ = (CheckConstraint("cycle_s > 0", name="cycle"),)

    system_id: Mapped[int] = mapped_column(
        ForeignKey(SYSTEM, ondelete=CASCADE), primary_key=True, autoincrement=False
    )
    cycle_s: Mapped[float | None]
    cycle_anchor_at: Mapped[datetime | None]
    roles: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    nominal: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    through_at: Mapped[datetime | None]
    skipped: Mapped[JsonList] = mapped_column(JSONB, server_default="[]")
    changed_by: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[CreatedAt]


class CheckSetting(Base):
    """Limits and switches that differ from the catalogue's; `system_id` NULL: of all machines."""

    __tablename__ = "check_setting"
    __table_args__ = (
        CheckConstraint("persist_steps > 0", name="persist"),
        UniqueConstraint("system_id", "check_id", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[IntId]
    system_id: Mapped[int | None] = mapped_column(ForeignKey(SYSTEM, ondelete=CASCADE))
    check_id: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(server_default="true")
    warn: Mapped[float | None]
    critical: Mapped[float | None]
    persist_steps: Mapped[int | None]
    reason: Mapped[str] = mapped_column(server_default="")
    changed_by: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[CreatedAt]


class Baseline(Base):
    """What a machine does while healthy, learned from a span that somebody stands for."""

    __tablename__ = "baseline"
    __table_args__ = (
        CheckConstraint("from_at < to_at", name="span"),
        Index("uq_baseline_active", "system_id", unique=True, postgresql_where=text("is_active")),
    )

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey(SYSTEM, ondelete=CASCADE), index=True)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    is_active: Mapped[bool] = mapped_column(server_default="false")
    steps: Mapped[int] = mapped_column(server_default="0")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    note: Mapped[str] = mapped_column(server_default="")
    confirmed_by: Mapped[str]
    created_at: Mapped[CreatedAt]


class ModelVersion(Base):
    """A condition model of a component; `parameters` are numbers, never code."""

    __tablename__ = "model_version"
    __table_args__ = (
        CheckConstraint("state IN ('training', 'ready', 'failed')", name="state"),
        Index(
            "uq_model_version_active", "component", unique=True, postgresql_where=text("is_active")
        ),
    )

    id: Mapped[IntId]
    component: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="training")
    is_active: Mapped[bool] = mapped_column(server_default="false")
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    metrics: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    trained_on: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    error: Mapped[str] = mapped_column(server_default="")
    acknowledged: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    changed_by: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[CreatedAt]


class DiagnosticStep(Base):
    """Indicators of one step of a machine; a hypertable. No foreign key: see `readings`."""

    __tablename__ = "diagnostic_step"
    __table_args__ = (PrimaryKeyConstraint("system_id", "time"),)

    system_id: Mapped[int]
    time: Mapped[datetime]
    step_s: Mapped[float] = mapped_column(REAL)
    state: Mapped[str]
    indicators: Mapped[dict[str, Any]] = mapped_column(JSONB)


class DiagnosticRun(Base):
    __tablename__ = "diagnostic_run"
    __table_args__ = (
        CheckConstraint("kind IN ('incremental', 'nightly', 'demand', 'backfill')", name="kind"),
    )

    id: Mapped[BigId]
    kind: Mapped[str]
    system_id: Mapped[int | None] = mapped_column(ForeignKey(SYSTEM, ondelete=CASCADE), index=True)
    from_at: Mapped[datetime | None]
    to_at: Mapped[datetime | None]
    asked_by: Mapped[str] = mapped_column(server_default="")
    systems: Mapped[int] = mapped_column(server_default="0")
    steps: Mapped[int] = mapped_column(server_default="0")
    opened: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[JsonList] = mapped_column(JSONB, server_default="[]")
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"), index=True)
    finished_at: Mapped[datetime | None]


class ComponentHealth(Base):
    """`score` 0..100 as of `at`; NULL where nothing could be assessed."""

    __tablename__ = "component_health"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)

    system_id: Mapped[int] = mapped_column(
        ForeignKey(SYSTEM, ondelete=CASCADE), primary_key=True, autoincrement=False
    )
    component: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[float | None]
    because: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]


class MaintenanceEvent(Base):
    __tablename__ = "maintenance_event"
    __table_args__ = (Index(None, "system_id", "at"),)

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey(SYSTEM, ondelete=CASCADE))
    component: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str]
    created_at: Mapped[CreatedAt]


class Finding(Base):
    """One failure mode of a component: at most one ongoing a machine, updated, never repeated."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("severity BETWEEN 0 AND 4", name="severity"),
        CheckConstraint(
            "status IN ('open', 'acknowledged', 'in_work', 'resolved', 'false_alarm')",
            name="status",
        ),
        Index(
            "uq_finding_ongoing", "system_id", "component", "mode", unique=True,
            postgresql_where=text(ONGOING),
        ),
        Index(None, "status", "severity"),
        Index(None, "system_id", "last_seen_at"),
    )  # fmt: skip

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey(SYSTEM, ondelete=CASCADE))
    component: Mapped[str]
    mode: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(server_default="open")
    confidence: Mapped[str]
    title: Mapped[str]
    explanation: Mapped[str]
    evidence: Mapped[JsonList] = mapped_column(JSONB)
    action: Mapped[JsonList] = mapped_column(JSONB)
    manual_query: Mapped[str] = mapped_column(server_default="")
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    since_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    assigned_to: Mapped[int | None] = mapped_column(
        ForeignKey("app_user.id", ondelete="SET NULL"), index=True
    )
    assigned_name: Mapped[str] = mapped_column(server_default="")
    snoozed_until_at: Mapped[datetime | None]
    changed_at: Mapped[CreatedAt]


class FindingEvent(Base):
    """Every change of a finding and every comment, with its author."""

    __tablename__ = "finding_event"

    id: Mapped[BigId]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete=CASCADE), index=True)
    at: Mapped[CreatedAt]
    author: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class FindingAttachment(Base):
    __tablename__ = "finding_attachment"

    id: Mapped[IntId]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete=CASCADE), index=True)
    file_name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[CreatedAt]


class CheckProposal(Base):
    """A change of a check that a false alarm suggests; only a person makes it."""

    __tablename__ = "check_proposal"
    __table_args__ = (CheckConstraint("decision IN ('', 'accepted', 'declined')", name="decision"),)

    id: Mapped[IntId]
    system_id: Mapped[int] = mapped_column(ForeignKey(SYSTEM, ondelete=CASCADE), index=True)
    check_id: Mapped[str]
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    proposed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    decision: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Forecast(Base):
    """When a check's value will reach its next limit; only where its trend allows to say so."""

    __tablename__ = "forecast"
    __table_args__ = (CheckConstraint("limit_kind IN ('warning', 'alarm')", name="limit_kind"),)

    system_id: Mapped[int] = mapped_column(
        ForeignKey(SYSTEM, ondelete=CASCADE), primary_key=True, autoincrement=False
    )
    check_id: Mapped[str] = mapped_column(primary_key=True)
    limit_kind: Mapped[str]
    limit_value: Mapped[float]
    value: Mapped[float]
    slope_per_day: Mapped[float]
    reaches_at: Mapped[datetime]
    earliest_at: Mapped[datetime]
    latest_at: Mapped[datetime | None]
    span_days: Mapped[float]
    told_at: Mapped[datetime]
