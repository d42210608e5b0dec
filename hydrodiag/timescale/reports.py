"""What the lifecycle functions return: frozen, and JSON-safe through `to_dict()`."""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any


def to_json(value: Any) -> Any:
    """Dataclasses as dicts, instants in ISO 8601, spans in seconds, tuples as lists."""
    if is_dataclass(value):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        return [to_json(each) for each in value]
    return value


class Report:
    def to_dict(self) -> dict[str, Any]:
        converted: dict[str, Any] = to_json(self)
        return converted


@dataclass(frozen=True)
class Span:
    """From `start` up to, but without, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Chunk:
    """`name` is schema-qualified; `has_broken_range`: some clock put it outside 2000..2100.

    `approx_rows` is an estimate from the planner's statistics or the pages. `is_sealed`: its
    rows lie in order of sensor and time (CLUSTER). `is_partial`: compressed, late rows are not.
    """

    name: str
    start: datetime
    end: datetime
    size_bytes: int
    approx_rows: int | None
    is_compressed: bool
    is_sealed: bool
    created_at: datetime | None
    has_broken_range: bool
    is_partial: bool = False


@dataclass(frozen=True)
class KeptChunk:
    chunk: Chunk
    reason: str


@dataclass(frozen=True)
class FailedChunk:
    chunk: Chunk
    error: str


@dataclass(frozen=True)
class FailedSpan:
    span: Span
    error: str


@dataclass(frozen=True)
class PartitionPlan(Report):
    """`missing`: ranges of the chunks that a dry run would make; `created`: those that a run made.

    `existing`: the chunks that already lay in the range.
    """

    table: str
    range: Span
    chunk_interval: timedelta
    existing: tuple[Chunk, ...]
    created: tuple[Chunk, ...]
    missing: tuple[Span, ...]
    interval_changed: bool
    dry_run: bool
    failed: tuple[FailedSpan, ...] = ()


@dataclass(frozen=True)
class CleanupReport(Report):
    """`dropped`: what went, or in a dry run what would go. `kept`: old chunks that stay, and why.

    `busy`: chunks that others were using all the time; the next run takes them. `refusal`: why
    the run would refuse unless forced; only a dry run reports it. `table_…`: before the run.
    """

    table: str
    retention_period: timedelta
    cutoff_at: datetime
    dropped: tuple[Chunk, ...]
    kept: tuple[KeptChunk, ...]
    busy: tuple[Chunk, ...]
    failed: tuple[FailedChunk, ...]
    dry_run: bool
    refusal: str = ""
    table_chunks: int = 0
    table_rows: int = 0

    @property
    def freed_bytes(self) -> int:
        return sum(chunk.size_bytes for chunk in self.dropped)

    @property
    def approx_rows(self) -> int:
        return sum(chunk.approx_rows or 0 for chunk in self.dropped)

    @property
    def plan_key(self) -> str:
        """Changes whenever the list of chunks does: a confirmation holds for one list only."""
        return plan_key(self.dropped)

    def to_dict(self) -> dict[str, Any]:
        extra = {"freed_bytes": self.freed_bytes, "approx_rows": self.approx_rows}
        return {**super().to_dict(), **extra, "plan_key": self.plan_key}


@dataclass(frozen=True)
class CompressedChunk:
    """`chunk` as it was before; compressed, `before_bytes` is the size of its rows as rows."""

    chunk: Chunk
    before_bytes: int
    after_bytes: int

    @property
    def ratio(self) -> float | None:
        return self.before_bytes / self.after_bytes if self.after_bytes else None


@dataclass(frozen=True)
class CompressReport(Report):
    """`mode` says what really happens here: `compress`, `seal` or `unavailable` (see `reason`).

    `planned`: chunks that a dry run found and a run takes; `waiting`: more of them, left for the
    next run.
    """

    table: str
    mode: str
    reason: str
    planned: tuple[Chunk, ...]
    done: tuple[CompressedChunk, ...]
    waiting: int
    busy: tuple[Chunk, ...]
    failed: tuple[FailedChunk, ...]
    dry_run: bool

    @property
    def state(self) -> str:
        states = {"compress": "compressed", "seal": "sealed: ordered by sensor, no space saved"}
        return states.get(self.mode, "not available on this edition")

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "state": self.state}


@dataclass(frozen=True)
class Growth:
    """`basis` says where the figure is from: stored samples or the closed chunks."""

    bytes_per_day: float
    rows_per_day: float
    basis: str


@dataclass(frozen=True)
class Policy(Report):
    """None in `compress_after`: never compressed; in `retain_for`: kept for ever."""

    table_name: str
    chunk_interval: timedelta
    compress_after: timedelta | None
    retain_for: timedelta | None
    apache_mode: str = "skip"
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True)
class Hold(Report):
    """`until_at` None: until it is released."""

    id: int
    table_name: str
    start_at: datetime
    end_at: datetime
    reason: str
    until_at: datetime | None
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class HypertableStats(Report):
    """Sizes in bytes; `approx_rows` is an estimate of the planner's statistics.

    `before_compression_bytes` and `after_…` are of the compressed chunks; None on an edition
    without compression.
    """

    table: str
    time_column: str
    chunk_interval: timedelta
    table_bytes: int
    index_bytes: int
    toast_bytes: int
    total_bytes: int
    approx_rows: int
    chunks: tuple[Chunk, ...]
    before_compression_bytes: int | None
    after_compression_bytes: int | None
    growth: Growth | None
    projected_bytes: float | None
    suggested_interval: timedelta | None
    policy: Policy | None = None

    @property
    def compressed_chunks(self) -> int:
        return sum(chunk.is_compressed for chunk in self.chunks)

    @property
    def oldest_at(self) -> datetime | None:
        return self.chunks[0].start if self.chunks else None

    @property
    def newest_at(self) -> datetime | None:
        return self.chunks[-1].end if self.chunks else None

    @property
    def compression_ratio(self) -> float | None:
        if not self.before_compression_bytes or not self.after_compression_bytes:
            return None
        return self.before_compression_bytes / self.after_compression_bytes

    def to_dict(self) -> dict[str, Any]:
        extra = {"compressed_chunks": self.compressed_chunks, "oldest_at": to_json(self.oldest_at)}
        return {
            **super().to_dict(),
            **extra,
            "newest_at": to_json(self.newest_at),
            "compression_ratio": self.compression_ratio,
        }


@dataclass(frozen=True)
class HealthCheck:
    """`status` is ok, warning or failing; `value` and `limit` are for people, with units."""

    id: str
    title: str
    status: str
    value: str
    limit: str = ""
    hint: str = ""


@dataclass(frozen=True)
class HealthReport(Report):
    checks: tuple[HealthCheck, ...]

    @property
    def status(self) -> str:
        states = {check.status for check in self.checks}
        return next((each for each in ("failing", "warning") if each in states), "ok")

    def find(self, check_id: str) -> HealthCheck | None:
        return next((check for check in self.checks if check.id == check_id), None)

    def to_dict(self) -> dict[str, Any]:
        return {"status": self.status, **super().to_dict()}


def plan_key(chunks: tuple[Chunk, ...]) -> str:
    names = "\n".join(sorted(chunk.name for chunk in chunks))
    return hashlib.sha256(names.encode()).hexdigest()[:16]
