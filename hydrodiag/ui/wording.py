"""Counts, sizes, spans and instants as people read them; instants are shown in UTC."""

from datetime import datetime, timedelta

NOTHING = "–"
SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def format_count(count: int | None) -> str:
    """Thousands apart by a narrow blank: `1 234 567`."""
    return NOTHING if count is None else f"{count:,}".replace(",", "\u202f")


def format_estimate(count: int | None) -> str:
    """A count that is only known about: three figures of it."""
    if count is None or abs(count) < 1000:
        return format_count(count)
    unit = 10 ** (len(str(abs(count))) - 3)
    return format_count(round(count / unit) * unit)


def format_bytes(size_bytes: float | None) -> str:
    """In powers of 1000, three figures."""
    if size_bytes is None:
        return NOTHING
    size, step = float(size_bytes), 0
    while abs(size) >= 999.5 and step < len(SIZES) - 1:
        size, step = size / 1000, step + 1
    digits = 0 if step == 0 or abs(size) >= 100 else 1
    return f"{size:.{digits}f} {SIZES[step]}"


def format_span(span: timedelta | None) -> str:
    """The two largest parts that count: `3 d 4 h`, `12 min`, `0.4 s`."""
    if span is None:
        return NOTHING
    seconds = abs(span.total_seconds())
    if seconds < 1:
        return "0 s" if seconds < 0.001 else f"{seconds:.2g} s"
    parts, rest = [], round(seconds)
    for size, unit in SPANS:
        count, rest = divmod(rest, size)
        parts.append((count, unit))
    first = next(index for index, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def format_instant(instant: datetime | None) -> str:
    return NOTHING if instant is None else f"{instant:%Y-%m-%d %H:%M:%S}"


def format_away(instant: datetime | None, now: datetime) -> str:
    """How long ago, or in how long: `3 min ago`, `in 2 h 10 min`."""
    if instant is None:
        return NOTHING
    if abs(instant - now) < timedelta(seconds=1):
        return "now"
    away = format_span(instant - now)
    return f"in {away}" if instant > now else f"{away} ago"


def join_count(count: int, one: str, many: str) -> str:
    """`1 chunk`, `3 chunks`."""
    return f"{format_count(count)} {one if count == 1 else many}"
