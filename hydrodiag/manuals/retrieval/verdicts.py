"""Whether the passages found can answer the question at all."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from hydrodiag.manuals.retrieval.asked_kinds import find_kinds, is_given
from hydrodiag.manuals.retrieval.exact import Matches
from hydrodiag.manuals.retrieval.glossary import Concept
from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.questions import Question

FEW = 100  # chunks
MANUAL_COUNTS = 0.5  # a word that is elsewhere in the manual, beside one in the passage itself
OTHER_NAME_COUNTS = 0.8
MISSING_CODE_COUNTS = 0.25
MISSING_KIND_COUNTS = 0.5
SMALL = 120  # chunks the floor was found with


class Verdict(StrEnum):
    ANSWERABLE = "answerable"
    WEAK = "weak"
    NOT_IN_MANUALS = "not_in_manuals"


@dataclass(frozen=True)
class Evidence:
    """`coverage` is the share of what the question tells that the best passage holds, 0 to 1.

    `lexical_score` is its raw BM25 for `chunks` chunks; `missing_codes` are asked for
    and in none of the best passages, `missing_kinds` of answers are not in the best one.
    """

    lexical_score: float
    coverage: float
    chunks: int
    cosine: float | None
    is_exact: bool
    missing_codes: tuple[str, ...]
    missing_kinds: tuple[str, ...] = ()

    @property
    def strength(self) -> float:
        """Coverage, a quarter of it where a code is missing, half where a torque, a price … is
        asked for and none stands there: free of the size of the corpus.

        Beside raw BM25 and both multiplied it parted own questions best, 0.92 of pairs in order.
        """
        whole = MISSING_CODE_COUNTS if self.missing_codes else 1.0
        return whole * (MISSING_KIND_COUNTS if self.missing_kinds else 1.0) * self.coverage


@dataclass(frozen=True)
class Floor:
    """Evidence below `refuse` is no answer, below `answer` a weak one.

    `cosine` answers where words do not; None: vectors alone answer nothing. The defaults are for
    an index that has not been evaluated.
    """

    refuse: float = 0.47
    answer: float = 0.6
    cosine: float | None = None


def default_floor(chunks: int) -> Floor:
    """Rises a little with size: among more chunks one holds more of any question by chance."""
    rise = min(0.1, 0.015 * max(0.0, log(max(chunks, 1) / SMALL)))
    return Floor(Floor.refuse + rise, Floor.answer + rise)


def judge(evidence: Evidence, floor: Floor) -> Verdict:
    """A passage that holds the very code asked for is worth a look, whatever else it lacks."""
    if floor.cosine is not None and (evidence.cosine or 0.0) >= floor.cosine:
        return Verdict.ANSWERABLE
    is_whole = not evidence.missing_codes and not evidence.missing_kinds
    if evidence.strength < floor.refuse:
        return Verdict.WEAK if evidence.is_exact and is_whole else Verdict.NOT_IN_MANUALS
    is_sure = evidence.strength >= floor.answer and is_whole
    return Verdict.ANSWERABLE if is_sure else Verdict.WEAK


def weigh_evidence(
    question: Question,
    rows: Sequence[tuple[int, float]],
    cosine: float | None,
    exact: Matches,
    lexical: LexicalIndex,
) -> Evidence:
    """`rows` are the best few with their raw scores; the one that covers most is judged."""
    judged = [_judge_row(question, row, score, lexical) for row, score in rows]
    best = max(judged, key=lambda each: each.worth, default=_Judged(0.0, 0.0, ()))
    return Evidence(
        lexical_score=best.score,
        coverage=best.coverage,
        chunks=len(lexical),
        cosine=cosine,
        is_exact=any(row in exact for row, _ in rows[:1]),
        missing_codes=tuple(_list_missing(question, {row for row, _ in rows}, exact)),
        missing_kinds=best.missing_kinds,
    )


@dataclass(frozen=True)
class _Judged:
    """One passage as an answer; the one of most worth stands for all."""

    score: float
    coverage: float
    missing_kinds: tuple[str, ...]

    @property
    def worth(self) -> float:
        return self.score * self.coverage * (MISSING_KIND_COUNTS if self.missing_kinds else 1.0)


def _judge_row(question: Question, row: int, score: float, lexical: LexicalIndex) -> _Judged:
    kinds = find_kinds(question.text)
    held = {lexical.terms[term] for term in lexical.terms_of(row).tolist()} if kinds else set()
    missing = tuple(kind.name for kind in kinds if not is_given(kind, held))
    return _Judged(score, _cover(question, row, lexical), missing)


def _list_missing(question: Question, rows: set[int], exact: Matches) -> list[str]:
    held = {text for row in rows for text in exact.get(row, ())}
    return [code.text for code in question.codes if code.is_decisive and code.text not in held]


def _cover(question: Question, row: int, lexical: LexicalIndex) -> float:
    here = set(lexical.terms_of(row).tolist())
    around = lexical.terms_of_document(row)
    told = held = 0.0
    for concept, weight in question.concepts:
        value = weight * _value(concept, lexical)
        told += value
        in_manual = MANUAL_COUNTS * _hold(concept, around, lexical)
        held += value * max(_hold(concept, here, lexical), in_manual)
    return held / told if told else 0.0


def _value(concept: Concept, lexical: LexicalIndex) -> float:
    said = concept.tokens or tuple(term for each in concept.alternatives for term in each.tokens)
    return max(_rarity(term, lexical) for term in said)


def _rarity(term: str, lexical: LexicalIndex) -> float:
    """As BM25 has it, but as among a hundred chunks where there are fewer.

    In a single short manual every word that it holds is common, and one it does not hold would
    outweigh all of them.
    """
    count, chunks = len(lexical.rows_with(term)), max(len(lexical), FEW)
    return log(1 + (chunks - count + 0.5) / (count + 0.5))


def _hold(concept: Concept, terms: Container[int], lexical: LexicalIndex) -> float:
    """How much of the concept is there; another name counts a little less than its own."""
    ids = lexical.term_ids
    own = _share(concept.tokens, terms, ids)
    if own == 1:
        return own
    others = (
        (OTHER_NAME_COUNTS + (1 - OTHER_NAME_COUNTS) * each.weight)
        * _share(each.tokens, terms, ids)
        for each in concept.alternatives
    )
    return max(own, max(others, default=0.0))


def _share(tokens: Sequence[str], terms: Container[int], ids: Mapping[str, int]) -> float:
    return sum(ids.get(each, -1) in terms for each in tokens) / len(tokens) if tokens else 0.0
