"""How fast a table grows, how large it will be, and how long its chunks should be: arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hydrodiag.timescale.reports import Chunk, Growth, Policy

DAY = timedelta(days=1)
LEAST_SAMPLED = timedelta(hours=6)
RECENT_CHUNKS = 4
# How much longer or shorter than the present interval a suggestion may be.
LEAST_FACTOR, MOST_FACTOR = 0.05, 4.0
# A chunk whose index is smaller says nothing about a sensible interval.
TELLING_INDEX_BYTES = 1 << 20
ROUND_INTERVALS = tuple(
    timedelta(hours=hours)
    for hours in (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672, 2160, 4320, 8760)
)


@dataclass(frozen=True)
class Sample:
    sampled_at: datetime
    total_bytes: int
    approx_rows: int


def build_growth(
    samples: Sequence[Sample], chunks: Iterable[Chunk], now: datetime
) -> Growth | None:
    """From stored samples if they span long enough, else from the newest closed chunks."""
    if samples and samples[-1].sampled_at - samples[0].sampled_at >= LEAST_SAMPLED:
        return _sampled_growth(samples)
    return data_rate(chunks, now)


def data_rate(chunks: Iterable[Chunk], now: datetime) -> Growth | None:
    """Size of a day of readings in row form, by the newest closed chunks with readings."""
    closed = [each for each in chunks if each.end <= now and _has_plain_rows(each)]
    recent = closed[-RECENT_CHUNKS:]
    days = sum((each.end - each.start for each in recent), timedelta()) / DAY
    if not days:
        return None
    size_bytes = sum(each.size_bytes for each in recent)
    rows = sum(each.approx_rows or 0 for each in recent)
    return Growth(size_bytes / days, rows / days, f"the newest {len(recent)} closed chunks")


def project_size(rate: Growth | None, policy: Policy | None, ratio: float | None) -> float | None:
    """Bytes once the table is as old as its retention allows; `ratio` of compression or None.

    Chunks go as a whole, so readings live one chunk longer than the period.
    """
    if rate is None or policy is None or policy.retain_for is None:
        return None
    lifetime = policy.retain_for + policy.chunk_interval
    plain = lifetime
    if ratio and policy.compress_after is not None:
        plain = min(policy.compress_after + policy.chunk_interval, lifetime)
    return rate.bytes_per_day * (plain / DAY + (lifetime - plain) / DAY / (ratio or 1.0))


def suggest_interval(interval: timedelta, index_bytes: int, memory_bytes: int) -> timedelta | None:
    """The longest round interval whose chunk keeps its indexes in memory; None: no telling yet.

    Rule of TimescaleDB's documentation: the indexes of the newest chunks fit into memory.
    """
    if index_bytes < TELLING_INDEX_BYTES:
        return None
    factor = min(max(memory_bytes / index_bytes, LEAST_FACTOR), MOST_FACTOR)
    fitting = [each for each in ROUND_INTERVALS if each <= interval * factor]
    return fitting[-1] if fitting else ROUND_INTERVALS[0]


def _sampled_growth(samples: Sequence[Sample]) -> Growth:
    """What was added; what retention and compression took away between is not counted."""
    days = (samples[-1].sampled_at - samples[0].sampled_at) / DAY
    added = sum(max(b.total_bytes - a.total_bytes, 0) for a, b in pairwise(samples))
    rows = sum(max(b.approx_rows - a.approx_rows, 0) for a, b in pairwise(samples))
    return Growth(added / days, rows / days, f"samples of the last {days:.1f} days")


def _has_plain_rows(chunk: Chunk) -> bool:
    return bool(chunk.approx_rows) and not chunk.is_compressed and not chunk.has_broken_range
