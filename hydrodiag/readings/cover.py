"""Which stored form answers which part of a window: rollups where they are true, else raw.

A span is a pair of microseconds, its end exclusive; spans in a list are ordered and disjoint.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hydrodiag.readings.windows import DAY_US, HOUR_US, MINUTE_US, ceil_us, floor_us

Span = tuple[int, int]
RAW = "raw"


@dataclass(frozen=True)
class Level:
    """A rollup: its name, the width of its buckets, and what it is made from."""

    name: str
    width_us: int
    table: str
    next_name: str | None


LEVELS = (
    Level("1m", MINUTE_US, "sensor_data_1m", "1h"),
    Level("1h", HOUR_US, "sensor_data_1h", "1d"),
    Level("1d", DAY_US, "sensor_data_1d", None),
)
LEVEL_NAMES = tuple(level.name for level in LEVELS)


def build_cover(
    window: Span, pending: Mapping[str, Iterable[Span]], coarsest: str
) -> dict[str, list[Span]]:
    """Cut `window` into spans for each rollup up to `coarsest` and for RAW.

    `pending` maps a rollup's name to what it has not taken up; that counts for the coarser
    ones as well. Each part goes to the coarsest rollup that has it whole.
    """
    usable = LEVELS[: LEVEL_NAMES.index(coarsest) + 1] if coarsest != RAW else ()
    stale: list[Span] = []
    stale_at: dict[str, list[Span]] = {}
    for level in usable:
        stale = align_outward([*stale, *pending.get(level.name, ())], level.width_us)
        stale_at[level.name] = stale
    rest, cover = [window], {}
    for level in reversed(usable):
        cover[level.name] = align_inward(subtract(rest, stale_at[level.name]), level.width_us)
        rest = subtract(rest, cover[level.name])
    return {**cover, RAW: rest}


def merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for lo, hi in sorted(spans):
        if merged and lo <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(hi, merged[-1][1]))
        else:
            merged.append((lo, hi))
    return merged


def align_outward(spans: Iterable[Span], width_us: int) -> list[Span]:
    """The buckets that the spans touch."""
    return merge((floor_us(lo, width_us), ceil_us(hi, width_us)) for lo, hi in spans)


def align_inward(spans: Iterable[Span], width_us: int) -> list[Span]:
    """The buckets that lie wholly in one of the spans."""
    inner = ((ceil_us(lo, width_us), floor_us(hi, width_us)) for lo, hi in spans)
    return [(lo, hi) for lo, hi in inner if lo < hi]


def subtract(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What of `spans` is in none of `holes`."""
    left: list[Span] = []
    for start, hi in spans:
        lo = start
        for hole_lo, hole_hi in holes:
            if hole_hi <= lo or hole_lo >= hi:
                continue
            if hole_lo > lo:
                left.append((lo, hole_lo))
            lo = hole_hi
        if lo < hi:
            left.append((lo, hi))
    return left
