"""Reading uploaded files into chunks, one after the other, each in a child process."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import structlog
from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import DatabaseError, HydroDiagError, NotFound
from hydrodiag.manuals.documents import TOPIC, Revision, each_part, find_revision
from hydrodiag.manuals.parsed import Chunk, ParsedManual
from hydrodiag.manuals.parsing import READER_VERSION, cut_chunks, parse_manual

SQL = NamedQueries(__file__, "documents.sql")
NOTED_EVERY_PAGES = 10
log = structlog.get_logger(__name__)

Progress = Callable[[float | None, str], None]


@dataclass
class ReadReport:
    read: int = 0
    refused: int = 0
    chunks: int = 0
    was_stopped: bool = False


def read_waiting(db: Database, report: Progress, should_stop: Callable[[], bool]) -> ReadReport:
    """Read what has not been read by this version of the reader; one bad file stops no other."""
    done = ReadReport()
    waiting = _list_unread(db)
    for number, revision_id in enumerate(waiting):
        if should_stop():
            done.was_stopped = True
            break
        revision = find_revision(db, revision_id)
        if revision is not None:
            report(number / len(waiting), f"Reading {revision.file_name}")
            _read_one(db, revision, done)
    return done


def _list_unread(db: Database) -> list[int]:
    with db.read() as connection:
        return list(connection.execute(SQL["list_unread"], {"reader": READER_VERSION}).scalars())


def _read_one(db: Database, revision: Revision, done: ReadReport) -> None:
    try:
        manual, chunks = _parse(db, revision)
        _keep(db, revision.id, manual, chunks)
        done.read += 1
        done.chunks += len(chunks)
    except (DatabaseError, NotFound):
        if find_revision(db, revision.id) is None:
            return  # deleted meanwhile
        raise
    except HydroDiagError as error:
        _refuse(db, revision.id, str(error))
        done.refused += 1
        log.warning("manual_refused", file=revision.file_name, reason=error.message)


def _parse(db: Database, revision: Revision) -> tuple[ParsedManual, Sequence[Chunk]]:
    with db.write() as connection:
        connection.execute(SQL["note_reading"], {"id": revision.id})
        bump_generation(connection, TOPIC)
    with tempfile.TemporaryDirectory(prefix="hydrodiag-manual-") as folder:
        path = Path(folder) / "manual"
        with path.open("wb") as file:
            file.writelines(each_part(db, revision.id))
        manual = parse_manual(
            path, revision.file_name, on_page=lambda *pages: _note_pages(db, revision.id, *pages)
        )
    return manual, cut_chunks(manual)


def _note_pages(db: Database, revision_id: int, done: int, total: int) -> None:
    if done % NOTED_EVERY_PAGES == 0:
        with db.write() as connection:
            values = {"id": revision_id, "done": done, "total": total}
            connection.execute(SQL["note_pages"], values)
            bump_generation(connection, TOPIC)


def _keep(db: Database, revision_id: int, manual: ParsedManual, chunks: Sequence[Chunk]) -> None:
    """In one transaction: after any crash the file is read as a whole or not at all."""
    with db.write() as connection:
        values = {
            "id": revision_id,
            "pages": len(manual.pages),
            "kind": manual.kind,
            "language": manual.language,
            "warnings": list(manual.warnings),
            "reader": READER_VERSION,
        }
        if connection.execute(SQL["note_read"], values).scalar() is None:
            return  # deleted meanwhile
        connection.execute(SQL["delete_chunks"], {"revision_id": revision_id})
        _insert_chunks(connection, revision_id, chunks)
        bump_generation(connection, TOPIC)


def _insert_chunks(connection: Connection, revision_id: int, chunks: Sequence[Chunk]) -> None:
    rows = [
        {
            "revision_id": revision_id,
            "ordinal": chunk.ordinal,
            "page": chunk.page,
            "heading_path": list(chunk.heading_path),
            "language": chunk.language,
            "kind": chunk.kind,
            "text": chunk.text,
            "content_hash": hash_content(chunk.heading_path, chunk.text),
        }
        for chunk in chunks
    ]
    if rows:
        connection.execute(SQL["insert_chunk"], rows)


def hash_content(heading_path: Sequence[str], text: str) -> bytes:
    """What a vector is kept under: the same words under the same headings have the same."""
    return sha256("\x1f".join((*heading_path, text)).encode()).digest()


def _refuse(db: Database, revision_id: int, reason: str) -> None:
    with db.write() as connection:
        values = {"id": revision_id, "reason": reason, "reader": READER_VERSION}
        connection.execute(SQL["note_refused"], values)
        bump_generation(connection, TOPIC)
