"""Conversations with the assistant, what people think of its answers, and approved answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, BigId, CreatedAt, IntId

CASCADE = "CASCADE"


class Conversation(Base):
    """`scope` narrows the search: document_ids, system code, language."""

    __tablename__ = "conversation"

    id: Mapped[IntId]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete=CASCADE))
    title: Mapped[str] = mapped_column(server_default="")
    scope: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]


Index("ix_conversation_user_id_changed_at", Conversation.user_id, Conversation.changed_at)


class Message(Base):
    """A question, or an answer with its sources as they were: old conversations never shift."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("role IN ('question', 'answer')", name="role"),
        CheckConstraint("state IN ('complete', 'stopped', 'interrupted')", name="state"),
    )

    id: Mapped[BigId]
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete=CASCADE), index=True
    )
    role: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="complete")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[CreatedAt]


class MessageFeedback(Base):
    """Thumbs up or down with a reason; `reviewed_at` when an engineer has dealt with it."""

    __tablename__ = "message_feedback"

    message_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("message.id", ondelete=CASCADE), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete=CASCADE), primary_key=True
    )
    is_helpful: Mapped[bool]
    reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]


class ApprovedAnswer(Base):
    """A question with an answer that an engineer stands for, until its sources change."""

    __tablename__ = "approved_answer"

    id: Mapped[IntId]
    question: Mapped[str]
    question_key: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    approved_by: Mapped[str]
    approved_at: Mapped[CreatedAt]
    used: Mapped[int] = mapped_column(server_default="0")
