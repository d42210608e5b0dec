"""The index of words as bytes for the database: arrays and a vocabulary, nothing executable."""

import io
import json
from typing import Any

import numpy as np

from hydrodiag.errors import IndexUnreadable
from hydrodiag.manuals.retrieval.lexical import LexicalIndex
from hydrodiag.manuals.retrieval.tokens import TOKENIZER_VERSION

FORMAT = 1
ARRAYS = (
    "chunk_ids",
    "document_ids",
    "pages",
    "language_of",
    "text_hashes",
    "scores",
    "rows",
    "term_starts",
    "sequence",
    "row_starts",
)


def to_bytes(index: LexicalIndex) -> bytes:
    head = {
        "format": FORMAT,
        "tokenizer": TOKENIZER_VERSION,
        "terms": index.terms,
        "languages": index.languages,
    }
    written = io.BytesIO()
    encoded = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
    np.savez(written, head=encoded, **{name: getattr(index, name) for name in ARRAYS})
    return written.getvalue()


def from_bytes(content: bytes) -> LexicalIndex:
    """Raises IndexUnreadable for bytes of another format or tokeniser, or damaged ones."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            head: dict[str, Any] = json.loads(stored["head"].tobytes())
            _check(head)
            arrays: dict[str, Any] = {name: stored[name] for name in ARRAYS}
    except IndexUnreadable:
        raise
    except Exception as error:  # a damaged archive fails in ways of zipfile, zlib, json and numpy
        raise IndexUnreadable(
            "The stored index of words is damaged.", hint="Index the manuals again."
        ) from error
    return LexicalIndex(tuple(head["terms"]), languages=tuple(head["languages"]), **arrays)


def _check(head: dict[str, Any]) -> None:
    if (head["format"], head["tokenizer"]) != (FORMAT, TOKENIZER_VERSION):
        raise IndexUnreadable(
            "The stored index of words was made by another version of HydroDiag.",
            hint="Index the manuals again.",
        )
