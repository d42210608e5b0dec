"""Files of readings on their way in: mappings, uploads, runs, batches and what was refused."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, BigId, CreatedAt

CASCADE = "CASCADE"
Count = Annotated[int, mapped_column(BigInteger, server_default="0")]
Big = Annotated[int | None, mapped_column(BigInteger)]


class IngestMapping(Base):
    """How files of one shape (a hash of their columns and kind) were read the last time."""

    __tablename__ = "ingest_mapping"

    shape: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[dict[str, Any]]
    file_name: Mapped[str] = mapped_column(server_default="")
    used_at: Mapped[CreatedAt]


class Upload(Base):
    """A file handed in over a page, kept in parts: no file is shared between processes."""

    __tablename__ = "upload"

    id: Mapped[BigId]
    name: Mapped[str]
    size_bytes: Mapped[Big]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    uploaded_by: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]


class UploadPart(Base):
    __tablename__ = "upload_part"

    upload_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("upload.id", ondelete=CASCADE), primary_key=True
    )
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class IngestFile(Base):
    """One run over one file. A run whose process died stays `running` without its lock."""

    __tablename__ = "ingest_file"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'succeeded', 'failed', 'stopped')", name="status"),
        Index(None, "started_at"),
    )

    id: Mapped[BigId]
    name: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str] = mapped_column(server_default="")
    size_bytes: Mapped[Big]
    upload_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("upload.id", ondelete="SET NULL"), index=True
    )
    mapping: Mapped[dict[str, Any] | None]
    started_by: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(server_default="running")
    error: Mapped[str] = mapped_column(server_default="")
    row_count: Mapped[Count]
    inserted: Mapped[Count]
    already_there: Mapped[Count]
    quarantined: Mapped[Count]
    empty: Mapped[Count]
    batches: Mapped[Count]
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class IngestBatch(Base):
    """A batch that was loaded, keyed by the hash of its content and mapping.

    The counts are those of the first load; retention spares what came in lately.
    """

    __tablename__ = "ingest_batch"
    __table_args__ = (Index(None, "loaded_at"), Index(None, "file_id"))

    id: Mapped[BigId]
    content_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    file_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("ingest_file.id", ondelete="SET NULL")
    )
    origin: Mapped[str] = mapped_column(server_default="")
    first_line: Mapped[Big]
    last_line: Mapped[Big]
    row_count: Mapped[Count]
    inserted: Mapped[Count]
    already_there: Mapped[Count]
    quarantined: Mapped[Count]
    empty: Mapped[Count]
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    loaded_at: Mapped[CreatedAt]


class QuarantinedReading(Base):
    """A reading that was not taken in, as it stood in its file, with the reason.

    The parts are what could be read of it: `value` is in `unit`, empty means the sensor's own.
    """

    __tablename__ = "quarantined_reading"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'retried', 'rejected')", name="status"),
        Index(None, "status", "id"),
        Index(None, "file_id", "id"),
        Index("ix_quarantined_reading_open_reason", "reason", postgresql_where="status = 'open'"),
    )

    id: Mapped[BigId]
    row_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    file_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("ingest_file.id", ondelete="SET NULL")
    )
    file_name: Mapped[str] = mapped_column(server_default="")
    line: Mapped[Big]
    raw: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str] = mapped_column(server_default="")
    sensor_label: Mapped[str] = mapped_column(server_default="")
    sensor_id: Mapped[int | None]
    time_text: Mapped[str] = mapped_column(server_default="")
    reading_at: Mapped[datetime | None]
    value_text: Mapped[str] = mapped_column(server_default="")
    value: Mapped[float | None]
    unit: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(server_default="open")
    resolved_by: Mapped[str] = mapped_column(server_default="")
    resolved_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
