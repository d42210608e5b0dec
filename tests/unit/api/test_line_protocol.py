"""Line protocol: what its writers write is read back, and nothing else breaks the reader."""

import string
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hydrodiag.api.line_protocol import (
    BadLineProtocol,
    Line,
    Point,
    Unreadable,
    parse_line,
    parse_lines,
    split_series,
)

# A writer cannot say a name that ends with a backslash, nor a line break in one.
SIGNS = st.characters(exclude_characters="\n\r\\\N{REPLACEMENT CHARACTER}", codec="utf-8")
NAMES = st.text(SIGNS, min_size=1, max_size=12).filter(
    lambda text: text == text.strip() and not text.startswith("#")
)
TEXTS = st.text(
    st.characters(exclude_characters="\r\N{REPLACEMENT CHARACTER}", codec="utf-8"), max_size=20
)
VALUES = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | TEXTS
    | st.integers(-(2**63), 2**63 - 1)
)
STAMPS = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)
FIELDS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def escape(name: str, signs: str = ",= ") -> str:
    return "".join(f"\\{sign}" if sign in signs else sign for sign in name)


def write_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}i"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def write(
    measurement: str, tags: dict[str, str], fields: dict[str, object], stamp: int | None
) -> str:
    series = escape(measurement, ", ") + "".join(
        f",{escape(key)}={escape(value)}" for key, value in tags.items()
    )
    parts = [series, ",".join(f"{escape(key)}={write_value(v)}" for key, v in fields.items())]
    return " ".join(parts if stamp is None else [*parts, str(stamp)])


@given(NAMES, st.dictionaries(NAMES, NAMES, max_size=3), FIELDS, STAMPS)
def test_what_a_writer_writes_is_read_back(
    measurement: str, tags: dict[str, str], fields: dict[str, object], stamp: int | None
) -> None:
    line = write(measurement, tags, fields, stamp)
    ((_, point),) = parse_lines(line.encode())  # type: ignore[misc]
    assert isinstance(point, Point)
    assert split_series(point.series) == (measurement, tags)
    assert dict(point.fields) == {
        key: float(value) if type(value) is int else value for key, value in fields.items()
    }
    assert point.stamp == stamp


@given(st.binary(max_size=300))
@example(b'"')
@example(b"a,b=c d=1\n#\n\n x")
def test_any_bytes_are_points_or_said_to_be_unreadable(content: bytes) -> None:
    for found in parse_lines(content):
        assert isinstance(found, Unreadable) or isinstance(found[1], Point)


@given(st.text(string.ascii_letters + '\\,= "1ti#', max_size=60))
def test_any_line_is_read_or_refused_with_a_reason(text: str) -> None:
    with suppress(BadLineProtocol):
        assert parse_line(text).fields


@given(st.lists(st.sampled_from(["m f=1 1", "m f=", 'm f="x 1', "", "# no"]), max_size=12))
def test_a_bad_line_takes_no_good_one_with_it(lines: list[str]) -> None:
    found = list(parse_lines("\n".join(lines).encode()))
    good = [each for each in found if not isinstance(each, Unreadable)]
    assert len(good) >= lines.count("m f=1 1") - _swallowed(lines)
    assert all(point == Point("m", (("f", 1.0),), 1) for _, point in good if len(point.fields) == 1
               and not isinstance(point.fields[0][1], str))  # fmt: skip


def _swallowed(lines: list[str]) -> int:
    """A text that is never closed takes nothing; two of them close each other's quotes."""
    return lines.count("m f=1 1") if lines.count('m f="x 1') > 1 else 0


@pytest.mark.parametrize(
    "line",
    [
        "m",
        "m ",
        "m f",
        "m f=",
        "m =1",
        ",t=1 f=1",
        "m,t f=1",
        "m,t= f=1",
        "m,=a f=1",
        "m, f=1",
        "m f=1,",
        "m f=1 1 1",
        "m f=1 1.5",
        "m f=1 noon",
        "m f=1_0",
        "m f=nan",
        "m f=inf",
        "m f=0x10",
        "m f=1.5i",
        "m f=--1",
        "m f=e5",
        "m f=yes",
        'm f="open',
        'm f="a"b',
        "m f=١",
    ],
)
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(BadLineProtocol):
        parse_line(line)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1.0), ("-1.5", -1.5), ("1.", 1.0), (".5", 0.5), ("+2e3", 2000.0), ("1E-2", 0.01),
        ("12i", 12.0), ("12u", 12.0), ("-3i", -3.0), ("t", True), ("FALSE", False),
        ('"a b,c=d"', "a b,c=d"), (r'"say \"hi\" \\ \n"', r'say "hi" \ \n'), ('""', ""),
    ],
)  # fmt: skip
def test_values_are_read_as_they_are_written(written: str, value: object) -> None:
    assert parse_line(f"m f={written} 5").fields == (("f", value),)


def test_lines_are_counted_where_they_begin() -> None:
    content = b'# by hand\n\nm f="two\nlines" 1\r\nm f=\nm f=2 2'
    found = list(parse_lines(content))
    assert [
        each.line.number if isinstance(each, Unreadable) else each[0].number for each in found
    ] == [3, 5, 6]
    assert found[2] == (Line(6, "m f=2 2"), Point("m", (("f", 2.0),), 2))


def test_a_long_line_takes_no_longer_than_its_length() -> None:
    """Would not end in a lifetime if names were tried in more than one way."""
    for sign in ("a", "\\a", "\\ ", ",a=b", "\\"):
        for parsed in parse_lines(("m," + sign * 20_000).encode()):
            assert isinstance(parsed, Unreadable)
