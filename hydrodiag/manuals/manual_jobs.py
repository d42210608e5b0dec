"""Reading and indexing as a job of the scheduler."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hydrodiag.config import Settings
from hydrodiag.jobs import JobContext, JobSpec, Queue
from hydrodiag.manuals.building import Store, build_if_needed, find_embedder
from hydrodiag.manuals.judging import evaluate_active
from hydrodiag.manuals.own_questions import load_items
from hydrodiag.manuals.reading import read_waiting
from hydrodiag.manuals.retrieval.evaluation import Evaluation
from hydrodiag.manuals.retrieval.vectors import build_store
from hydrodiag.manuals.search import ManualSearch

INDEX_MANUALS = "index_manuals"
EVALUATE_INDEX = "evaluate_index"
FEWEST_QUESTIONS = 5
INDEX_FOLDER = "index"
READING_SHARE = 0.6


def run_index_manuals(context: JobContext) -> Mapping[str, Any]:
    """Reads what waits, then builds a new version where the active one is out of date."""

    def report_reading(fraction: float | None, message: str) -> None:
        context.report(fraction * READING_SHARE if fraction is not None else None, message)

    done = read_waiting(context.database, report_reading, context.should_stop)
    result = {"read": done.read, "refused": done.refused, "chunks": done.chunks}
    if done.was_stopped:
        return {"state": "stopped", **result}
    settings = context.settings
    version_id = build_if_needed(
        context.database, open_store(settings),
        find_embedder(settings.ollama_base_url, settings.default_embedding_model),
        context.report, context.should_stop,
    )  # fmt: skip
    if version_id is not None:
        _judge(context)
    return {**result, "version": f"v_{version_id}" if version_id else "unchanged"}


def run_evaluate_index(context: JobContext) -> Mapping[str, Any]:
    """The active index against the users' own questions; its floor follows what they say."""
    figures = _judge(context)
    if figures is None:
        return {"state": "skipped", "reason": f"fewer than {FEWEST_QUESTIONS} questions"}
    ranking = figures.ranking
    return {
        "questions": ranking.questions, "recall_at_1": ranking.recall_at_1,
        "recall_at_5": ranking.recall_at_5, "mrr": ranking.mrr,
        "refusal_recall": figures.refusal.recall, "answer_recall": figures.refusal.answer_recall,
        "latency_p95_ms": round(figures.latency_p95_ms, 1),
    }  # fmt: skip


def _judge(context: JobContext) -> Evaluation | None:
    items = load_items(context.database)
    if len(items) < FEWEST_QUESTIONS:
        return None
    context.report(None, f"Asking {len(items)} questions")
    search = ManualSearch(open_store(context.settings), context.settings.ollama_base_url)
    return evaluate_active(context.database, search, items, keep=True)


def open_store(settings: Settings) -> Store:
    return build_store(Path(settings.data_dir) / INDEX_FOLDER, settings.chroma_url)


JOBS: tuple[JobSpec, ...] = (
    JobSpec(
        id=INDEX_MANUALS,
        title="Index the manuals",
        description="Reads uploaded manuals and builds a new index version when something changed.",
        queue=Queue.AI_TASKS,
        cadence="every 10m",
        run=run_index_manuals,
    ),
    JobSpec(
        id=EVALUATE_INDEX,
        title="Judge the index of the manuals",
        description="Asks your own questions and keeps how many were answered with the version.",
        queue=Queue.AI_TASKS,
        cadence=None,
        run=run_evaluate_index,
    ),
)
