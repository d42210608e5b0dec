"""Going back to an earlier index version, until the next question is answered from it.

    python -m benchmarks manuals_rollback

Two versions of so many chunks each, words and vectors in a Chroma folder; the process has searched
the newer one, as a running app has, and then goes back as the page's button does. `cold` is a
process that has searched nothing yet.
"""

import argparse
import hashlib
import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import text

from benchmarks.retrieval import make_chunks
from benchmarks.scratch import scratch_database
from hydrodiag.db import Database
from hydrodiag.manuals.building import build_if_needed, find_embedder
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.manuals.reading import read_waiting
from hydrodiag.manuals.retrieval.lexical import IndexedChunk
from hydrodiag.manuals.retrieval.vectors import FolderStore
from hydrodiag.manuals.search import ManualSearch, SearchRequest
from hydrodiag.manuals.versions import activate, find_active
from tests.manuals import judged_manuals
from tests.ollama_stand_in import EMBEDDING_MODEL, serving_ollama

LIMIT_S = 2.0
A_MANUAL = 200  # chunks
QUESTION = SearchRequest("What is the torque of the bolts?")
INSERT = text(
    "INSERT INTO document_chunk (revision_id, ordinal, page, heading_path, language, kind, text, "
    "content_hash) VALUES (:revision_id, :ordinal, :page, '{}', :language, 'text', :text, :hash)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    chunks = make_chunks(judged_manuals(), max(sizes := parser.parse_args().sizes))
    print(f"{'chunks':>9}{'back s':>9}{'forth s':>9}{'cold s':>9}{'of 2 s':>9}", flush=True)
    for size in sizes:
        show(size, list(measure(chunks[:size])))


def show(size: int, took_s: Sequence[float]) -> None:
    back, forth, cold = took_s
    print(f"{size:>9,}{back:>9.2f}{forth:>9.2f}{cold:>9.2f}{max(back, forth) / LIMIT_S:>9.2f}",
          flush=True)  # fmt: skip


def measure(chunks: Sequence[IndexedChunk]) -> Iterator[float]:
    with (
        scratch_database("rollback") as database,
        serving_ollama() as ollama,
        tempfile.TemporaryDirectory(prefix="hydrodiag-bench-") as folder,
    ):
        store = FolderStore(Path(folder))
        write_manuals(database, chunks)
        first = build(database, store, ollama.url)
        add(database, "one-more")
        second = build(database, store, ollama.url)
        search = ManualSearch(store, ollama.url)
        assert search.search(database, QUESTION).version == f"v_{second}"
        yield switch(database, search, first)
        yield switch(database, search, second)
        began = time.perf_counter()
        ManualSearch(store, ollama.url).search(database, QUESTION)
        yield time.perf_counter() - began


def switch(database: Database, search: ManualSearch, version_id: int) -> float:
    began = time.perf_counter()
    activate(database, "operator", version_id, is_pinned=True)
    answer = search.search(database, QUESTION)
    took_s = time.perf_counter() - began
    assert answer.version == f"v_{version_id}"
    assert answer.uses_vectors
    return took_s


def build(database: Database, store: FolderStore, ollama_url: str) -> int:
    read_waiting(database, lambda *_: None, lambda: False)
    embedder = find_embedder(ollama_url, EMBEDDING_MODEL)
    assert embedder is not None
    build_if_needed(database, store, embedder, lambda *_: None)
    active = find_active(database)
    assert active is not None
    return active.id


def add(database: Database, name: str) -> None:
    file = NewFile(f"{name}.md", io.BytesIO(f"# {name}\n\nThe {name} is bled.".encode()))
    add_document(database, "operator", file, DocumentDraft(name))


def write_manuals(database: Database, chunks: Sequence[IndexedChunk]) -> None:
    """Small files, each read as such, and then the chunks as if they had been read from them."""
    manuals = [chunks[start : start + A_MANUAL] for start in range(0, len(chunks), A_MANUAL)]
    for number in range(len(manuals)):
        add(database, f"manual-{number}")
    read_waiting(database, lambda *_: None, lambda: False)
    with database.write() as connection:
        ids = connection.execute(text("SELECT id FROM document_revision ORDER BY id")).scalars()
        for revision_id, manual in zip(list(ids), manuals, strict=True):
            connection.execute(INSERT, [row(revision_id, each) for each in manual])


def row(revision_id: int, chunk: IndexedChunk) -> dict[str, object]:
    return {
        "revision_id": revision_id, "ordinal": 1000 + chunk.chunk_id, "page": chunk.page,
        "language": chunk.language, "text": chunk.text,
        "hash": hashlib.sha256(chunk.text.encode()).digest(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
