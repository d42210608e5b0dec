"""The manuals that retrieval is judged by, as an index, and questions to them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hydrodiag.manuals.retrieval.evaluation import EvaluationItem, load_items
from hydrodiag.manuals.retrieval.glossary import build_glossary
from hydrodiag.manuals.retrieval.lexical import IndexedChunk, build_lexical_index, with_header
from hydrodiag.manuals.retrieval.questions import ManualNames
from hydrodiag.manuals.retrieval.retriever import SearchIndex

FOLDER = Path(__file__).parent / "data" / "manuals-eval"
FIRST_ID = 1000


@dataclass(frozen=True)
class JudgedManuals:
    """`names_of` gives the passage id of a chunk, as questions call it."""

    index: SearchIndex
    chunks: tuple[IndexedChunk, ...]
    passage_ids: tuple[str, ...]

    @property
    def names_of(self) -> Callable[[int], Iterable[str]]:
        return lambda chunk_id: [self.passage_ids[chunk_id - FIRST_ID]]

    def text_of(self, chunk_id: int) -> str:
        return self.chunks[chunk_id - FIRST_ID].text


@cache
def judged_manuals() -> JudgedManuals:
    rows = [json.loads(line) for line in (FOLDER / "passages.jsonl").open(encoding="utf-8")]
    titles = list(dict.fromkeys(row["doc"] for row in rows))
    chunks = tuple(
        IndexedChunk(
            chunk_id=FIRST_ID + number,
            document_id=titles.index(row["doc"]) + 1,
            language=row["lang"],
            text=with_header(row["doc"], [row["section"]], row["text"]),
            page=row["page"],
        )
        for number, row in enumerate(rows)
    )
    names = [ManualNames(number, (title,)) for number, title in enumerate(titles, 1)]
    index = SearchIndex(build_lexical_index(chunks), build_glossary(), names)
    return JudgedManuals(index, chunks, tuple(row["id"] for row in rows))


def questions(name: str) -> list[EvaluationItem]:
    return load_items(FOLDER / f"{name}.jsonl", kind="followup" if "followups" in name else "")
