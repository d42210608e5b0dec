"""Indexing that is killed, again and again, while manuals come, change and go."""

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hydrodiag.config import PROJECT_ROOT, Settings
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.building import Store, build_if_needed, find_embedder, load_lexical
from hydrodiag.manuals.chunks import each_chunk
from hydrodiag.manuals.documents import (
    DocumentDraft,
    NewFile,
    add_document,
    add_revision,
    delete_document,
    list_documents,
)
from hydrodiag.manuals.manual_jobs import open_store
from hydrodiag.manuals.retrieval.embedders import Embedder
from hydrodiag.manuals.versions import find_active, list_versions
from tests.hashed import HashEmbedder

DATA = Path(__file__).parent / "data" / "manuals"
WORDS = (
    "valve", "pump", "filter", "pressure", "клапан", "насос", "фильтр", "давление", "bar",
    "torque", "seal", "шток", "oil",
)  # fmt: skip
START_UP_S = 2.0


@dataclass
class Kills:
    """`stages` counts what was under way when the process was killed."""

    database: Database
    url: str
    folder: Path
    ollama: str
    seed: int = 1
    stages: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311
        settings = Settings(
            HYDRODIAG_DATA_DIR=self.folder, ollama_base_url=self.ollama, chroma_url=""
        )
        self.store: Store = open_store(settings)
        embedder = find_embedder(self.ollama, settings.default_embedding_model)
        assert embedder is not None
        self.embedder: Embedder = embedder

    def run(self, kills: int) -> None:
        for name in ("HP-200", "PG-160"):
            content = io.BytesIO((DATA / f"{name}.pdf").read_bytes())
            self._add(NewFile(f"{name}.pdf", content), name)
        self._work()
        longest_s = self._work()
        for number in range(kills):
            self._change(number)
            self._kill(self.chance.uniform(0.1, 1.0) * (longest_s + START_UP_S))
            self._check_what_is_searched()
        self._work()
        self._check_whole()

    def _add(self, file: NewFile, title: str) -> None:
        self.kept.add(add_document(self.database, "emil", file, DocumentDraft(title)))

    def _change(self, number: int) -> None:
        """A new manual most times, else another revision of one, or one less."""
        what = self.chance.random()
        spare = sorted(self.kept)[2:]
        if what < 0.6 or not spare:
            self._add(self._make(number), f"M{number}")
        elif what < 0.85:
            with suppress(InvalidInput):
                add_revision(self.database, "emil", self.chance.choice(spare), self._make(number))
        else:
            gone = self.chance.choice(spare)
            delete_document(self.database, gone)
            self.kept.discard(gone)

    def _make(self, number: int) -> NewFile:
        sections = "\n\n".join(
            f"## Section {part}\n\n" + " ".join(self.chance.choices(WORDS, k=60))
            for part in range(self.chance.randrange(3, 30))
        )
        return NewFile(f"m{number}.md", io.BytesIO(f"# Manual {number}\n\n{sections}".encode()))

    def _command(self) -> tuple[str, ...]:
        program = (sys.executable, "-m", "tests.indexing_program")
        return (*program, self.url, str(self.folder), self.ollama)

    def _work(self) -> float:
        """To its end; how long that took."""
        began = time.monotonic()
        done = subprocess.run(
            self._command(), cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.violations.append(f"a whole run failed: {done.stderr[-500:]}")
        return time.monotonic() - began

    def _kill(self, after_s: float) -> None:
        process = subprocess.Popen(
            self._command(), cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, start_new_session=True,
        )  # fmt: skip
        with suppress(subprocess.TimeoutExpired):
            process.wait(after_s)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        told, _ = process.communicate()
        lines = told.splitlines()
        self.stages[lines[-1].lstrip("0123456789 ")[:12] if lines else "starting"] += 1

    def _check_what_is_searched(self) -> None:
        """Whatever happened, the active version is whole, and no manual is lost."""
        active = find_active(self.database)
        if active is None:
            self.violations.append("nothing is searched any more")
            return
        self._check_version(active.id, active.chunk_count)
        self._check_documents()

    def _check_version(self, version_id: int, chunk_count: int) -> None:
        if len(load_lexical(self.database, version_id)) != chunk_count:
            self.violations.append(f"v_{version_id} has not the words it should have")
        vectors = self.store.open(f"v_{version_id}")
        try:
            if len(vectors) != chunk_count:
                self.violations.append(f"v_{version_id}: {len(vectors)} vectors, not {chunk_count}")
        finally:
            vectors.close()

    def _check_documents(self) -> None:
        there = {each.id for each in list_documents(self.database)}
        if there != self.kept:
            self.violations.append(f"manuals lost or back again: {sorted(there ^ self.kept)}")

    def _check_whole(self) -> None:
        """After the last run: all is read, nothing is left over, and it equals a fresh build."""
        self._check_what_is_searched()
        self.violations += [
            f"{each.title} is {each.status}" for each in list_documents(self.database)
            if each.status != "read"
        ]  # fmt: skip
        states = {each.state for each in list_versions(self.database)}
        if states != {"ready"}:
            self.violations.append(f"versions in states {sorted(states)}")
        self._check_leftovers()
        self._check_fresh_build()

    def _check_leftovers(self) -> None:
        folders = {each.name for each in (self.folder / "index").iterdir()}
        known = {each.name for each in list_versions(self.database)}
        if folders - known:
            self.violations.append(f"left over: {sorted(folders - known)}")

    def _check_fresh_build(self) -> None:
        active = find_active(self.database)
        assert active is not None
        before = describe(self.database, active.id)
        stored = {each.id for each in each_chunk(self.database, active.revision_ids)}
        if set(before) != stored:
            self.violations.append(f"chunks orphaned or missing: {set(before) ^ stored}")
        fresh = self._build_fresh()
        if describe(self.database, fresh) != before:
            self.violations.append("the words differ from those of a fresh build")
        if not np.allclose(self._cosines(active.id), self._cosines(fresh), atol=1e-5):
            self.violations.append("the vectors differ from those of a fresh build")

    def _build_fresh(self) -> int:
        from sqlalchemy import text

        with self.database.write() as connection:
            connection.execute(text("UPDATE index_version SET fingerprint = 'other'"))
            connection.execute(text("DELETE FROM chunk_embedding"))
        built = build_if_needed(self.database, self.store, self.embedder, lambda *_: None)
        assert built is not None
        return built

    def _cosines(self, version_id: int) -> list[float]:
        asked = HashEmbedder(64).embed_question("valve V1 pressure клапан КП1")
        ids = sorted(describe(self.database, version_id))
        vectors = self.store.open(f"v_{version_id}")
        try:
            found = vectors.compare(asked, ids)
        finally:
            vectors.close()
        return [found[each] for each in ids]


def describe(database: Database, version_id: int) -> dict[int, tuple[str, ...]]:
    """The words of each chunk of a version."""
    index = load_lexical(database, version_id)
    return {
        int(chunk): tuple(index.terms[term] for term in index.terms_of(row))
        for row, chunk in enumerate(index.chunk_ids)
    }
