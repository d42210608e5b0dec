"""Chunks as they stand in the database, for the index and for what a search shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__, "versions.sql")
PAGE_ROWS = 2000


@dataclass(frozen=True)
class StoredChunk:
    """`is_current`: of the file that its manual is searched by now."""

    id: int
    revision_id: int
    document_id: int
    ordinal: int
    title: str
    component: str
    system_code: str | None
    label: str
    file_name: str
    file_kind: str
    page: int
    heading_path: tuple[str, ...]
    language: str
    kind: str
    text: str
    content_hash: bytes


def each_chunk(db: Database, revision_ids: Sequence[int]) -> Iterator[StoredChunk]:
    """Of these files, in the order of their documents."""
    after = (0, -1)
    while True:
        values = {
            "revision_ids": list(revision_ids), "after_revision": after[0],
            "after_ordinal": after[1], "limit": PAGE_ROWS,
        }  # fmt: skip
        with db.read() as connection:
            rows = connection.execute(SQL["list_chunks"], values).all()
        for row in rows:
            yield _build(row)
        if len(rows) < PAGE_ROWS:
            return
        after = (rows[-1].revision_id, rows[-1].ordinal)


def find_chunks(db: Database, chunk_ids: Sequence[int]) -> dict[int, StoredChunk]:
    """By id; those of deleted manuals are missing."""
    with db.read() as connection:
        rows = connection.execute(SQL["find_chunks"], {"ids": list(chunk_ids)})
        return {row.id: _build(row) for row in rows}


def _build(row: Any) -> StoredChunk:
    values = dict(row._mapping)
    path, content_hash = tuple(values["heading_path"]), bytes(values["content_hash"])
    return StoredChunk(**{**values, "heading_path": path, "content_hash": content_hash})
