"""An answer without any model: the sentences, table rows and steps that decide the question."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log1p

from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.questions import Question
from hydrodiag.manuals.retrieval.tokens import tokenize

MOST = 3
RANK_COUNTS = 1.5
NUMBER_COUNTS = 1.1
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-ZА-ЯЁ0-9«\"(])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:no|pos|fig|tab|approx|e\.g|i\.e|рис|табл|стр|поз|см)\.|^\d+\.)$", re.IGNORECASE
)


@dataclass(frozen=True)
class FoundText:
    """A chunk as the caller has loaded it, with the score of its passage; best first."""

    chunk_id: int
    page: int
    text: str
    score: float


@dataclass(frozen=True)
class Extract:
    """A sentence, table row or step, word for word; `is_decisive` marks the answer, the others
    are beside it to be understood."""

    chunk_id: int
    page: int
    text: str
    is_decisive: bool


def extract_answer(
    question: Question, texts: Sequence[FoundText], lexical: LexicalIndex, most: int = MOST
) -> list[Extract]:
    """The best units, and what follows the very best; in the order of the passages."""
    units = [(rank, n, unit) for rank, each in enumerate(texts) for n, unit in _number(each)]
    weights = weigh_terms(question, lexical)
    top = max((each.score for each in texts), default=0.0) or 1.0
    scored = sorted(
        units,
        key=lambda u: (-_score(u[2], weights) - RANK_COUNTS * texts[u[0]].score / top, u[0], u[1]),
    )
    chosen = [u for u in scored if _score(u[2], weights) > 0][:most]
    decisive = {(rank, n) for rank, n, _ in chosen}
    shown = decisive | {(rank, n + 1) for rank, n, _ in chosen[:1]}
    return [
        Extract(texts[rank].chunk_id, texts[rank].page, unit, (rank, n) in decisive)
        for rank, n, unit in units
        if (rank, n) in shown
    ]


def weigh_terms(question: Question, lexical: LexicalIndex) -> dict[str, float]:
    """What each index term tells about the question: its rarity, less for another name."""
    weights: dict[str, float] = {}
    for concept, weight in question.concepts:
        said = [(each, 1.0) for each in concept.tokens]
        said += [(t, 0.5 + each.weight / 2) for each in concept.alternatives for t in each.tokens]
        for term, share in said:
            value = weight * share * lexical.rarity(term) if term in lexical.term_ids else 0.0
            weights[term] = max(weights.get(term, 0.0), value)
    return weights


def split_units(text: str) -> list[str]:
    """Sentences of prose, steps, and rows of tables."""
    units: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        units.extend(_split_row(line) if "|" in line else _split_sentences(line))
    return units


def _number(found: FoundText) -> Iterable[tuple[int, str]]:
    return enumerate(split_units(found.text))


def _split_row(line: str) -> list[str]:
    """Several rows may stand in one line with an empty cell between them."""
    groups = [each.strip(" |") for each in re.split(r"\|\s*\|", line)]
    groups = [each for each in groups if each]
    return groups if _are_rows(groups) else [line.strip(" |")]


def _are_rows(groups: Sequence[str]) -> bool:
    """Rows have as many cells each; one row with empty cells falls into unequal pieces."""
    cells, count = (
        Counter(each.count("|") for each in groups).most_common(1)[0] if groups else (0, 0)
    )
    return len(groups) > 1 and cells > 0 and count > len(groups) / 2


def _split_sentences(line: str) -> list[str]:
    sentences: list[str] = []
    for piece in _SENTENCE_END.split(line):
        if sentences and _ABBREVIATED.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return sentences


def _score(unit: str, weights: dict[str, float]) -> float:
    """Long units hold more terms by chance; an answer is more often with a number than without."""
    terms = set(tokenize(unit))
    score = sum(weights.get(term, 0.0) for term in terms) / (1 + 0.15 * log1p(len(terms)))
    return score * (NUMBER_COUNTS if any(c.isdigit() for c in unit) else 1.0)
