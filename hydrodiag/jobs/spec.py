"""What a job is, and what it is given when it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from hydrodiag.config import Settings
from hydrodiag.db import Database


class Queue(StrEnum):
    MAINTENANCE = "maintenance"
    DIAGNOSTICS = "diagnostics"
    AI_TASKS = "ai_tasks"
    USERS = "users"


class JobContext(Protocol):
    """What a running job may use; `params` are those of the request, empty on schedule."""

    @property
    def run_id(self) -> int: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...

    def report(self, fraction: float | None, message: str) -> None:
        """Show progress, 0..1 or None where unknown; cheap to call often."""

    def should_stop(self) -> bool:
        """Whether to end soon, because of a person or a shutdown; what is done stays done."""


@dataclass(frozen=True)
class JobSpec:
    """`run` returns what page and history show; its key `state` says a state that is no failure.

    `cadence` is None for a job that runs on request only. Transient errors are tried
    `max_attempts` times in all.
    """

    id: str
    title: str
    description: str
    queue: Queue
    cadence: str | None
    run: Callable[[JobContext], Mapping[str, Any]]
    max_attempts: int = 3
