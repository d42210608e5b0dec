"""Reading and indexing as a job of the scheduler."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hydrodiag.config import Settings
from hydrodiag.jobs import JobContext, JobSpec, Queue
from hydrodiag.manuals.building import Store, build_if_needed, find_embedder
from hydrodiag.manuals.reading import read_waiting
from hydrodiag.manuals.retrieval.vectors import build_store

INDEX_MANUALS = "index_manuals"
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
    return {**result, "version": f"v_{version_id}" if version_id else "unchanged"}


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
)
