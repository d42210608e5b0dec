"""Building index versions beside the one that is searched, and switching to what is ready."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import EmbedderUnavailable, HydroDiagError, IndexUnreadable
from hydrodiag.manuals.chunks import each_chunk
from hydrodiag.manuals.documents import TOPIC
from hydrodiag.manuals.glossary_pairs import load_glossary
from hydrodiag.manuals.parsing import READER_VERSION
from hydrodiag.manuals.retrieval.embedders import Embedder
from hydrodiag.manuals.retrieval.lexical import (
    IndexedChunk,
    LexicalIndex,
    build_lexical_index,
    with_header,
)
from hydrodiag.manuals.retrieval.lexical_bytes import from_bytes, to_bytes
from hydrodiag.manuals.retrieval.tokens import TOKENIZER_VERSION
from hydrodiag.manuals.retrieval.vectors import FolderStore, ServerStore
from hydrodiag.manuals.versions import IndexVersion, find_active, list_versions, pick_prunable

SQL = NamedQueries(__file__, "versions.sql")
PART_BYTES = 4_000_000
EMBED_AT_ONCE = 64
VECTORS_AT_ONCE = 2000
log = structlog.get_logger(__name__)

Store = FolderStore | ServerStore
Progress = Callable[[float | None, str], None]


@dataclass(frozen=True)
class Wanted:
    """What the index should be made of now."""

    revision_ids: tuple[int, ...]
    settings: dict[str, object]
    embedder: str

    @property
    def fingerprint(self) -> str:
        text = json.dumps(self.settings, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_met_by(self, version: IndexVersion | None) -> bool:
        """Vectors made earlier stay good while their model is away."""
        return (
            version is not None
            and version.revision_ids == self.revision_ids
            and version.fingerprint == self.fingerprint
            and self.embedder in {"", version.embedder}
        )


def find_wanted(db: Database, embedder: Embedder | None) -> Wanted:
    with db.read() as connection:
        ids = tuple(connection.execute(SQL["list_searched_revisions"]).scalars())
    settings = {"reader": READER_VERSION, "tokenizer": TOKENIZER_VERSION}
    return Wanted(ids, settings, embedder.id if embedder else "")


def build_if_needed(
    db: Database,
    store: Store,
    embedder: Embedder | None,
    report: Progress,
    should_stop: Callable[[], bool] = lambda: False,
) -> int | None:
    """The id of the version built and searched from now on; None where there was no need.

    An active version that an administrator has pinned stays the one that is searched.
    """
    clear_away(db, store)
    active, wanted = find_active(db), find_wanted(db, embedder)
    newest = next((each for each in list_versions(db) if each.state == "ready"), None)
    present = active if active and not active.is_pinned else newest
    if wanted.is_met_by(present) and _has_vectors(store, present):
        return None
    if not wanted.revision_ids and active is None:
        return None
    version_id = _insert(db, wanted)
    try:
        if _build(db, store, version_id, wanted, embedder, report, should_stop):
            _switch(db, version_id, is_pinned=bool(active and active.is_pinned))
            prune(db, store)
            return version_id
        _fail(db, version_id, "Stopped before it was ready.")
    except HydroDiagError as error:
        _fail(db, version_id, str(error))
        raise
    return None


def _has_vectors(store: Store, version: IndexVersion | None) -> bool:
    """A folder or collection that somebody has deleted is built anew, one that is away is not."""
    if version is None or not version.embedder:
        return True
    try:
        return version.name in store.list_versions()
    except IndexUnreadable as error:
        log.warning("vectors_not_asked", error=error.message)
        return True


def clear_away(db: Database, store: Store) -> None:
    """What a builder that was killed has left. Only one builds at a time: the job's lock."""
    with db.read() as connection:
        abandoned = list(connection.execute(SQL["list_abandoned"]).scalars())
    try:
        store.delete_unfinished()
        for version_id in abandoned:
            store.delete(f"v_{version_id}")
    except IndexUnreadable as error:
        log.warning("vectors_not_cleared", error=error.message)
    with db.write() as connection:
        for version_id in abandoned:
            connection.execute(SQL["delete_version"], {"id": version_id})


def prune(db: Database, store: Store) -> list[int]:
    """Versions beyond the limits of number and size, and vectors that nothing needs."""
    gone = pick_prunable(list_versions(db))
    for version_id in gone:
        store.delete(f"v_{version_id}")
        with db.write() as connection:
            connection.execute(SQL["delete_version"], {"id": version_id})
    with db.write() as connection:
        connection.execute(SQL["forget_vectors"])
    return gone


def load_lexical(db: Database, version_id: int) -> LexicalIndex:
    """Raises IndexUnreadable for one that another version of HydroDiag has made."""
    with db.read() as connection:
        parts = connection.execute(SQL["list_parts"], {"version_id": version_id}).scalars().all()
    if not parts:
        raise IndexUnreadable(f"Index version v_{version_id} is gone.", hint="Index again.")
    return from_bytes(b"".join(bytes(part) for part in parts))


def _build(
    db: Database,
    store: Store,
    version_id: int,
    wanted: Wanted,
    embedder: Embedder | None,
    report: Progress,
    should_stop: Callable[[], bool],
) -> bool:
    if embedder is not None and not _embed(db, wanted, embedder, report, should_stop):
        return False
    report(0.8, "Building the index of words")
    index = _build_lexical(db, wanted.revision_ids)
    content = to_bytes(index)
    if embedder is not None:
        report(0.9, "Writing the vectors")
        with store.building(f"v_{version_id}") as vectors:
            vectors.upsert(_each_vector(db, wanted, embedder.id))
    _keep(db, version_id, content, len(index))
    return True


def _build_lexical(db: Database, revision_ids: Sequence[int]) -> LexicalIndex:
    """Chunks that the active version knows are not split into words again."""
    active = find_active(db)
    try:
        known = load_lexical(db, active.id) if active else None
    except IndexUnreadable:
        known = None
    chunks = (
        IndexedChunk(
            each.id,
            each.document_id,
            each.language,
            with_header(each.title, each.heading_path, each.text),
            each.page,
        )
        for each in each_chunk(db, revision_ids)
    )
    return build_lexical_index(chunks, known)


def _embed(
    db: Database,
    wanted: Wanted,
    embedder: Embedder,
    report: Progress,
    should_stop: Callable[[], bool],
) -> bool:
    """Batch by batch, each kept at once: after a crash only what is missing is embedded."""
    done = 0
    while not should_stop():
        values = {
            "revision_ids": list(wanted.revision_ids), "embedder": embedder.id,
            "limit": EMBED_AT_ONCE,
        }  # fmt: skip
        with db.read() as connection:
            rows = connection.execute(SQL["list_unembedded"], values).all()
        if not rows:
            return True
        vectors = embedder.embed_passages(
            [" / ".join(r.heading_path) + "\n" + r.text for r in rows]
        )
        kept = [
            {"embedder": embedder.id, "content_hash": row.content_hash, "vector": vector}
            for row, vector in zip(rows, vectors, strict=True)
        ]
        with db.write() as connection:
            connection.execute(SQL["insert_embedding"], kept)
        done += len(rows)
        report(None, f"{done} passages embedded")
    return False


def _each_vector(
    db: Database, wanted: Wanted, embedder: str
) -> Iterator[tuple[int, Sequence[float]]]:
    after = 0
    while True:
        values = {
            "revision_ids": list(wanted.revision_ids), "embedder": embedder, "after": after,
            "limit": VECTORS_AT_ONCE,
        }  # fmt: skip
        with db.read() as connection:
            rows = connection.execute(SQL["list_vectors"], values).all()
        for row in rows:
            yield row.id, row.vector
        if len(rows) < VECTORS_AT_ONCE:
            return
        after = rows[-1].id


def _insert(db: Database, wanted: Wanted) -> int:
    values = {
        "fingerprint": wanted.fingerprint,
        "embedder": wanted.embedder,
        "settings": json.dumps({**wanted.settings, "glossary": load_glossary(db).fingerprint}),
        "revision_ids": list(wanted.revision_ids),
    }
    with db.write() as connection:
        return int(connection.execute(SQL["insert_version"], values).scalar_one())


def _keep(db: Database, version_id: int, content: bytes, chunk_count: int) -> None:
    with db.write() as connection:
        for number, start in enumerate(range(0, len(content), PART_BYTES)):
            part = content[start : start + PART_BYTES]
            values = {"version_id": version_id, "part": number, "content": part}
            connection.execute(SQL["insert_part"], values)
        size = {"id": version_id, "chunk_count": chunk_count, "size_bytes": len(content)}
        connection.execute(SQL["finish_version"], size)


def _switch(db: Database, version_id: int, *, is_pinned: bool) -> None:
    with db.write() as connection:
        if not is_pinned:
            values = {"id": version_id, "is_pinned": False, "changed_by": "indexing"}
            connection.execute(SQL["activate"], values)
        bump_generation(connection, TOPIC)


def _fail(db: Database, version_id: int, error: str) -> None:
    with db.write() as connection:
        connection.execute(SQL["fail_version"], {"id": version_id, "error": error})


def find_embedder(base_url: str, model: str) -> Embedder | None:
    """None where no model answers: words alone are searched then."""
    from hydrodiag.manuals.retrieval.embedders import OllamaEmbedder

    try:
        return OllamaEmbedder(base_url, model)
    except EmbedderUnavailable as error:
        log.info("no_embedder", reason=str(error))
        return None
