"""Searching the active index: what pages, the assistant and findings ask."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock

import numpy as np
import structlog

from hydrodiag.cache import MemoryStore, Region, generations
from hydrodiag.cache import Store as CacheStore
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import EmbedderUnavailable, IndexUnreadable
from hydrodiag.manuals.building import Store, load_lexical
from hydrodiag.manuals.chunks import StoredChunk, find_chunks
from hydrodiag.manuals.documents import TOPIC
from hydrodiag.manuals.glossary_pairs import load_glossary
from hydrodiag.manuals.retrieval.embedders import OllamaEmbedder
from hydrodiag.manuals.retrieval.extract import FoundText, extract_answer
from hydrodiag.manuals.retrieval.fusion import Weights
from hydrodiag.manuals.retrieval.glossary import Glossary
from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.passages import Passage as RankedPassage
from hydrodiag.manuals.retrieval.questions import ManualNames, read_question
from hydrodiag.manuals.retrieval.retriever import (
    EVERYTHING,
    Filters,
    RetrievedPassages,
    SearchIndex,
    Similar,
    retrieve,
)
from hydrodiag.manuals.retrieval.vectors import EmbeddedQuestions
from hydrodiag.manuals.retrieval.verdicts import Floor, Verdict, default_floor
from hydrodiag.manuals.search_answers import (
    CODEC_VERSION,
    FoundPassage,
    SearchAnswer,
    decode,
    encode,
)
from hydrodiag.manuals.versions import IndexVersion, find_active, split_embedder

SQL = NamedQueries(__file__, "versions.sql")
EXTRACTED = 3  # passages that sentences are taken from
KEPT_FOR = timedelta(minutes=15)
RETRY_S = 30.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Loaded:
    """`opened_at_s` is when the vectors were asked for, on the monotonic clock."""

    version: IndexVersion
    lexical: LexicalIndex
    vectors: Similar | None
    notice: str
    opened_at_s: float

    @property
    def is_due(self) -> bool:
        """The vectors were away, and have not been asked for lately."""
        return bool(self.notice) and time.monotonic() - self.opened_at_s >= RETRY_S


@dataclass(frozen=True)
class SearchRequest:
    """All that an answer depends on besides the manuals; empty filters: everywhere."""

    question: str
    document_ids: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    previous: str = ""
    k: int = 5

    @property
    def filters(self) -> Filters:
        if not self.document_ids and not self.languages:
            return EVERYTHING
        return Filters(
            frozenset(self.document_ids) if self.document_ids else None,
            frozenset(self.languages) if self.languages else None,
        )


class ManualSearch:
    """One a process; follows the active version by itself, from question to question."""

    def __init__(self, store: Store, ollama_url: str, cache: CacheStore | None = None) -> None:
        self._store = store
        self._ollama_url = ollama_url
        self._guard = Lock()
        self._loaded: _Loaded | None = None
        self._words: tuple[int, Glossary, tuple[ManualNames, ...]] | None = None
        self._kept = Region(
            "manual_search", cache or MemoryStore(), KEPT_FOR.total_seconds(), encode, decode
        )

    def search(self, db: Database, request: SearchRequest) -> SearchAnswer:
        """Best first. Raises IndexUnreadable where the active version is damaged."""
        started_s = time.perf_counter()
        generation = _find_generation(db)
        active = find_active(db)
        if active is None or not active.chunk_count:
            return SearchAnswer(request.question, (), Verdict.NOT_IN_MANUALS, None, False, 0.0)
        key = (str(db.url), generation, active.id, CODEC_VERSION, request)
        if kept := self._kept.get(key):
            return replace(kept, took_ms=0.0)
        loaded = self._load(db, active)
        index = self._build_index(db, generation, loaded)
        found = retrieve(
            index, request.question, _filter(request, index), request.k, previous=request.previous
        )
        answer = _extract(index, request, _build_answer(db, request, found, loaded))
        took_ms = round((time.perf_counter() - started_s) * 1000, 1)
        answer = replace(answer, took_ms=took_ms)
        if not answer.notice:  # what was found with a part away is asked anew
            self._kept.put(key, answer)
        return answer

    def open_active(self, db: Database) -> tuple[IndexVersion, SearchIndex] | None:
        """The version that is searched now, with all that it is searched by."""
        active = find_active(db)
        if active is None:
            return None
        return active, self._build_index(db, _find_generation(db), self._load(db, active))

    def _build_index(self, db: Database, generation: int, loaded: _Loaded) -> SearchIndex:
        if self._words is None or self._words[0] != generation:
            self._words = (generation, load_glossary(db), _list_names(db))
        _, glossary, names = self._words
        settings = loaded.version.settings
        floor = (
            Floor(**settings["floor"])
            if "floor" in settings
            else default_floor(loaded.version.chunk_count)
        )
        weights = Weights(**settings["weights"]) if "weights" in settings else Weights()
        return SearchIndex(loaded.lexical, glossary, names, loaded.vectors, weights, floor)

    def _load(self, db: Database, active: IndexVersion) -> _Loaded:
        with self._guard:
            known = self._loaded
            if known is None or known.version.id != active.id:
                known = self._open(active, load_lexical(db, active.id))
            elif known.is_due:
                known = self._open(active, known.lexical)
            self._loaded = known
            return replace(known, version=active)

    def _open(self, active: IndexVersion, lexical: LexicalIndex) -> _Loaded:
        vectors, notice = self._open_vectors(active)
        return _Loaded(active, lexical, vectors, notice, time.monotonic())

    def _open_vectors(self, active: IndexVersion) -> tuple[Similar | None, str]:
        """None with a sentence where they cannot be had: words alone do then."""
        if not active.embedder:
            return None, ""
        model, dimension = split_embedder(active.embedder)
        try:
            embedder = OllamaEmbedder(self._ollama_url, model, dimension=dimension)
            return EmbeddedQuestions(self._store.open(active.name), embedder), ""
        except (EmbedderUnavailable, IndexUnreadable) as error:
            log.warning("vectors_away", version=active.name, error=error.message)
            return None, f"Searched by words alone: {error.message}"


def _filter(request: SearchRequest, index: SearchIndex) -> Filters:
    """What is asked for, less the manuals deleted since: they are in the index until the next."""
    living = frozenset(each.document_id for each in index.manuals)
    if living.issuperset(np.unique(index.lexical.document_ids).tolist()):
        return request.filters
    wanted = request.filters.document_ids
    return replace(request.filters, document_ids=living if wanted is None else living & wanted)


def _find_generation(db: Database) -> int:
    with db.read() as connection:
        return generations(connection, [TOPIC])[TOPIC]


def _list_names(db: Database) -> tuple[ManualNames, ...]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_names"]).all()
    return tuple(
        ManualNames(row.id, tuple(filter(None, (row.title, row.component, row.code, row.name))))
        for row in rows
    )


def _build_answer(
    db: Database, request: SearchRequest, found: RetrievedPassages, loaded: _Loaded
) -> SearchAnswer:
    ids = [chunk for each in found.passages for chunk in each.chunk_ids]
    stored = find_chunks(db, ids)
    passages = [
        _build_passage(each, [stored[chunk] for chunk in each.chunk_ids if chunk in stored])
        for each in found.passages
        if each.found_id in stored
    ]
    is_found = found.verdict is not Verdict.NOT_IN_MANUALS and bool(passages)
    return SearchAnswer(
        question=request.question,
        passages=tuple(passages),
        verdict=found.verdict if is_found else Verdict.NOT_IN_MANUALS,
        version=loaded.version.name,
        uses_vectors=loaded.vectors is not None and not found.notice,
        took_ms=0.0,
        notice=loaded.notice or found.notice,
    )


def _extract(index: SearchIndex, request: SearchRequest, answer: SearchAnswer) -> SearchAnswer:
    asked = read_question(
        request.question, index.lexical, index.glossary, index.manuals, request.previous
    )
    texts = [
        FoundText(each.chunk_id, each.page, each.text, each.score)
        for each in answer.passages[:EXTRACTED]
    ]
    return replace(answer, extracts=tuple(extract_answer(asked, texts, index.lexical)))


def _build_passage(ranked: RankedPassage, chunks: Sequence[StoredChunk]) -> FoundPassage:
    best = next(each for each in chunks if each.id == ranked.found_id)
    return FoundPassage(
        chunk_id=best.id,
        document_id=best.document_id,
        revision_id=best.revision_id,
        title=best.title,
        label=best.label,
        file_kind=best.file_kind,
        page=best.page,
        heading_path=best.heading_path,
        language=best.language,
        text="\n".join(each.text for each in chunks),
        score=ranked.score,
        exact=ranked.exact,
    )
