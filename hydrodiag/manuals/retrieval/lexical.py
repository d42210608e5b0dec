"""Index of words: BM25 over all chunks, scored as a whole in a few milliseconds."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from hydrodiag.manuals.retrieval.glossary import Concept
from hydrodiag.manuals.retrieval.tokens import CODE_MARK, tokenize

K1, B = 1.2, 0.75
Floats = NDArray[np.float32]
Rows = NDArray[np.int32]


@dataclass(frozen=True)
class IndexedChunk:
    """A chunk in the order of its document; `text` begins with where it stands (`with_header`)."""

    chunk_id: int
    document_id: int
    language: str
    text: str
    page: int = 0


def with_header(title: str, heading_path: Sequence[str], text: str) -> str:
    """The text as it is indexed: what manual and chapter it is from says half of what it means."""
    return "\n".join(each for each in (title, *heading_path, text) if each)


@dataclass(frozen=True, eq=False)
class LexicalIndex:
    """Rows are chunks; `scores`, `rows` and `term_starts` are the columns of a sparse matrix.

    `sequence` are the terms of all chunks one after the other, from `row_starts` on.
    """

    terms: tuple[str, ...]
    chunk_ids: NDArray[np.int64]
    document_ids: NDArray[np.int64]
    pages: NDArray[np.int32]
    languages: tuple[str, ...]
    language_of: NDArray[np.int8]
    text_hashes: NDArray[np.uint64]
    scores: Floats
    rows: Rows
    term_starts: NDArray[np.int64]
    sequence: NDArray[np.int32]
    row_starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.chunk_ids)

    @cached_property
    def term_ids(self) -> Mapping[str, int]:
        return {term: number for number, term in enumerate(self.terms)}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Part numbers and other codes, sorted."""
        return tuple(sorted(term for term in self.terms if term.startswith(CODE_MARK)))

    @cached_property
    def _document_terms(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def row_of_hash(self) -> Mapping[int, int]:
        return {int(each): row for row, each in enumerate(self.text_hashes)}

    @cached_property
    def row_of_chunk(self) -> Mapping[int, int]:
        return {int(each): row for row, each in enumerate(self.chunk_ids)}

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(sorted(term for term in self.terms if term.isalpha()))

    def list_words_from(self, prefix: str, most: int = 20) -> list[str]:
        start = bisect_left(self.words, prefix)
        return [word for word in self.words[start : start + most] if word.startswith(prefix)]

    def list_codes_from(self, prefix: str, most: int = 50) -> list[str]:
        """Codes that begin with this one, itself among them."""
        start = bisect_left(self.codes, prefix)
        found = self.codes[start : start + most]
        return [code for code in found if code.startswith(prefix)]

    def rows_with(self, term: str) -> Rows:
        return self._column(term)[0]

    def rarity(self, term: str) -> float:
        """Inverse document frequency as BM25 has it; highest for a term that occurs nowhere."""
        count = len(self.rows_with(term))
        return float(np.log(1 + (len(self) - count + 0.5) / (count + 0.5)))

    def terms_of(self, row: int) -> NDArray[np.int32]:
        return self.sequence[self.row_starts[row] : self.row_starts[row + 1]]

    def terms_of_document(self, row: int) -> frozenset[int]:
        """All terms of the manual that this chunk is from; kept, as questions keep to few."""
        document = int(self.document_ids[row])
        if document not in self._document_terms:
            rows = np.flatnonzero(self.document_ids == document)
            terms = np.unique(np.concatenate([self.terms_of(int(each)) for each in rows]))
            self._document_terms[document] = frozenset(terms.tolist())
        return self._document_terms[document]

    def tokens_of(self, row: int) -> list[str]:
        return [self.terms[term] for term in self.terms_of(row)]

    def score_terms(self, weights: Mapping[str, float]) -> Floats:
        """BM25 of every chunk for terms that count as often as their weight says."""
        total = np.zeros(len(self), np.float32)
        for term, weight in weights.items():
            rows, scores = self._column(term)
            total[rows] += np.float32(weight) * scores
        return total

    def score_concepts(self, concepts: Iterable[tuple[Concept, float]]) -> Floats:
        """BM25 where the best of a concept's other names counts beside the one in the question."""
        total = np.zeros(len(self), np.float32)
        for concept, weight in concepts:
            self._add(total, concept.tokens, weight)
            if concept.alternatives:
                total += np.float32(weight) * self._score_alternatives(concept)
        return total

    def _score_alternatives(self, concept: Concept) -> Floats:
        best = np.zeros(len(self), np.float32)
        for alternative in concept.alternatives:
            if len(alternative.tokens) == 1:
                rows, scores = self._column(alternative.tokens[0])
                best[rows] = np.maximum(best[rows], np.float32(alternative.weight) * scores)
            elif self._knows_any(alternative.tokens):
                several = np.zeros(len(self), np.float32)
                self._add(several, alternative.tokens, alternative.weight)
                np.maximum(best, several, out=best)
        return best

    def _knows_any(self, terms: Sequence[str]) -> bool:
        return any(term in self.term_ids for term in terms)

    def _add(self, total: Floats, terms: Iterable[str], weight: float) -> None:
        for term in dict.fromkeys(terms):
            rows, scores = self._column(term)
            total[rows] += np.float32(weight) * scores

    def _column(self, term: str) -> tuple[Rows, Floats]:
        number = self.term_ids.get(term)
        if number is None:
            return self.rows[:0], self.scores[:0]
        start, end = self.term_starts[number], self.term_starts[number + 1]
        return self.rows[start:end], self.scores[start:end]


def build_lexical_index(
    chunks: Iterable[IndexedChunk], known: LexicalIndex | None = None
) -> LexicalIndex:
    """Chunks that `known` holds with the same text are not split into terms again."""
    listed = list(chunks)
    hashes = np.array([_hash(each.text) for each in listed], np.uint64)
    tokens = [_tokens_of(chunk, int(key), known) for chunk, key in zip(listed, hashes, strict=True)]
    vocabulary = {term: n for n, term in enumerate(dict.fromkeys(t for row in tokens for t in row))}
    sequences = [[vocabulary[token] for token in row] for row in tokens]
    scores, rows, term_starts = _weigh(sequences, vocabulary)
    languages = tuple(dict.fromkeys(each.language for each in listed))
    return LexicalIndex(
        terms=tuple(vocabulary),
        chunk_ids=np.array([each.chunk_id for each in listed], np.int64),
        document_ids=np.array([each.document_id for each in listed], np.int64),
        pages=np.array([each.page for each in listed], np.int32),
        languages=languages,
        language_of=np.array([languages.index(each.language) for each in listed], np.int8),
        text_hashes=hashes,
        scores=scores,
        rows=rows,
        term_starts=term_starts,
        sequence=np.array([term for row in sequences for term in row], np.int32),
        row_starts=np.cumsum([0, *map(len, sequences)], dtype=np.int64),
    )


def _tokens_of(chunk: IndexedChunk, text_hash: int, known: LexicalIndex | None) -> list[str]:
    row = known.row_of_hash.get(text_hash) if known is not None else None
    return known.tokens_of(row) if known is not None and row is not None else tokenize(chunk.text)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _weigh(
    sequences: list[list[int]], vocabulary: Mapping[str, int]
) -> tuple[Floats, Rows, NDArray[np.int64]]:
    if not vocabulary:
        return np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64)
    import bm25s  # type: ignore[import-untyped]

    weigher = bm25s.BM25(k1=K1, b=B, method="lucene")
    tokenized = bm25s.tokenization.Tokenized(ids=sequences, vocab=dict(vocabulary))
    weigher.index(tokenized, create_empty_token=False, show_progress=False)
    matrix = weigher.scores
    return (
        np.asarray(matrix["data"], np.float32),
        np.asarray(matrix["indices"], np.int32),
        np.asarray(matrix["indptr"], np.int64),
    )
