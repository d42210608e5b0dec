"""What a job is run with, without a scheduler."""

from types import SimpleNamespace
from typing import Any

from hydrodiag.db import Database


def job_context(database: Database, **params: object) -> Any:
    """Nobody follows its progress, and nobody stops it."""
    return SimpleNamespace(
        database=database, params=params, run_id=1, report=lambda *_: None,
        should_stop=lambda: False,
    )  # fmt: skip
