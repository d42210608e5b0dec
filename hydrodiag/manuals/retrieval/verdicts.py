"""Whether the passages found can answer the question at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from hydrodiag.manuals.retrieval.exact import Matches
from hydrodiag.manuals.retrieval.glossary import Concept
from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.questions import Question


class Verdict(StrEnum):
    ANSWERABLE = "answerable"
    WEAK = "weak"
    NOT_IN_MANUALS = "not_in_manuals"


@dataclass(frozen=True)
class Evidence:
    """`coverage` is the share of what the question tells that the best passage holds, 0 to 1.

    `lexical_score` is its raw BM25 for `chunks` chunks; `unknown_codes` occur in no manual.
    """

    lexical_score: float
    coverage: float
    chunks: int
    cosine: float | None
    is_exact: bool
    unknown_codes: tuple[str, ...]

    @property
    def strength(self) -> float:
        """Grows with score and coverage; a rare word's score grows with the logarithm of chunks."""
        return self.coverage * self.lexical_score / log(2 + self.chunks)


@dataclass(frozen=True)
class Floor:
    """Evidence below `refuse` is no answer, below `answer` a weak one.

    `cosine` answers where words do not; None: vectors alone answer nothing. The defaults are for
    an index that has not been evaluated.
    """

    refuse: float = 0.5
    answer: float = 0.8
    cosine: float | None = None


def judge(evidence: Evidence, floor: Floor) -> Verdict:
    if floor.cosine is not None and (evidence.cosine or 0.0) >= floor.cosine:
        return Verdict.ANSWERABLE
    if evidence.strength < floor.refuse:
        return Verdict.NOT_IN_MANUALS
    is_sure = evidence.strength >= floor.answer and not evidence.unknown_codes
    return Verdict.ANSWERABLE if is_sure else Verdict.WEAK


def weigh_evidence(
    question: Question,
    rows: Sequence[tuple[int, float]],
    cosine: float | None,
    exact: Matches,
    lexical: LexicalIndex,
) -> Evidence:
    """`rows` are the best few with their raw scores; the one that covers most is judged."""
    covered = [(_cover(question, row, lexical), score) for row, score in rows]
    coverage, score = max(covered, key=lambda each: each[0] * each[1], default=(0.0, 0.0))
    return Evidence(
        lexical_score=score,
        coverage=coverage,
        chunks=len(lexical),
        cosine=cosine,
        is_exact=any(row in exact for row, _ in rows[:1]),
        unknown_codes=tuple(code.text for code in question.codes if not code.terms),
    )


def _cover(question: Question, row: int, lexical: LexicalIndex) -> float:
    terms = {lexical.terms[term] for term in lexical.terms_of(row)}
    told, held = 0.0, 0.0
    for concept, weight in question.concepts:
        value = weight * max(lexical.rarity(term) for term in concept.tokens)
        told += value
        held += value * _hold(concept, terms)
    return held / told if told else 0.0


def _hold(concept: Concept, terms: set[str]) -> float:
    """How much of the concept is there; another name counts a little less than its own."""
    own = sum(term in terms for term in concept.tokens) / len(concept.tokens)
    others = (
        (0.8 + 0.2 * each.weight) * sum(term in terms for term in each.tokens) / len(each.tokens)
        for each in concept.alternatives
    )
    return max(own, max(others, default=0.0))
