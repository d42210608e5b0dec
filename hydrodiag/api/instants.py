"""Times of requests, texts or numbers, as microseconds since 1970 UTC."""

from collections.abc import Sequence

import polars as pl

from hydrodiag.readings.ingest.batch import Int
from hydrodiag.readings.ingest.instants import NO_TIME
from hydrodiag.readings.ingest.mapping import Clock
from hydrodiag.readings.ingest.times import parse_times

CLOCKS = {"s": Clock.EPOCH_S, "ms": Clock.EPOCH_MS, "us": Clock.EPOCH_US, "ns": Clock.EPOCH_NS}
NUMBER = r"^\s*[+-]?\d+(\.\d*)?([eE][+-]?\d+)?\s*$"
# Programs write the year first; a day or month first would be guessed.
YEAR_FIRST = r"^\s*\d{4}[-/.]\d"


def read_times(texts: Sequence[str], time_unit: str) -> Int:
    """NO_TIME where a text is no time; texts without an offset are UTC."""
    column = pl.Series(texts, dtype=pl.String)
    is_number = column.str.contains(NUMBER)
    dated = column.set(~column.str.contains(YEAR_FIRST), None)
    times = parse_times(dated, Clock.DAY_FIRST, "UTC")
    if not is_number.any():
        return times
    counts = column.set(~is_number, None).str.strip_chars()
    from_counts = parse_times(counts, CLOCKS[time_unit], "UTC")
    merged = times.copy()
    merged[is_number.to_numpy()] = from_counts[is_number.to_numpy()]
    return merged


def ticks_to_us(ticks: int, per_us: float) -> int:
    """A count of ticks of `per_us` microseconds each; NO_TIME where it is absurd."""
    exact = ticks * int(per_us) if per_us >= 1 else ticks // round(1 / per_us)
    return exact if abs(exact) < 2**62 else NO_TIME
