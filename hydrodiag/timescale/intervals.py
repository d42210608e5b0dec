"""Spans of time that make sense, checked before any SQL: TimescaleDB itself takes nonsense.

2.19 accepts a chunk interval of minus one day, after which every insert fails, and a negative
retention period, which means everything.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hydrodiag.errors import InvalidInput, RetentionGuard
from hydrodiag.timescale.reports import Span

FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2100, 1, 1, tzinfo=UTC)
SHORTEST_CHUNK = timedelta(minutes=1)
LONGEST_CHUNK = timedelta(days=366)
LONGEST_SPAN = timedelta(days=36_525)
RETENTION_FLOOR = timedelta(days=1)
SHORTEST_AGE = timedelta(hours=1)
MOST_CHUNKS = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def check_range(start: datetime, end: datetime) -> Span:
    for name, instant in (("start", start), ("end", end)):
        if not isinstance(instant, datetime) or instant.tzinfo is None:
            raise InvalidInput(f"{name} has to be an instant with a time zone, not {instant!r}.")
        if not FIRST_INSTANT <= instant <= LAST_INSTANT:
            raise InvalidInput(
                f"{name} is {instant.isoformat()}; readings lie between 2000 and 2100."
            )
    if not start < end:
        raise InvalidInput(
            f"start ({start.isoformat()}) is not before end ({end.isoformat()}).",
            hint="Swap them.",
        )
    return Span(start.astimezone(UTC), end.astimezone(UTC))


def check_chunk_interval(interval: timedelta, shortest: timedelta = SHORTEST_CHUNK) -> timedelta:
    return check_span("chunk interval", interval, shortest, LONGEST_CHUNK)


def check_chunk_count(wanted: Span, interval: timedelta) -> None:
    count = (wanted.end - wanted.start) / interval
    if count > MOST_CHUNKS:
        raise InvalidInput(
            f"The range needs about {count:.0f} chunks of {spell(interval)}; "
            f"{MOST_CHUNKS} are the limit.",
            hint="Choose a shorter range or a longer chunk interval.",
        )


def check_retention(period: timedelta, *, force: bool) -> timedelta:
    """Raises RetentionGuard below the floor, which `force` lifts."""
    check_span("retention period", period, timedelta(microseconds=1), LONGEST_SPAN)
    if period < RETENTION_FLOOR and not force:
        raise RetentionGuard(
            f"A retention period of {spell(period)} is under the floor of "
            f"{spell(RETENTION_FLOOR)}.",
            hint="Force it if you mean it.",
        )
    return period


def check_compression_age(age: timedelta) -> timedelta:
    return check_span("compression age", age, SHORTEST_AGE, LONGEST_SPAN)


def check_span(name: str, span: timedelta, least: timedelta, most: timedelta) -> timedelta:
    if not isinstance(span, timedelta):
        raise InvalidInput(f"The {name} has to be a span of time, not {span!r}.")
    if not least <= span <= most:
        raise InvalidInput(
            f"The {name} is {spell(span)}; it has to lie between {spell(least)} and {spell(most)}."
        )
    return span


def spell(span: timedelta | None) -> str:
    """`7 days`, `12 hours`, `90 seconds`; `for ever` for None."""
    if span is None:
        return "for ever"
    for name, unit in UNITS:
        if span and span % unit == timedelta(0):
            count = span // unit
            return f"{count} {name}{'' if abs(count) == 1 else 's'}"
    return f"{span.total_seconds():.15g} seconds"


def plan_chunks(wanted: Span, interval: timedelta, taken: Iterable[Span]) -> list[Span]:
    """The chunks TimescaleDB makes for `wanted` beside those that are `taken`.

    It lays them on multiples of the interval since 1970 and cuts them to the free gap.
    """
    ordered = sorted(taken, key=lambda span: span.start)
    planned: list[Span] = []
    cursor = wanted.start
    while cursor < wanted.end:
        covering = next((span for span in ordered if span.start <= cursor < span.end), None)
        if covering is None:
            planned.append(_cut(_aligned(cursor, interval), cursor, ordered))
        cursor = (covering or planned[-1]).end
    return planned


def _aligned(instant: datetime, interval: timedelta) -> Span:
    start = EPOCH + (instant - EPOCH) // interval * interval
    return Span(start, start + interval)


def _cut(span: Span, around: datetime, taken: list[Span]) -> Span:
    before = (each.end for each in taken if each.end <= around)
    after = (each.start for each in taken if each.start > around)
    return Span(max(span.start, *before, span.start), min(span.end, *after, span.end))
