"""Chunks of a day each, to vary in tests."""

from datetime import UTC, datetime, timedelta

from hydrodiag.timescale import Chunk, CleanupReport
from hydrodiag.timescale.reports import KeptChunk

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def chunk_of_day(days_ago: int, **facts: object) -> Chunk:
    """From midnight to midnight; 0 is the day that is open now."""
    start = NOW.replace(hour=0) - days_ago * DAY
    plain: dict[str, object] = {
        "name": f"_timescaledb_internal._hyper_1_{100 - days_ago}_chunk",
        "start": start,
        "end": start + DAY,
        "size_bytes": 25_000_000,
        "approx_rows": 1_234_567,
        "is_compressed": False,
        "is_sealed": False,
        "created_at": start,
        "has_broken_range": False,
    }
    return Chunk(**(plain | facts))


def cleanup_of(dropped: tuple[Chunk, ...] = (), kept: tuple[KeptChunk, ...] = ()) -> CleanupReport:
    return CleanupReport("sensor_data", 30 * DAY, NOW - 30 * DAY, dropped, kept, (), (), True)
