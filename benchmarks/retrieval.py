"""Finding passages beside plain LlamaIndex: quality on judged questions, time at size.

    python -m benchmarks retrieval

LlamaIndex gets the same texts, headers included: BM25Retriever as it comes, and VectorStoreIndex
with the same embedding (hashes of words; no model is needed). It has no follow-ups and no refusals
of its own: a question is refused below the score that nine of ten answerable ones reach, for all
alike, so that column is fitted to the very questions. HydroDiag's default floor was set after
seeing both sets, its glossary was written by someone who had read the passages: neither row is a
result on unseen manuals. The last lines calibrate on one set and judge the other.
Chunks of the larger indexes are the judged ones with their sentences mixed and numbers changed.
BM25Retriever is in requirements-dev.txt; without it those rows are left out.
"""

import argparse
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from hydrodiag.manuals.retrieval.evaluation import (
    EvaluationItem,
    calibrate_floor,
    run_items,
    summarise,
)
from hydrodiag.manuals.retrieval.fusion import Weights
from hydrodiag.manuals.retrieval.lexical import IndexedChunk, build_lexical_index
from hydrodiag.manuals.retrieval.questions import ManualNames
from hydrodiag.manuals.retrieval.retriever import SearchIndex, retrieve
from hydrodiag.manuals.retrieval.vectors import EmbeddedQuestions, FolderStore
from tests.hashed import HashEmbedder
from tests.manuals import JudgedManuals, judged_manuals, questions

SETS = {
    "given": ("questions", "followups"),
    "own": ("own-questions", "own-followups"),
    # Written after the method was fixed, and not looked at before.
    "third": ("third-questions", "own-followups"),
}
LIMITS_MS = {10_000: 30, 100_000: 80}
EMBEDDER = HashEmbedder()
LOOKED_AT = 10
# a question to ids of chunks and their scores, best first
Way = Callable[[str], list[tuple[int, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--vectors-up-to", type=int, default=10_000, help="chunks in Chroma")
    options = parser.parse_args()
    manuals = judged_manuals()
    compare_quality(manuals)
    cross_calibrate(manuals)
    measure_time(manuals, options.sizes, options.vectors_up_to)


def compare_quality(manuals: JudgedManuals) -> None:
    print(
        f"{'':<34}{'R@1':>7}{'R@5':>7}{'MRR':>7}{'part':>7}{'cross':>7}{'follow':>8}{'refuse':>8}"
    )
    with in_chroma(manuals.index, manuals.chunks) as both:
        for name, (asked, followed) in SETS.items():
            items, follow = questions(asked), questions(followed)
            show_own(f"{name}: HydroDiag, words", manuals.index, items, follow, manuals)
            show_own(f"{name}: HydroDiag, words and hashes", both, items, follow, manuals)
            for title, way in build_peers(manuals.chunks).items():
                show_peer(f"{name}: {title}", way, items, follow, manuals)


def cross_calibrate(manuals: JudgedManuals) -> None:
    """Refusals of one set at the floor that the other set gives."""
    for here, there in permutations(SETS, 2):
        items = questions(SETS[here][0])
        outcomes = run_items(manuals.index, items, manuals.names_of)
        floor = calibrate_floor(outcomes, len(manuals.index.lexical))
        judged = replace(manuals.index, floor=floor)
        again = run_items(judged, questions(SETS[there][0]), manuals.names_of)
        refusal = summarise(again).refusal
        print(
            f"floor {floor.refuse:.2f} from {here}, judged on {there}: refusals found "
            f"{refusal.recall:.2f}, right {refusal.precision:.2f}, "
            f"answers let through {refusal.answer_recall:.2f}"
        )


def show_own(
    title: str,
    index: SearchIndex,
    items: Sequence[EvaluationItem],
    follow: Sequence[EvaluationItem],
    manuals: JudgedManuals,
) -> None:
    figures = summarise(outcomes := run_items(index, items, manuals.names_of))
    ranking, kinds, refusal = figures.ranking, figures.by_kind, figures.refusal
    later = summarise(run_items(index, follow, manuals.names_of)).ranking.recall_at_5
    strengths = [(each.found.evidence.strength, bool(each.item.relevant)) for each in outcomes]
    row = [ranking.recall_at_1, ranking.recall_at_5, ranking.mrr]
    row += [kinds["part"].recall_at_5, kinds["cross"].recall_at_5]
    show(title, [*row, later, refuse_at_nine_of_ten(strengths)])
    print(
        f"{'':<6}at the default floor: refusals found {refusal.recall:.2f}, "
        f"right {refusal.precision:.2f}, answers let through {refusal.answer_recall:.2f}"
    )


def show_peer(
    title: str,
    way: Way,
    items: Sequence[EvaluationItem],
    follow: Sequence[EvaluationItem],
    manuals: JudgedManuals,
) -> None:
    ranks: dict[str, list[float]] = {}
    scores = []
    for item in [*items, *follow]:
        found = way(item.question)
        if item.kind != "followup":
            scores.append((found[0][1] if found else 0.0, bool(item.relevant)))
        if item.relevant:
            ranks.setdefault(item.kind, []).append(find_rank(item, found, manuals))
    main_ranks = [rank for kind, each in ranks.items() if kind != "followup" for rank in each]
    top = [
        within(main_ranks, 1),
        within(main_ranks, 5),
        float(np.mean(1 / (1 + np.array(main_ranks)))),
    ]
    kinds = [within(ranks[kind], 5) for kind in ("part", "cross", "followup")]
    show(title, [*top, *kinds, refuse_at_nine_of_ten(scores)])


def show(title: str, row: Sequence[float]) -> None:
    widths = (7, 7, 7, 7, 7, 8, 8)
    print(f"{title:<34}" + "".join(f"{v:>{w}.2f}" for v, w in zip(row, widths, strict=True)))


def find_rank(
    item: EvaluationItem, found: Sequence[tuple[int, float]], manuals: JudgedManuals
) -> float:
    names = [set(manuals.names_of(chunk)) for chunk, score in found if score > 0]
    return next((float(n) for n, each in enumerate(names) if each & item.relevant), float("inf"))


def within(ranks: Sequence[float], places: int) -> float:
    return float(np.mean(np.array(ranks) < places))


def refuse_at_nine_of_ten(scores: Sequence[tuple[float, bool]]) -> float:
    """Share of unanswerable questions under what nine of ten answerable ones reach."""
    answerable = sorted(score for score, has_answer in scores if has_answer)
    floor = answerable[int(0.1 * len(answerable))]
    return float(np.mean([score < floor for score, has_answer in scores if not has_answer]))


def build_peers(chunks: Sequence[IndexedChunk], *, with_vectors: bool = True) -> dict[str, Way]:
    from llama_index.core.schema import TextNode

    nodes = [TextNode(id_=str(each.chunk_id), text=each.text) for each in chunks]
    peers = {}
    if find_spec("llama_index.retrievers"):
        from llama_index.retrievers.bm25 import BM25Retriever

        retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=LOOKED_AT)
        peers["LlamaIndex BM25Retriever"] = as_way(retriever)
    if with_vectors:
        peers["LlamaIndex VectorStoreIndex"] = as_way(build_vector_index(nodes))
    return peers


def build_vector_index(nodes: Sequence[Any]) -> Any:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding

    class Hashes(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return EMBEDDER.embed_question(text)

        def _get_query_embedding(self, query: str) -> list[float]:
            return EMBEDDER.embed_question(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return EMBEDDER.embed_question(query)

    index = VectorStoreIndex(list(nodes), embed_model=Hashes())
    return index.as_retriever(similarity_top_k=LOOKED_AT)


def as_way(retriever: Any) -> Way:
    def ask(question: str) -> list[tuple[int, float]]:
        return [
            (int(each.node.node_id), each.score or 0.0) for each in retriever.retrieve(question)
        ]

    return ask


@contextmanager
def in_chroma(index: SearchIndex, chunks: Sequence[IndexedChunk]) -> Iterator[SearchIndex]:
    """The index with vectors in a Chroma folder beside its words."""
    with tempfile.TemporaryDirectory(prefix="hydrodiag-bench-") as scratch:
        store = FolderStore(Path(scratch))
        with store.building("v_1") as writer:
            writer.upsert((c.chunk_id, EMBEDDER.embed_question(c.text)) for c in chunks)
        vectors = store.open("v_1")
        asked = EmbeddedQuestions(vectors, EMBEDDER)
        try:
            yield replace(index, vectors=asked, weights=Weights(vectors=0.2))
        finally:
            vectors.close()


@dataclass(frozen=True)
class Timing:
    title: str
    build_s: float
    p50_ms: float
    p95_ms: float


def measure_time(manuals: JudgedManuals, sizes: Sequence[int], vectors_up_to: int) -> None:
    asked = [item.question for name in SETS for item in questions(SETS[name][0])]
    print(f"\n{'':<42}{'build s':>9}{'p50 ms':>9}{'p95 ms':>9}{'vs limit':>10}")
    for size in sizes:
        chunks = make_chunks(manuals, size)
        with_vectors = size <= vectors_up_to
        for timing in time_all(manuals, chunks, asked, with_vectors=with_vectors):
            title = f"{size:,} chunks: {timing.title}"
            ratio = f"{timing.p95_ms / LIMITS_MS[size]:.2f}" if size in LIMITS_MS else "-"
            print(
                f"{title:<42}{timing.build_s:>9.1f}{timing.p50_ms:>9.1f}"
                f"{timing.p95_ms:>9.1f}{ratio:>10}"
            )


def time_all(
    manuals: JudgedManuals,
    chunks: Sequence[IndexedChunk],
    asked: Sequence[str],
    *,
    with_vectors: bool,
) -> Iterator[Timing]:
    start = time.perf_counter()
    names = [ManualNames(n, (f"XQ-{n}",)) for n in {each.document_id for each in chunks}]
    index = SearchIndex(build_lexical_index(chunks), manuals.index.glossary, names)
    yield time_one("HydroDiag, words", lambda q: retrieve(index, q), asked, start)
    if with_vectors:
        start = time.perf_counter()
        with in_chroma(index, chunks) as both:
            yield time_one("HydroDiag, words and Chroma", lambda q: retrieve(both, q), asked, start)
    start = time.perf_counter()
    for title, way in build_peers(chunks, with_vectors=with_vectors).items():
        yield time_one(title, way, asked, start)


def time_one(
    title: str, ask: Callable[[str], object], asked: Sequence[str], start: float
) -> Timing:
    """The first few questions warm up what is read once an index, as in a running process."""
    build_s = time.perf_counter() - start
    for question in asked[:5]:
        ask(question)
    elapsed = []
    for question in asked:
        begin = time.perf_counter()
        ask(question)
        elapsed.append(1000 * (time.perf_counter() - begin))
    p50, p95 = np.percentile(elapsed, [50, 95])
    return Timing(title, build_s, float(p50), float(p95))


def make_chunks(manuals: JudgedManuals, count: int) -> list[IndexedChunk]:
    """Manuals of 200 chunks in one language each: sentences mixed, numbers and codes changed."""
    chance = random.Random(4)  # noqa: S311
    sentences = {
        language: [
            sentence
            for chunk in manuals.chunks
            if chunk.language == language
            for sentence in re.split(r"(?<=[.;|])\s", chunk.text)
        ]
        for language in ("en", "ru")
    }
    return [make_chunk(number, chance, sentences) for number in range(count)]


def make_chunk(number: int, chance: random.Random, sentences: dict[str, list[str]]) -> IndexedChunk:
    document = number // 200 + 1
    language = ("en", "ru")[document % 2]
    mixed = " ".join(chance.choices(sentences[language], k=9))
    changed = re.sub(r"\d+", lambda m: str(chance.randrange(1, 10 ** len(m.group()) + 9)), mixed)
    return IndexedChunk(number, document, language, f"XQ-{document}\n{changed}", number // 2)


if __name__ == "__main__":
    main()
