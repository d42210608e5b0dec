"""Columns of times, in the forms that instruments write, as microseconds since 1970 UTC."""

import re

import numpy as np
import polars as pl

from hydrodiag.readings.ingest.batch import Float, Int
from hydrodiag.readings.ingest.instants import NO_TIME
from hydrodiag.readings.ingest.mapping import Clock

EPOCH_UNIT_US = {Clock.EPOCH_S: 1e6, Clock.EPOCH_MS: 1e3, Clock.EPOCH_US: 1.0}
# Excel counts days from 30 December 1899; its fractions are good for milliseconds.
EXCEL_EPOCH_DAYS = 25_569
DAY_MS = 86_400_000
MAX_FORMATS = 24
BLANKS = ' \t\u00a0\u202f"'
SHAPE = re.compile(
    r"(?P<date>\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{8}"
    r"|\d{1,2}([-/.])\d{1,2}\3\d{4}|\d{1,2}([-/.])\d{1,2}\4\d{2}"
    r"|\d{1,2}[- /.][A-Za-z]{3}[- /.]\d{4})"
    r"(?:(?P<gap>T|,? )(?P<clock>\d{1,2}:\d{2}(?::\d{2})?|\d{6}|\d{4})"
    r"(?P<fraction>[.,]\d{1,9})?(?P<half> ?[AaPp][Mm])?(?P<offset> ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|"
    r"[+-]\d{2}))?)?$"
)


def parse_times(column: pl.Series, clock: Clock, zone: str) -> Int:
    """Instants of a column; NO_TIME where one cannot be read or does not exist in `zone`."""
    if isinstance(column.dtype, pl.Datetime | pl.Date):
        return _to_us(_localise(column.cast(_datetime_type(column.dtype)), zone))
    if clock in EPOCH_UNIT_US or clock in (Clock.EXCEL, Clock.EPOCH_NS):
        return _parse_counts(column, clock, zone)
    return _to_us(parse_texts(column.cast(pl.String), clock, zone))


def join_date_and_time(date: pl.Series, time: pl.Series) -> pl.Series:
    """A date column and a time-of-day column as one text column.

    A date that came with a clock of its own (a spreadsheet's midnight) loses it.
    """
    day = date.cast(pl.String).str.strip_chars(BLANKS).str.replace(r"[ T]00:00:00(\.0+)?$", "")
    clock = time.cast(pl.String).str.strip_chars(BLANKS).str.replace(r"^\d{4}-\d\d-\d\d[ T]", "")
    return day + " " + clock


def _datetime_type(kind: pl.DataType) -> pl.Datetime:
    return pl.Datetime("us", getattr(kind, "time_zone", None))


def _parse_counts(column: pl.Series, clock: Clock, zone: str) -> Int:
    """Seconds, milliseconds or microseconds since 1970, or a spreadsheet's days."""
    if clock is Clock.EPOCH_NS:
        whole = column.cast(pl.Int64, strict=False)
        return _to_us(pl.Series((whole // 1000).cast(pl.Datetime("us"))))
    texts = column.str.replace(",", ".", literal=True) if column.dtype == pl.String else column
    counts = texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    if clock is Clock.EXCEL:
        days = _whole((counts - EXCEL_EPOCH_DAYS) * DAY_MS, 1000)
        return _to_us(_localise(days, zone))
    return _to_us(_whole(counts * EPOCH_UNIT_US[clock], 1))


def _whole(counts: Float, unit_us: int) -> pl.Series:
    """Counts rounded to whole ones, as instants; null where they are none or absurd."""
    possible = np.abs(counts) < 2**62 / unit_us
    whole = np.rint(np.where(possible, counts, 0.0)).astype(np.int64) * unit_us
    return pl.Series(whole).cast(pl.Datetime("us")).set(pl.Series(~possible), None)


def parse_texts(texts: pl.Series, clock: Clock, zone: str) -> pl.Series:
    """Instants without a zone (they are UTC), null where a text is no time."""
    parsed = _parse_like_first(texts, clock, zone)
    if parsed.null_count() == texts.null_count():
        return parsed
    rest = parsed.is_null() & texts.is_not_null()
    odd = texts.filter(rest).str.strip_chars(BLANKS)
    kinds = odd.str.replace_all(r"\d", "9").str.replace_all(r"[A-Za-z]{3,}", "Mon")
    found = pl.Series(values=[None] * len(odd), dtype=pl.Datetime("us"))
    for kind in kinds.drop_nulls().value_counts(sort=True).to_series(0).head(MAX_FORMATS):
        same = kinds == kind
        found = found.zip_with(~same.fill_null(value=False), _parse_same(odd, same, clock, zone))
    return parsed.scatter(rest.arg_true(), found)


def _parse_same(texts: pl.Series, which: pl.Series, clock: Clock, zone: str) -> pl.Series:
    """Times of the chosen texts, which look alike; null elsewhere."""
    chosen = pl.DataFrame({"text": texts, "chosen": which}).select(
        pl.when("chosen").then("text").otherwise(None)
    )
    return _parse_like_first(chosen.to_series(), clock, zone)


def _parse_like_first(texts: pl.Series, clock: Clock, zone: str) -> pl.Series:
    """Times of the texts written like the first one that is there."""
    first = next(iter(texts.drop_nulls().head(1)), "")
    pattern = find_pattern(first, clock)
    if pattern is None:
        return pl.Series(values=[None] * len(texts), dtype=pl.Datetime("us"))
    if "," in first:
        texts = texts.str.replace(r",(\d+)", ".$1")
    parsed = texts.str.to_datetime(pattern, time_unit="us", strict=False, ambiguous="null")
    if pattern.endswith(("Z", "UTC", "GMT")):
        return parsed
    return _localise(parsed, zone)


def find_pattern(text: str, clock: Clock) -> str | None:
    """The strptime pattern of a text, None if it is no time."""
    shape = SHAPE.match(text.strip(BLANKS))
    if shape is None:
        return None
    date = _date_pattern(shape["date"], clock)
    if shape["clock"] is None:
        return date
    offset = shape["offset"] or ""
    sign = re.sub(r"[+-]\d\d:?\d\d$", "%z", re.sub(r"[+-]\d\d$", "%#z", offset))
    return f"{date}{shape['gap']}{_clock_pattern(shape)}{sign}"


def _date_pattern(date: str, clock: Clock) -> str:
    if date.isdigit():
        return "%Y%m%d"
    first, separator, second, _, last = re.split(r"([-/. ])", date, maxsplit=2)
    other = date[len(first) + 1 + len(second)]
    if len(first) == 4:
        return f"%Y{separator}%m{separator}%d"
    year = "%Y" if len(last) == 4 else "%y"
    if second.isalpha():
        return f"%d{separator}%b{other}{year}"
    day_month = ("%m", "%d") if clock is Clock.MONTH_FIRST else ("%d", "%m")
    return f"{day_month[0]}{separator}{day_month[1]}{separator}{year}"


def _clock_pattern(shape: re.Match[str]) -> str:
    clock = shape["clock"]
    colon = ":" if ":" in clock else ""
    has_seconds = len(clock) == 6 if not colon else clock.count(":") == 2
    hour = "%I" if shape["half"] else "%H"
    pattern = f"{hour}{colon}%M" + (f"{colon}%S%.f" if has_seconds and not shape["half"] else "")
    if shape["half"]:
        pattern += (f"{colon}%S" if has_seconds else "") + shape["half"][:-2] + "%p"
    return pattern


def _localise(times: pl.Series, zone: str) -> pl.Series:
    """Instants without a zone; a local time that occurs twice or never becomes null."""
    kind = times.dtype
    if isinstance(kind, pl.Datetime) and kind.time_zone:
        return times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if zone == "UTC":
        return times
    local = times.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _to_us(times: pl.Series) -> Int:
    return times.cast(pl.Int64).fill_null(NO_TIME).to_numpy()
