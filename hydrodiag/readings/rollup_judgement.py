"""What can be judged of a rollup, and which of its buckets are not what they are made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Any

from sqlalchemy import Connection, Row

from hydrodiag.db import NamedQueries
from hydrodiag.readings.cover import LEVEL_NAMES, LEVELS, Level, Span, align_inward, merge
from hydrodiag.readings.windows import from_us
from hydrodiag.readings.windows import to_us as us

SQL = NamedQueries(__file__, "rollup_audit.sql")
# Sums of the same numbers in another order differ in their last digits.
SUM_TOLERANCE = 1e-9
Buckets = Mapping[datetime, Row[Any]]


@dataclass(frozen=True)
class Place:
    """Buckets of one sensor and level side by side; the span is in microseconds."""

    sensor_id: int
    level: Level
    span: Span

    @property
    def values(self) -> dict[str, object]:
        start_us, end_us = self.span
        start_at, end_at = from_us(start_us), from_us(end_us)
        return {"sensor_id": self.sensor_id, "start_at": start_at, "end_at": end_at}


@dataclass(frozen=True)
class Fault:
    """A bucket that is `wrong`, `missing`, or a `ghost`: stored, with no readings behind it."""

    kind: str
    sensor_id: int
    level: str
    bucket_at: datetime

    def __str__(self) -> str:
        return (
            f"sensor {self.sensor_id}, {self.level} bucket of "
            f"{self.bucket_at:%Y-%m-%d %H:%M} UTC: {self.kind}"
        )


def list_judged_spans(connection: Connection, level: Level, window: Span) -> list[Span]:
    """The whole buckets in `window` that can be recomputed.

    Where retention has dropped what they were made from, or may have and a late reading has
    made a new chunk, the rollup knows more than its source.
    """
    place = LEVELS.index(level)
    source = LEVELS[place - 1].table if place else "sensor_data"
    rows = connection.execute(SQL["list_kept_spans"], {"source": source, "rollup": level.table})
    spans = merge((us(row.start_at), us(row.end_at)) for row in rows if row.start_at < row.end_at)
    inside = [(max(lo, window[0]), min(hi, window[1])) for lo, hi in spans]
    return align_inward(inside, level.width_us)


def list_faults(connection: Connection, place: Place) -> list[Fault]:
    """Buckets with something pending are not judged."""
    level = place.level.name
    upto = list(LEVEL_NAMES[: LEVEL_NAMES.index(level) + 1])
    pending = connection.execute(SQL["list_pending"], {**place.values, "levels": upto}).all()
    truth = _load(connection, f"recompute_{level}", place)
    stored = _load(connection, f"list_stored_{level}", place)
    return [
        Fault(kind, place.sensor_id, level, bucket_at)
        for bucket_at, kind in _compare(truth, stored)
        if not _touches(pending, us(bucket_at), place.level.width_us)
    ]


def _load(connection: Connection, block: str, place: Place) -> Buckets:
    return {row.bucket_at: row for row in connection.execute(SQL[block], place.values)}


def _compare(truth: Buckets, stored: Buckets) -> Iterator[tuple[datetime, str]]:
    for bucket_at in sorted({*truth, *stored}):
        if bucket_at not in stored:
            yield bucket_at, "missing"
        elif bucket_at not in truth:
            yield bucket_at, "ghost"
        elif not _is_same(truth[bucket_at], stored[bucket_at]):
            yield bucket_at, "wrong"


def _is_same(truth: Row[Any], stored: Row[Any]) -> bool:
    exact = ("n", "vmin", "vmax", "vlast")
    if any(getattr(truth, name) != getattr(stored, name) for name in exact):
        return False
    largest = max(abs(truth.vmin), abs(truth.vmax))
    most = SUM_TOLERANCE * largest * float(truth.n)
    # Of a constant only the last digits of its sums are left.
    spread = max(truth.vmax - truth.vmin, SUM_TOLERANCE * largest)
    return _is_near(truth.vsum, stored.vsum, most) and _is_near(
        truth.vssd, stored.vssd, most * spread
    )


def _is_near(truth: float, stored: float, most: float) -> bool:
    """What is not known is not wrong."""
    return bool(truth == stored or isnan(truth) or isnan(stored) or abs(truth - stored) <= most)


def _touches(pending: Sequence[Row[Any]], bucket_us: int, width_us: int) -> bool:
    return any(us(row.lo) < bucket_us + width_us and us(row.hi) > bucket_us for row in pending)
