r"""InfluxDB line protocol, read: `measurement,tag=a field=1.5,other=2i 1700000000000000000`.

A backslash takes the meaning of comma, equals sign and blank in names, of the quote and of
itself in texts. A text may span lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Names end at a separator that no backslash precedes; each sign is read once, so that no
# line can make these take long.
NAME = r"(?:[^\\,= ]|\\.)+"
SERIES = re.compile(rf"(?:[^\\, ]|\\.)+(?:,{NAME}={NAME})*", re.DOTALL)
TAG = re.compile(rf",({NAME})=({NAME})", re.DOTALL)
FIELD = re.compile(rf'({NAME})=(?:"((?:[^"\\]|\\.)*)"|([^ ,"=]+))', re.DOTALL)
STAMP = re.compile(r" +(-?[0-9]{1,19}) *")
NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)", re.ASCII)
WHOLE = re.compile(r"([+-]?[0-9]{1,20})[iu]", re.ASCII)
ESCAPED_IN_NAME = re.compile(r"\\([,= ])")
ESCAPED_IN_TEXT = re.compile(r'\\(["\\])')
TRUTH = {
    **dict.fromkeys(("t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("f", "F", "false", "False", "FALSE"), False),
}
MOST_JOINED = 16
Value = float | bool | str


class BadLineProtocol(ValueError):
    """What is wrong with a line, in words."""


@dataclass(frozen=True, slots=True)
class Point:
    """`series` is measurement and tags as written; `stamp` None: the line has no time."""

    series: str
    fields: tuple[tuple[str, Value], ...]
    stamp: int | None


@dataclass(frozen=True)
class Line:
    number: int
    text: str


@dataclass(frozen=True)
class Unreadable:
    line: Line
    why: str


def parse_lines(content: bytes) -> Iterator[tuple[Line, Point] | Unreadable]:
    """Every line that is neither blank nor a comment, in order."""
    texts = content.split(b"\n")
    number = 0
    while number < len(texts):
        line, taken = _take_line(texts, number)
        number += taken
        if line.text and not line.text.startswith("#"):
            try:
                yield line, parse_line(line.text)
            except BadLineProtocol as error:
                yield Unreadable(line, str(error))


def _take_line(texts: list[bytes], start: int) -> tuple[Line, int]:
    """The next line, with those after it that end a text begun in it; how many these are."""
    first = _decode(texts[start])
    if first.count('"') % 2 and not first.lstrip().startswith("#"):
        joined = first
        for more in range(start + 1, min(start + MOST_JOINED, len(texts))):
            joined += "\n" + _decode(texts[more])
            if joined.count('"') % 2 == 0:
                if _is_readable(joined.strip()):
                    return Line(start + 1, joined.strip()), more - start + 1
                break
    return Line(start + 1, first.strip()), 1


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _is_readable(text: str) -> bool:
    try:
        parse_line(text)
    except BadLineProtocol:
        return False
    return True


def parse_line(text: str) -> Point:
    """Raises BadLineProtocol."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise BadLineProtocol("it is not UTF-8")
    series = SERIES.match(text)
    if series is None or text.startswith(","):
        raise BadLineProtocol("it does not begin with a measurement and its tags")
    end = series.end()
    if text[end : end + 1] != " ":
        raise BadLineProtocol(_where("its tags cannot be read", text, end))
    while text[end : end + 1] == " ":
        end += 1
    fields, end = _parse_fields(text, end)
    return Point(series[0], fields, _parse_stamp(text, end))


def split_series(series: str) -> tuple[str, dict[str, str]]:
    """Measurement and tags of a point's series."""
    tags = {_plain(found[1]): _plain(found[2]) for found in TAG.finditer(series)}
    measurement = re.match(r"(?:[^\\, ]|\\.)+", series, re.DOTALL)
    return _plain(measurement[0]) if measurement else "", tags


def _parse_fields(text: str, start: int) -> tuple[tuple[tuple[str, Value], ...], int]:
    fields: list[tuple[str, Value]] = []
    while True:
        found = FIELD.match(text, start)
        if found is None:
            raise BadLineProtocol(_where("there is no field", text, start))
        name, quoted, bare = found.groups()
        value = ESCAPED_IN_TEXT.sub(r"\1", quoted) if bare is None else _parse_value(bare)
        fields.append((_plain(name), value))
        start = found.end()
        if text[start : start + 1] != ",":
            return tuple(fields), start
        start += 1


def _parse_value(text: str) -> Value:
    if NUMBER.fullmatch(text):
        return float(text)
    if whole := WHOLE.fullmatch(text):
        return float(int(whole[1]))
    if text in TRUTH:
        return TRUTH[text]
    raise BadLineProtocol(f"{text[:40]!r} is no number, no true or false and no text in quotes")


def _parse_stamp(text: str, start: int) -> int | None:
    if not text[start:].strip(" "):
        return None
    found = STAMP.fullmatch(text, start)
    if found is None:
        raise BadLineProtocol(
            _where("after the fields stands no whole number as time", text, start)
        )
    return int(found[1])


def _plain(name: str) -> str:
    return ESCAPED_IN_NAME.sub(r"\1", name) if "\\" in name else name


def _where(what: str, text: str, position: int) -> str:
    return f"{what}, at sign {position + 1}: {text[position : position + 20]!r}"
