"""Ranked chunks to passages: neighbours joined, what says the same twice left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from hydrodiag.manuals.retrieval.lexical import LexicalIndex

SAME_FROM = 0.9


@dataclass(frozen=True)
class Passage:
    """Chunks that stand together, in the order of the manual; `found_id` is the best of them.

    `score` ranks within one answer only; `lexical_score` is raw BM25 and can be compared between
    questions to one index. `exact` are the codes and quotes that match. `before` and `after` are
    the neighbours in the manual, None at its ends; `duplicates` say the same elsewhere.
    """

    found_id: int
    chunk_ids: tuple[int, ...]
    document_id: int
    score: float
    lexical_score: float
    cosine: float | None
    exact: tuple[str, ...]
    before: int | None
    after: int | None
    duplicates: tuple[int, ...] = ()


@dataclass(frozen=True)
class RankedRow:
    row: int
    score: float
    lexical_score: float
    cosine: float | None
    exact: tuple[str, ...]


# the best row, the rows joined to it, the rows that say the same
Groups = list[tuple[RankedRow, list[int], list[int]]]


def build_passages(ranked: Iterable[RankedRow], lexical: LexicalIndex, most: int) -> list[Passage]:
    groups: Groups = []
    for each in ranked:
        if _join(each.row, groups, lexical) or _note_duplicate(each.row, groups, lexical):
            continue
        if len(groups) == most:
            break
        groups.append((each, [each.row], []))
    return [_build(best, sorted(rows), same, lexical) for best, rows, same in groups]


def _join(row: int, groups: Groups, lexical: LexicalIndex) -> bool:
    for _, rows, _ in groups:
        near = min(rows) - 1 if row < min(rows) else max(rows) + 1
        if row == near and _stand_together(row, rows[0], lexical):
            rows.append(row)
            return True
    return False


def _stand_together(one: int, other: int, lexical: LexicalIndex) -> bool:
    same_manual = lexical.document_ids[one] == lexical.document_ids[other]
    return bool(same_manual and lexical.pages[one] == lexical.pages[other])


def _note_duplicate(row: int, groups: Groups, lexical: LexicalIndex) -> bool:
    for best, _, same in groups:
        if says_the_same(row, best.row, lexical):
            same.append(row)
            return True
    return False


def says_the_same(one: int, other: int, lexical: LexicalIndex) -> bool:
    """Nearly the same words and exactly the same numbers and codes.

    The machine's name in the header is among them: the same chapter of two machines is kept.
    """
    left, right = set(lexical.terms_of(one).tolist()), set(lexical.terms_of(other).tolist())
    if len(left & right) < SAME_FROM * len(left | right):
        return False
    return not any(any(c.isdigit() for c in lexical.terms[term]) for term in left ^ right)


def _build(best: RankedRow, rows: list[int], same: list[int], lexical: LexicalIndex) -> Passage:
    ids = lexical.chunk_ids
    return Passage(
        found_id=int(ids[best.row]),
        chunk_ids=tuple(int(ids[row]) for row in rows),
        document_id=int(lexical.document_ids[best.row]),
        score=best.score,
        lexical_score=best.lexical_score,
        cosine=best.cosine,
        exact=best.exact,
        before=_neighbour(rows[0], -1, lexical),
        after=_neighbour(rows[-1], +1, lexical),
        duplicates=tuple(int(ids[row]) for row in same),
    )


def _neighbour(row: int, step: int, lexical: LexicalIndex) -> int | None:
    other = row + step
    if not 0 <= other < len(lexical) or lexical.document_ids[other] != lexical.document_ids[row]:
        return None
    return int(lexical.chunk_ids[other])
