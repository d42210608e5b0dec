"""How well questions with known answers are answered: figures for a version and its settings."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.retrieval.fusion import Weights
from hydrodiag.manuals.retrieval.retriever import RetrievedPassages, SearchIndex, retrieve
from hydrodiag.manuals.retrieval.verdicts import Floor, Verdict, default_floor

LOOKED_AT = 10
ANSWER_RECALL = 0.9
VECTOR_WEIGHTS = (0.0, 0.1, 0.2, 0.4, 0.7, 1.0)
FEWEST_TO_CALIBRATE = 5
SURE = 0.9  # an answer above what nine of ten questions without one reach is no weak one


@dataclass(frozen=True)
class EvaluationItem:
    """`relevant` are names of passages or of pages; empty: the manuals do not answer it."""

    question: str
    relevant: frozenset[str]
    kind: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Ranking:
    """`recall_at_1`, `recall_at_5`: share of questions with a relevant passage among so many."""

    questions: int
    recall_at_1: float
    recall_at_5: float
    mrr: float


@dataclass(frozen=True)
class Refusal:
    """None where there are no questions to tell from."""

    precision: float | None
    recall: float | None
    answer_recall: float | None


@dataclass(frozen=True)
class Evaluation:
    ranking: Ranking
    by_kind: Mapping[str, Ranking]
    refusal: Refusal
    latency_p50_ms: float
    latency_p95_ms: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Outcome:
    """`rank` counts from 0, None: not among the passages looked at."""

    item: EvaluationItem
    rank: int | None
    found: RetrievedPassages
    elapsed_ms: float


# what the ids of chunks are called in `relevant`: a passage's own id, or its document and page
NamesOf = Callable[[int], Iterable[str]]


def load_items(path: Path, kind: str = "") -> list[EvaluationItem]:
    """From JSON lines: question, relevant or pages (doc and page), perhaps type and previous.

    Raises InvalidInput naming the line that is none.
    """
    items = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            pages = (f"{each['doc']}:{each['page']}" for each in row.get("pages", ()))
            known = row["relevant"] if "pages" not in row else row.get("relevant", ())
            relevant = frozenset([*map(str, known), *pages])
            items.append(
                EvaluationItem(
                    row["question"], relevant, row.get("type", kind), row.get("previous", "")
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f"{path.name}, line {number} is no question.",
                hint='Write {"question": "…", "relevant": ["…"]} on each line.',
            ) from error
    return items


def evaluate(index: SearchIndex, items: Sequence[EvaluationItem], names_of: NamesOf) -> Evaluation:
    return summarise(run_items(index, items, names_of))


def run_items(
    index: SearchIndex, items: Iterable[EvaluationItem], names_of: NamesOf
) -> list[Outcome]:
    outcomes = []
    for item in items:
        start = time.perf_counter()
        found = retrieve(index, item.question, k=LOOKED_AT, previous=item.previous)
        elapsed_ms = 1000 * (time.perf_counter() - start)
        outcomes.append(Outcome(item, _find_rank(item, found, names_of), found, elapsed_ms))
    return outcomes


def summarise(outcomes: Sequence[Outcome]) -> Evaluation:
    asked: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if each.item.relevant:
            asked[each.item.kind].append(each)
    latencies = [each.elapsed_ms for each in outcomes] or [0.0]
    return Evaluation(
        ranking=_rank([each for kind in asked.values() for each in kind]),
        by_kind={kind: _rank(each) for kind, each in asked.items()},
        refusal=_judge_refusals(outcomes),
        latency_p50_ms=float(np.percentile(latencies, 50)),
        latency_p95_ms=float(np.percentile(latencies, 95)),
    )


def calibrate_floor(outcomes: Sequence[Outcome], chunks: int) -> Floor:
    """The floor under which a tenth of the answerable questions fall; the default for too few."""
    answerable = sorted(each.found.evidence.strength for each in outcomes if each.item.relevant)
    refused = [each.found.evidence.strength for each in outcomes if not each.item.relevant]
    usual = default_floor(chunks)
    if min(len(answerable), len(refused)) < FEWEST_TO_CALIBRATE:
        return usual
    refuse = answerable[int((1 - ANSWER_RECALL) * len(answerable))]
    return replace(usual, refuse=refuse, answer=max(refuse, float(np.quantile(refused, SURE))))


def pick_weights(
    index: SearchIndex, items: Sequence[EvaluationItem], names_of: NamesOf
) -> tuple[Weights, dict[float, float]]:
    """The least weight of vectors with the best MRR, and the MRR of each weight tried."""
    tried: dict[float, float] = {}
    for weight in VECTOR_WEIGHTS if index.vectors else (0.0,):
        weights = replace(index.weights, vectors=weight)
        tried[weight] = evaluate(replace(index, weights=weights), items, names_of).ranking.mrr
    best = max(tried, key=lambda weight: (round(tried[weight], 6), -weight))
    return replace(index.weights, vectors=best), tried


def _find_rank(item: EvaluationItem, found: RetrievedPassages, names_of: NamesOf) -> int | None:
    """Chunks that were joined to a passage take a place each: joining gains nothing here."""
    chunks = (
        chunk
        for passage in found.passages
        for chunk in sorted(passage.chunk_ids, key=lambda each: each != passage.found_id)
    )
    ranks = (n for n, chunk in enumerate(chunks) if item.relevant.intersection(names_of(chunk)))
    return next(ranks, None)


def _rank(outcomes: Sequence[Outcome]) -> Ranking:
    ranks = [each.rank for each in outcomes]
    count = max(1, len(ranks))
    return Ranking(
        questions=len(ranks),
        recall_at_1=sum(rank == 0 for rank in ranks) / count,
        recall_at_5=sum(rank is not None and rank < 5 for rank in ranks) / count,
        mrr=sum(1 / (rank + 1) for rank in ranks if rank is not None) / count,
    )


def _judge_refusals(outcomes: Sequence[Outcome]) -> Refusal:
    def count(*, is_refused: bool, has_answer: bool) -> int:
        return sum(
            (each.found.verdict is Verdict.NOT_IN_MANUALS) is is_refused
            and bool(each.item.relevant) is has_answer
            for each in outcomes
        )

    right, missed = (count(is_refused=each, has_answer=False) for each in (True, False))
    wrong, answered = (count(is_refused=each, has_answer=True) for each in (True, False))
    return Refusal(
        precision=_share(right, wrong),
        recall=_share(right, missed),
        answer_recall=_share(answered, wrong),
    )


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
