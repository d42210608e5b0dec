"""People who may sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, CreatedAt, IntId


class AppUser(Base):
    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("role IN ('viewer', 'engineer', 'operator', 'administrator')", name="role"),
    )

    id: Mapped[IntId]
    user_name: Mapped[str]
    full_name: Mapped[str] = mapped_column(server_default="")
    role: Mapped[str]
    password_hash: Mapped[str]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


Index("uq_app_user_user_name_lower", func.lower(AppUser.user_name), unique=True)
