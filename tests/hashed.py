"""Vectors without a model: every word votes for some dimensions. Stable, quick, no semantics."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from hydrodiag.manuals.retrieval.tokens import tokenize


class HashEmbedder:
    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension

    @property
    def id(self) -> str:
        return f"hash:{self.dimension}"

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        return [self.embed_question(text) for text in texts]

    def embed_question(self, text: str) -> list[float]:
        vector = np.zeros(self.dimension, np.float32)
        for token in tokenize(text):
            key = crc32(token.encode())
            vector[key % self.dimension] += 1 if key & 1 << 20 else -1
        return list(map(float, vector / (np.linalg.norm(vector) or 1)))
