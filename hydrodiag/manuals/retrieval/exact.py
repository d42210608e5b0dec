"""Chunks that hold a code or quoted words exactly as asked for."""

from collections.abc import Mapping

import numpy as np

from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.questions import Question
from hydrodiag.manuals.retrieval.tokens import tokenize

Matches = dict[int, dict[str, float]]


def find_exact(question: Question, lexical: LexicalIndex) -> Matches:
    """By row what matches, with how telling it is: 1 for quotes, up to 1 for a rare code."""
    found: Matches = {}
    rarest = lexical.rarity("")
    for code in question.codes:
        for term in code.terms:
            telling = lexical.rarity(term) / rarest
            for row in lexical.rows_with(term):
                found.setdefault(int(row), {})[code.text] = telling
    for quote in question.quoted:
        for row in find_phrase(quote, lexical):
            found.setdefault(row, {})[quote] = 1.0
    return found


def find_phrase(phrase: str, lexical: LexicalIndex) -> list[int]:
    """Rows with these words one after the other, whatever their endings."""
    tokens = tokenize(phrase)
    terms = [lexical.term_ids.get(token) for token in tokens]
    if not terms or None in terms:
        return []
    columns = sorted((lexical.rows_with(token) for token in set(tokens)), key=len)
    rows = columns[0]
    for column in columns[1:]:
        rows = np.intersect1d(rows, column)
    wanted = np.array(terms, np.int32)
    return [int(row) for row in rows if _holds(lexical.terms_of(int(row)), wanted)]


def sum_exact(matches: Mapping[int, Mapping[str, float]], row: int) -> float:
    return max(matches.get(row, {}).values(), default=0.0)


def _holds(sequence: np.ndarray, wanted: np.ndarray) -> bool:
    if len(sequence) < len(wanted):
        return False
    windows = np.lib.stride_tricks.sliding_window_view(sequence, len(wanted))
    return bool((windows == wanted).all(axis=1).any())
