"""One score out of words, vectors and language, by weights that an evaluation has set."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hydrodiag.manuals.retrieval.lexical import Floats


@dataclass(frozen=True)
class Weights:
    """Words count 1. Vectors at equal weight made offline retrieval worse: set by evaluation."""

    vectors: float = 0.2
    same_language: float = 0.03
    exact: float = 0.3


def fuse(
    lexical: Floats,
    similarities: Mapping[int, float],
    in_language: Floats,
    weights: Weights,
) -> Floats:
    """Scores of all rows; 0 where neither words nor vectors say anything for a row.

    `similarities` are cosines by row; `in_language` is 1 for rows in the question's language.
    """
    best = float(lexical.max(initial=0.0))
    total = lexical / np.float32(best) if best > 0 else lexical.copy()
    for row, cosine in similarities.items():
        total[row] += np.float32(weights.vectors * max(cosine, 0.0))
    total += np.where(total > 0, np.float32(weights.same_language) * in_language, np.float32(0))
    return total
