"""A question in, the best passages out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hydrodiag.errors import RetrievalError
from hydrodiag.manuals.retrieval.exact import Matches, find_exact, sum_exact
from hydrodiag.manuals.retrieval.fusion import Weights, fuse
from hydrodiag.manuals.retrieval.glossary import Glossary
from hydrodiag.manuals.retrieval.lexical import Floats, LexicalIndex
from hydrodiag.manuals.retrieval.passages import Passage, RankedRow, build_passages
from hydrodiag.manuals.retrieval.questions import ManualNames, Question, read_question
from hydrodiag.manuals.retrieval.verdicts import (
    Evidence,
    Floor,
    Verdict,
    default_floor,
    judge,
    weigh_evidence,
)

CANDIDATES = 60
JUDGED = 3
FEW_CHUNKS = 1000


class Similar(Protocol):
    """Cosine similarity of a question to chunks; raises RetrievalError where it cannot tell."""

    def find_similar(self, question: str, most: int) -> Mapping[int, float]:
        """The nearest chunks of all, by id."""
        ...

    def compare(self, question: str, chunk_ids: Sequence[int]) -> Mapping[int, float]:
        """Only these chunks, by id."""
        ...


@dataclass(frozen=True)
class SearchIndex:
    """All that a question is answered from; `vectors` is None where words alone are searched.

    `floor` is None where none has been calibrated.
    """

    lexical: LexicalIndex
    glossary: Glossary
    manuals: Sequence[ManualNames] = ()
    vectors: Similar | None = None
    weights: Weights = field(default_factory=Weights)
    floor: Floor | None = None


@dataclass(frozen=True)
class Filters:
    """None: all. `languages` are ISO 639-1 codes."""

    document_ids: frozenset[int] | None = None
    languages: frozenset[str] | None = None


EVERYTHING = Filters()


@dataclass(frozen=True)
class RetrievedPassages:
    """Best first. `named` are the documents the question named: only they were searched.

    `notice` says what did not work, for the reader; empty when all did.
    """

    passages: tuple[Passage, ...]
    evidence: Evidence
    verdict: Verdict
    named: frozenset[int]
    notice: str = ""


def retrieve(
    index: SearchIndex,
    question: str,
    filters: Filters = EVERYTHING,
    k: int = 5,
    *,
    previous: str = "",
) -> RetrievedPassages:
    """`previous` is the question before this one of the same conversation."""
    asked = read_question(question, index.lexical, index.glossary, index.manuals, previous)
    allowed = _allow(index.lexical, filters, asked.named)
    lexical = index.lexical.score_concepts(asked.concepts)
    lexical[~allowed] = 0
    similar, notice = _ask_vectors(index, question, allowed)
    exact = {row: each for row, each in find_exact(asked, index.lexical).items() if allowed[row]}
    scores = fuse(lexical, similar, _in_language(index.lexical, asked.language), index.weights)
    for row in exact:
        scores[row] += np.float32(index.weights.exact * sum_exact(exact, row))
    ranked = list(_rank(scores, lexical, similar, exact))
    evidence = _weigh(asked, ranked, exact, index.lexical)
    return RetrievedPassages(
        passages=tuple(build_passages(ranked, index.lexical, k)),
        evidence=evidence,
        verdict=judge(evidence, index.floor or default_floor(len(index.lexical))),
        named=asked.named,
        notice=notice,
    )


def _allow(lexical: LexicalIndex, filters: Filters, named: frozenset[int]) -> NDArray[np.bool_]:
    allowed = np.ones(len(lexical), bool)
    for documents in (filters.document_ids, named or None):
        if documents is not None:
            allowed &= np.isin(lexical.document_ids, list(documents))
    if filters.languages is not None:
        allowed &= _is_in(lexical, filters.languages)
    return allowed


def _is_in(lexical: LexicalIndex, languages: frozenset[str]) -> NDArray[np.bool_]:
    wanted = [n for n, each in enumerate(lexical.languages) if each in languages]
    return np.isin(lexical.language_of, wanted)


def _in_language(lexical: LexicalIndex, language: str) -> Floats:
    return _is_in(lexical, frozenset({language})).astype(np.float32)


def _ask_vectors(
    index: SearchIndex, question: str, allowed: NDArray[np.bool_]
) -> tuple[dict[int, float], str]:
    """Cosines by row; where vectors fail, none and a sentence that says so."""
    if index.vectors is None or index.weights.vectors == 0 or not allowed.any():
        return {}, ""
    try:
        found = _find_allowed(index.vectors, question, index.lexical, allowed)
    except RetrievalError as error:
        return {}, f"Searched by words only: {error.message}"
    rows = index.lexical.row_of_chunk
    return {rows[each]: cosine for each, cosine in found.items() if each in rows}, ""


def _find_allowed(
    vectors: Similar, question: str, lexical: LexicalIndex, allowed: NDArray[np.bool_]
) -> dict[int, float]:
    """A filter inside Chroma is slow at size: few chunks are compared, of many the best sieved."""
    ids = lexical.chunk_ids[allowed]
    if len(ids) <= FEW_CHUNKS and len(ids) < len(lexical):
        return dict(vectors.compare(question, ids.tolist()))
    found = vectors.find_similar(question, CANDIDATES if allowed.all() else 4 * CANDIDATES)
    rows = lexical.row_of_chunk
    return {each: cosine for each, cosine in found.items() if each in rows and allowed[rows[each]]}


def _rank(
    scores: Floats, lexical: Floats, similar: Mapping[int, float], exact: Matches
) -> Iterator[RankedRow]:
    """In equal cases the earlier chunk goes first, so that the same question finds the same."""
    most = min(CANDIDATES, len(scores))
    best = np.argpartition(-scores, most - 1)[:most] if most else np.zeros(0, np.int64)
    for row in sorted(best.tolist(), key=lambda each: (-scores[each], each)):
        if scores[row] > 0:
            matches = tuple(exact.get(row, ()))
            score, words = float(scores[row]), float(lexical[row])
            yield RankedRow(row, score, words, similar.get(row), matches)


def _weigh(
    question: Question, ranked: Sequence[RankedRow], exact: Matches, lexical: LexicalIndex
) -> Evidence:
    cosine = max((each.cosine for each in ranked if each.cosine is not None), default=None)
    best = [(each.row, each.lexical_score) for each in ranked[:JUDGED]]
    return weigh_evidence(question, best, cosine, exact, lexical)
