"""Manuals: documents and their revisions, the chunks cut from them, and versions of the index."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, BigId, CreatedAt, IntId

CASCADE = "CASCADE"
READ_STATES = "status IN ('waiting', 'reading', 'read', 'refused')"
INDEX_STATES = "state IN ('building', 'ready', 'failed')"


class Document(Base):
    """A manual as people know it; its files are its revisions."""

    __tablename__ = "document"

    id: Mapped[IntId]
    title: Mapped[str]
    component: Mapped[str] = mapped_column(server_default="")
    system_id: Mapped[int | None] = mapped_column(
        ForeignKey("hydraulic_system.id", ondelete="SET NULL"), index=True
    )
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]


class DocumentRevision(Base):
    """One file, byte for byte in `document_part`; the newest that could be read is searched."""

    __tablename__ = "document_revision"
    __table_args__ = (
        CheckConstraint(READ_STATES, name="status"),
        UniqueConstraint("sha256"),
    )

    id: Mapped[IntId]
    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete=CASCADE), index=True
    )
    label: Mapped[str] = mapped_column(server_default="")
    file_name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(server_default="waiting")
    pages_done: Mapped[int] = mapped_column(server_default="0")
    page_count: Mapped[int | None]
    reason: Mapped[str] = mapped_column(server_default="")
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    reader: Mapped[str] = mapped_column(server_default="")
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]


class DocumentPart(Base):
    __tablename__ = "document_part"

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("document_revision.id", ondelete=CASCADE), primary_key=True
    )
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentChunk(Base):
    """A passage that is found as one; `tokens` are its words as the tokeniser of then saw them."""

    __tablename__ = "document_chunk"
    __table_args__ = (UniqueConstraint("revision_id", "ordinal"),)

    id: Mapped[BigId]
    revision_id: Mapped[int] = mapped_column(ForeignKey("document_revision.id", ondelete=CASCADE))
    ordinal: Mapped[int]
    page: Mapped[int]
    heading_path: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)


class ChunkEmbedding(Base):
    """A vector once computed is never computed again: new index versions take it from here."""

    __tablename__ = "chunk_embedding"

    embedder: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    vector: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    created_at: Mapped[CreatedAt]


class IndexVersion(Base):
    """`v_<id>`: built beside the active one, never changed once it is ready.

    `settings` are parser, chunker, tokeniser, glossary and weights; `evaluation` the figures of
    its question set. `embedder` is empty where words alone are searched.
    """

    __tablename__ = "index_version"
    __table_args__ = (CheckConstraint(INDEX_STATES, name="state"),)

    id: Mapped[IntId]
    state: Mapped[str] = mapped_column(server_default="building")
    fingerprint: Mapped[str]
    embedder: Mapped[str] = mapped_column(server_default="")
    settings: Mapped[dict[str, Any]]
    revision_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    chunk_count: Mapped[int] = mapped_column(server_default="0")
    size_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    evaluation: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[CreatedAt]
    ready_at: Mapped[datetime | None]


class IndexPart(Base):
    """The lexical index of a version, in parts: no file is shared between processes."""

    __tablename__ = "index_part"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("index_version.id", ondelete=CASCADE), primary_key=True
    )
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ActiveIndex(Base):
    """The one row that says which version is searched: switching is one update."""

    __tablename__ = "active_index"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("index_version.id"))
    is_pinned: Mapped[bool] = mapped_column(server_default="false")
    changed_by: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[CreatedAt]


class GlossaryPair(Base):
    """Words that mean the same, added by engineers to those that come with HydroDiag."""

    __tablename__ = "glossary_pair"
    __table_args__ = (UniqueConstraint("term", "meaning"),)

    id: Mapped[IntId]
    term: Mapped[str]
    meaning: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]


class EvaluationQuestion(Base):
    """A question of the users' own list, with the pages that answer it; none: unanswerable."""

    __tablename__ = "evaluation_question"

    id: Mapped[IntId]
    question: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="")
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id", ondelete=CASCADE), index=True
    )
    pages: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]


Index("ix_index_version_state", IndexVersion.state)
