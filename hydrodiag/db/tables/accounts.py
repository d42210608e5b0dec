"""People who may sign in, their sessions and invitations, and what everybody did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, CreatedAt, IntId

ROLES = "role IN ('viewer', 'engineer', 'operator', 'administrator')"


class AppUser(Base):
    """`password_hash` is null for who signs in by OpenID Connect only."""

    __tablename__ = "app_user"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)

    id: Mapped[IntId]
    user_name: Mapped[str]
    full_name: Mapped[str] = mapped_column(server_default="")
    role: Mapped[str]
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(server_default="false")
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


Index("uq_app_user_user_name_lower", func.lower(AppUser.user_name), unique=True)


class UserSession(Base):
    """A signed-in browser. Only the SHA-256 of its cookie is kept."""

    __tablename__ = "user_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(server_default="")
    user_agent: Mapped[str] = mapped_column(server_default="")


class SignInAttempt(Base):
    """For throttling; old ones are forgotten."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_at", "at"),)

    id: Mapped[IntId]
    at: Mapped[CreatedAt]
    user_name: Mapped[str]
    address: Mapped[str]
    succeeded: Mapped[bool]


class Invitation(Base):
    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)

    id: Mapped[IntId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    role: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    invited_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Added to, never changed: no role of the application may update or delete."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_at", "at"),)

    id: Mapped[IntId]
    at: Mapped[CreatedAt]
    actor: Mapped[str]
    actor_role: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    outcome: Mapped[str] = mapped_column(server_default="done")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
