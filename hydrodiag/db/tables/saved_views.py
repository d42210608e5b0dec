"""Views of readings that people keep or send each other."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, CreatedAt, IntId

FORM = "token ~ '^[0-9A-Za-z]{10}$'"
NAME = "length(name) BETWEEN 1 AND 100"
PARAMS = "jsonb_typeof(params) = 'object' AND octet_length(CAST(params AS text)) <= 8192"
SHARED = "name IS NOT NULL OR NOT is_shared"


class SavedView(Base):
    """`name` null: a short link. `params`: the address's parameters, a list of texts each."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint(FORM, name="token"),
        CheckConstraint(NAME, name="name"),
        CheckConstraint(PARAMS, name="params"),
        CheckConstraint(SHARED, name="shared"),
    )

    id: Mapped[IntId]
    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    params: Mapped[dict[str, Any]]
    owner_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    is_shared: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]
