"""Judging from a sample which columns hold times and how they are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hydrodiag.readings.ingest.instants import NO_TIME
from hydrodiag.readings.ingest.mapping import Clock
from hydrodiag.readings.ingest.numbers import parse_numbers
from hydrodiag.readings.ingest.times import join_date_and_time, parse_times

TIME_NAMES = re.compile(
    r"time|date|datum|zeit|uhr|stamp|время|дата|^ts$|^t$|^dt$|epoch|unix", re.IGNORECASE
)
CLOCK_ONLY = r"^\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*$"
NUMERIC_DATE = re.compile(r"^\W*(\d{1,2})([-/.])(\d{1,2})\2\d{2,4}\b")
HAS_OFFSET = r"(?i)(z|utc|gmt|[+-]\d\d(:?\d\d)?)\s*$"
GOOD_SHARE = 0.8
# What counts since 1970 mean, by their size: the years 2001 to 2100.
COUNT_RANGES = (
    (Clock.EPOCH_S, 1e9, 4.1e9),
    (Clock.EPOCH_MS, 1e12, 4.1e12),
    (Clock.EPOCH_US, 1e15, 4.1e15),
    (Clock.EPOCH_NS, 1e18, 4.1e18),
    (Clock.EXCEL, 36_526, 73_415),
)


@dataclass(frozen=True)
class ClockGuess:
    """`is_order_open`: the sample fits day first and month first alike."""

    columns: tuple[str, ...] = ()
    clock: Clock = Clock.DAY_FIRST
    is_order_open: bool = False
    has_offset: bool = False
    question: str = ""


def guess_clock(sample: pl.DataFrame, columns: Sequence[str]) -> ClockGuess:
    """The time column: named like one and readable, else the first readable one."""
    named = [each for each in columns if TIME_NAMES.search(each)]
    for candidates, counts_too in ((named, True), (list(columns), False), (columns[:1], True)):
        for name in candidates:
            guess = _guess_column(sample, name, counts_too=counts_too)
            if guess:
                return _with_time_of_day(sample, columns, guess)
    return ClockGuess()


def _guess_column(sample: pl.DataFrame, name: str, *, counts_too: bool) -> ClockGuess | None:
    column = sample[name].drop_nulls()
    if isinstance(column.dtype, pl.Datetime | pl.Date) and len(column):
        offset = getattr(column.dtype, "time_zone", None) is not None
        return ClockGuess((name,), has_offset=offset)
    if counts_too and (clock := _find_counts(column)):
        return ClockGuess((name,), clock, has_offset=clock is not Clock.EXCEL)
    if column.dtype == pl.String and len(column):
        return _guess_texts(name, column)
    return None


def _find_counts(column: pl.Series) -> Clock | None:
    if not (column.dtype.is_numeric() or column.dtype == pl.String):
        return None
    values, _ = parse_numbers(column, ".")
    if np.isnan(values).all() and column.dtype == pl.String:
        values, _ = parse_numbers(column, ",")
    for clock, low, high in COUNT_RANGES:
        if len(values) and ((values >= low) & (values <= high)).mean() > GOOD_SHARE:
            return clock
    return None


def _guess_texts(name: str, column: pl.Series) -> ClockGuess | None:
    shares = {
        clock: float((parse_times(column, clock, "UTC") != NO_TIME).mean())
        for clock in (Clock.DAY_FIRST, Clock.MONTH_FIRST)
    }
    clock = max(shares, key=lambda each: shares[each])
    if shares[clock] < GOOD_SHARE:
        return None
    offset = _share(column, HAS_OFFSET) > GOOD_SHARE
    offset = offset and bool(column.str.contains(":").any())
    clock, is_open, question = _pick_order(name, column, shares)
    return ClockGuess((name,), clock, is_open, offset, question)


def _pick_order(
    name: str, column: pl.Series, shares: dict[Clock, float]
) -> tuple[Clock, bool, str]:
    """Day or month first: by numbers above 12, by dots, else by which order runs evenly."""
    dates = [found for text in column.to_list() if (found := NUMERIC_DATE.match(text))]
    firsts = {int(found[1]) for found in dates}
    seconds = {int(found[3]) for found in dates}
    best = max(shares, key=lambda each: shares[each])
    if not dates or any(found[2] == "." for found in dates):
        return Clock.DAY_FIRST, False, ""
    if max(firsts) > 12 or max(seconds) > 12:
        return best, False, ""
    even = _pick_even(column)
    return (
        even or Clock.DAY_FIRST,
        True,
        (
            f"The dates in {name!r} (like {column[0]!r}) could be day/month or month/day: "
            f"{'month' if even is Clock.MONTH_FIRST else 'day'} first is assumed."
        ),
    )


def _pick_even(column: pl.Series) -> Clock | None:
    """The order in which the times ascend over the shorter span, if only one does."""
    spans = {}
    for clock in (Clock.DAY_FIRST, Clock.MONTH_FIRST):
        times = parse_times(column, clock, "UTC")
        times = times[times != NO_TIME]
        if len(times) > 1 and np.all(np.diff(times) >= 0):
            spans[clock] = int(times[-1] - times[0])
    if len(set(spans.values())) < len(spans):
        return None
    return min(spans, key=lambda each: spans[each], default=None)


def _with_time_of_day(
    sample: pl.DataFrame, columns: Sequence[str], guess: ClockGuess
) -> ClockGuess:
    """Add a column with times of day if the found one holds dates alone."""
    date = sample[guess.columns[0]]
    if date.dtype != pl.String or guess.clock not in (Clock.DAY_FIRST, Clock.MONTH_FIRST):
        return guess
    if date.str.contains(r"\d:\d").any() and not _is_midnight(date):
        return guess
    for name in columns:
        other = sample[name]
        if name != guess.columns[0] and other.dtype == pl.String and _is_time_of_day(other):
            joined = join_date_and_time(date, other)
            if (parse_times(joined, guess.clock, "UTC") != NO_TIME).mean() > GOOD_SHARE:
                return ClockGuess(
                    (guess.columns[0], name),
                    guess.clock,
                    guess.is_order_open,
                    question=guess.question,
                )
    return guess


def _is_midnight(column: pl.Series) -> bool:
    return bool(column.drop_nulls().str.contains(r"[ T]00:00:00(\.0+)?\s*$").all())


def _is_time_of_day(column: pl.Series) -> bool:
    texts = column.drop_nulls().str.replace(r"^(1899-12-3[01]|1900-01-0\d)[ T]", "")
    return len(texts) > 0 and _share(texts, CLOCK_ONLY) > GOOD_SHARE


def _share(texts: pl.Series, pattern: str) -> float:
    return int(texts.str.contains(pattern).sum()) / max(1, len(texts))
