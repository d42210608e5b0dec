"""Manuals as people know them: a document with its files, kept byte for byte in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO

from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "documents.sql")
TOPIC = "manuals"
PART_BYTES = 4_000_000
MOST_BYTES = 100_000_000
LONGEST_TITLE = 200


@dataclass(frozen=True)
class DocumentDraft:
    """`component` says what it is about where no system of the fleet does."""

    title: str
    component: str = ""
    system_id: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A document with its newest file; `searched_id` is the newest one that could be read."""

    id: int
    title: str
    component: str
    system_id: int | None
    system_code: str | None
    tags: tuple[str, ...]
    created_by: str
    created_at: datetime
    newest_id: int
    status: str
    reason: str
    pages_done: int
    page_count: int | None
    file_name: str
    kind: str
    size_bytes: int
    label: str
    language: str
    warnings: tuple[str, ...]
    uploaded_by: str
    uploaded_at: datetime
    searched_id: int | None
    revisions: int
    chunks: int

    @property
    def is_busy(self) -> bool:
        return self.status in {"waiting", "reading"}


@dataclass(frozen=True)
class Revision:
    """`status` is waiting, reading, read or refused; `reason` says why and what to do."""

    id: int
    document_id: int
    label: str
    file_name: str
    kind: str
    size_bytes: int
    language: str
    status: str
    pages_done: int
    page_count: int | None
    reason: str
    warnings: tuple[str, ...]
    uploaded_by: str
    uploaded_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class NewFile:
    """`kind` is what its content says it is; `label` the revision as its maker calls it."""

    name: str
    content: BinaryIO
    kind: str = ""
    label: str = ""


def list_documents(db: Database) -> list[Document]:
    return _load_documents(db, None)


def find_document(db: Database, document_id: int) -> Document | None:
    return next(iter(_load_documents(db, document_id)), None)


def count_unread(db: Database) -> int:
    """Manuals that wait for being read; those that are being read just now among them."""
    with db.read() as connection:
        return int(connection.execute(SQL["count_unread"]).scalar_one())


def list_revisions(db: Database, document_id: int) -> list[Revision]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_revisions"], {"document_id": document_id})
        return [_build_revision(row) for row in rows]


def find_revision(db: Database, revision_id: int) -> Revision | None:
    with db.read() as connection:
        row = connection.execute(SQL["find_revision"], {"id": revision_id}).one_or_none()
    return _build_revision(row) if row else None


def add_document(db: Database, user: str, file: NewFile, draft: DocumentDraft) -> int:
    """The new document's id. Raises InvalidInput for a file that is empty, too large or known."""
    with db.write() as connection:
        values = {**_values_of(draft), "created_by": user}
        document_id: int = connection.execute(SQL["insert_document"], values).scalar_one()
        _store(connection, user, document_id, file)
        bump_generation(connection, TOPIC)
    return document_id


def add_revision(db: Database, user: str, document_id: int, file: NewFile) -> int:
    """The new file's id; it replaces the older ones in searches once it has been read."""
    with db.write() as connection:
        if not connection.execute(SQL["list_documents"], {"id": document_id}).one_or_none():
            raise NotFound("This manual has been deleted.", hint="Upload the file as a new one.")
        revision_id = _store(connection, user, document_id, file)
        bump_generation(connection, TOPIC)
    return revision_id


def change_document(db: Database, document_id: int, draft: DocumentDraft) -> None:
    with db.write() as connection:
        values = {**_values_of(draft), "id": document_id}
        if connection.execute(SQL["update_document"], values).scalar() is None:
            raise NotFound("This manual has been deleted.")
        bump_generation(connection, TOPIC)


def delete_document(db: Database, document_id: int) -> None:
    """With all its files and chunks: from now on no search finds it, whatever the index holds."""
    with db.write() as connection:
        if connection.execute(SQL["delete_document"], {"id": document_id}).scalar() is None:
            raise NotFound("This manual has been deleted already.")
        bump_generation(connection, TOPIC)


def read_again(db: Database, revision_id: int) -> None:
    """Give a refused file another try, after tesseract was installed, say."""
    with db.write() as connection:
        connection.execute(SQL["read_again"], {"id": revision_id})
        bump_generation(connection, TOPIC)


def each_part(db: Database, revision_id: int) -> Iterator[bytes]:
    """The file as it was uploaded. Raises NotFound where it has been deleted."""
    revision = find_revision(db, revision_id)
    if revision is None:
        raise NotFound("This file has been deleted.")
    for part in range(-(-revision.size_bytes // PART_BYTES)):
        with db.read() as connection:
            values = {"revision_id": revision_id, "part": part}
            content = connection.execute(SQL["read_part"], values).scalar()
        if content is None:
            raise NotFound("This file has been deleted.")
        yield bytes(content)


def _store(connection: Connection, user: str, document_id: int, file: NewFile) -> int:
    parts, digest = _read_parts(file)
    values = {
        "document_id": document_id,
        "label": file.label.strip(),
        "file_name": file.name,
        "kind": file.kind,
        "sha256": digest,
        "size_bytes": sum(map(len, parts)),
        "uploaded_by": user,
    }
    revision_id: int | None = connection.execute(SQL["insert_revision"], values).scalar()
    if revision_id is None:
        known = connection.execute(SQL["find_by_content"], {"sha256": digest}).one()
        raise InvalidInput(
            f"{file.name} is there already: it is {known.file_name} of {known.title!r}.",
            hint="The two files are the same byte for byte.",
        )
    for number, content in enumerate(parts):
        values = {"revision_id": revision_id, "part": number, "content": content}
        connection.execute(SQL["insert_part"], values)
    return revision_id


def _read_parts(file: NewFile) -> tuple[list[bytes], bytes]:
    """The content in parts, and its SHA-256."""
    parts: list[bytes] = []
    digest = sha256()
    while content := file.content.read(PART_BYTES):
        parts.append(content)
        digest.update(content)
        if len(parts) * PART_BYTES > MOST_BYTES + PART_BYTES:
            most = MOST_BYTES // 1_000_000
            raise InvalidInput(
                f"{file.name} has more than {most} MB.", hint="Split it by chapters."
            )
    if not parts:
        raise InvalidInput(f"{file.name} is empty.", hint="Save or export it again.")
    return parts, digest.digest()


def _values_of(draft: DocumentDraft) -> dict[str, Any]:
    title = draft.title.strip()
    if not title:
        raise InvalidInput("A manual needs a title.", hint="Take the one on its cover.")
    return {
        "title": title[:LONGEST_TITLE],
        "component": draft.component.strip()[:LONGEST_TITLE],
        "system_id": draft.system_id,
        "tags": sorted({tag.strip() for tag in draft.tags if tag.strip()}),
    }


def _load_documents(db: Database, document_id: int | None) -> list[Document]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_documents"], {"id": document_id})
        return [
            Document(**{**row._mapping, "tags": tuple(row.tags), "warnings": tuple(row.warnings)})
            for row in rows
        ]


def _build_revision(row: Any) -> Revision:
    return Revision(**{**row._mapping, "warnings": tuple(row.warnings)})
