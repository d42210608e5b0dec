"""What a search gives, and the same as bytes for the cache."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from hydrodiag.manuals.retrieval.extract import Extract
from hydrodiag.manuals.retrieval.verdicts import Verdict

CODEC_VERSION = 1


@dataclass(frozen=True)
class FoundPassage:
    """A passage with where it stands; `exact` are the codes and quotes that match."""

    chunk_id: int
    document_id: int
    revision_id: int
    title: str
    label: str
    file_kind: str
    page: int
    heading_path: tuple[str, ...]
    language: str
    text: str
    score: float
    exact: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchAnswer:
    """`verdict` says whether the manuals answer the question at all; `took_ms` is 0 from cache.

    `notice` is for people: what did not work. `version` is None where nothing is indexed yet.
    `extracts` are the sentences and rows of the best passages that decide the question.
    """

    question: str
    passages: tuple[FoundPassage, ...]
    verdict: Verdict
    version: str | None
    uses_vectors: bool
    took_ms: float
    notice: str = ""
    extracts: tuple[Extract, ...] = ()


def encode(answer: SearchAnswer) -> bytes:
    return json.dumps(asdict(answer), ensure_ascii=False).encode()


def decode(content: bytes) -> SearchAnswer:
    """Raises ValueError, KeyError or TypeError for what is no answer."""
    told = json.loads(content)
    passages = tuple(
        FoundPassage(**_listed(FoundPassage, each, "heading_path", "exact"))
        for each in told["passages"]
    )
    extracts = tuple(Extract(**_listed(Extract, each)) for each in told["extracts"])
    verdict = Verdict(told["verdict"])
    return SearchAnswer(**{**told, "passages": passages, "extracts": extracts, "verdict": verdict})


def _listed(kind: type, values: dict[str, Any], *tuples: str) -> dict[str, Any]:
    """Lists back to tuples; a field that is missing is a KeyError."""
    return {
        each.name: tuple(values[each.name]) if each.name in tuples else values[each.name]
        for each in fields(kind)
    }
