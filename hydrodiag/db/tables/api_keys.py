"""Keys by which machines hand in and read readings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, CreatedAt, IntId

SCOPES = "scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0"


class ApiKey(Base):
    """Only the SHA-256 of the secret is kept. `system_id` null: for all systems.

    A key of one system goes with it: without its system it would be a key for all.
    """

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint(SCOPES, name="scopes"),)

    id: Mapped[IntId]
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    system_id: Mapped[int | None] = mapped_column(
        ForeignKey("hydraulic_system.id", ondelete="CASCADE"), index=True
    )
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(server_default="")
