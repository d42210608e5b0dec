import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest import open_source
from tests.unit.readings.ingest.catalogs import all_rows, overflow

CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n"),
    max_size=8,
)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30)
HEAD = "time;PS1;TS1\n"
DATA = "2026-01-01 00:00:00;1,5;20\n2026-01-01 00:00:01;1,6;21\n"


def written(rows: list[tuple[str, str, str]], delimiter: str, line_end: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(("time", "sensor", "value"))
    writer.writerow(("2026-01-01 00:00:00", "PS1", "1"))
    writer.writerows(rows)
    return text.getvalue()


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(("\n", "\r\n")), st.integers(1, 400))
def test_any_block_size_gives_the_same_rows(
    rows: list[tuple[str, str, str]], delimiter: str, line_end: str, block_bytes: int
) -> None:
    with open_source(written(rows, delimiter, line_end).encode()) as source:
        source.block_bytes = block_bytes
        read = all_rows(source)
    assert [tuple(cell or "" for cell in row) for row in read][1:] == [
        tuple(cell.replace("\r\n", "\n") for cell in row) for row in rows
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 99), min_size=1, max_size=60), st.integers(1, 300))
def test_lines_and_texts_are_those_of_the_file(values: list[int], block_bytes: int) -> None:
    lines = ["time,sensor,value", *(f'2026-01-01,"a\nb",{value}' for value in values)]
    text = "\n".join(lines) + "\n"
    found = []
    with open_source(text.encode()) as source:
        source.block_bytes = block_bytes
        for block in source.blocks():
            found += block.texts.locate(np.arange(block.frame.height))
    assert [line for line, _ in found] == [2 + 2 * n for n in range(len(values))]
    assert [raw for _, raw in found] == lines[1:]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Zeit;Temperatur Öl\n"),
        ("utf-8-sig", "Zeit;Temperatur Öl\n"),
        ("utf-16", "Zeit;Temperatur Öl\n"),
        ("utf-16-le", "Zeit;Temperatur Öl\n"),
        ("utf-16-be", "Zeit;Temperatur Öl\n"),
        ("latin-1", "Zeit;Temperatur Öl\n"),
        ("cp1251", "Время;Температура масла\n"),
        ("utf-8", "Время;Температура масла\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_recognised(encoding: str, text: str, line_end: str) -> None:
    content = (text + "2026-01-01 00:00;20\n" * 500).replace("\n", line_end).encode(encoding)
    with open_source(content) as source:
        source.block_bytes = 1001
        assert source.columns == tuple(text.strip().split(";"))
        assert all_rows(source) == [("2026-01-01 00:00", "20")] * 500


def test_a_sign_beyond_the_sample_does_not_break_an_ascii_file() -> None:
    rows = "2026-01-01 00:00;20;\n" * 20_000
    content = f"time;PS1;note\n{rows}".encode() + "2026-01-01 00:01;21;40 °C\n".encode("latin-1")
    with open_source(content) as source:
        assert all_rows(source)[-1] == ("2026-01-01 00:01", "21", "40 °C")


@pytest.mark.parametrize(
    "before",
    [
        "",
        "Device: HPU 7\n\n",
        "Device;HPU 7;;\nExported;2026-01-02;;\n;;\n",
        "# comment\n# another, with a comma\n\n\n",
    ],
)
def test_lines_above_the_header_are_passed_over(before: str) -> None:
    with open_source((before + HEAD + DATA).encode()) as source:
        assert source.columns == ("time", "PS1", "TS1")
        assert len(all_rows(source)) == 2
        (block,) = source.blocks()
        assert block.first_line == before.count("\n") + 2


def test_a_row_of_units_joins_the_header() -> None:
    with open_source(f"{HEAD};bar;°C\n{DATA}".encode()) as source:
        assert source.columns == ("time", "PS1 [bar]", "TS1 [°C]")
        assert len(all_rows(source)) == 2


def test_a_file_without_a_header_gets_numbered_columns() -> None:
    with open_source(DATA.encode()) as source:
        assert source.columns == ("column 1", "column 2", "column 3")
        assert len(all_rows(source)) == 2


def test_repeated_and_empty_names_are_made_unique() -> None:
    with open_source(b"time,PS1,PS1,\n2026-01-01 00:00,1,2,3\n2026-01-01 00:01,1,2,3\n") as source:
        assert source.columns == ("time", "PS1", "PS1 (2)", "column 4")


def test_short_and_long_rows_keep_their_places() -> None:
    content = f"{HEAD}{DATA}2026-01-01 00:00:02\n2026-01-01 00:00:03;1;2;3\n".encode()
    with open_source(content) as source:
        rows = all_rows(source)
        assert rows[2] == ("2026-01-01 00:00:02", None, None)
        assert overflow(source) == [None, None, None, "3"]


def test_a_stray_quote_is_an_ordinary_sign() -> None:
    content = (HEAD + DATA * 3 + '2026-01-01 00:00:02;5" hose;2\n' + DATA).encode()
    with open_source(content) as source:
        rows = all_rows(source)
    assert len(rows) == 9
    assert rows[6][1] == '5" hose'


def test_an_unclosed_quote_does_not_swallow_the_rest() -> None:
    content = (HEAD + DATA * 3 + '2026-01-01 00:00:02;"oops;2\n' + DATA * 100).encode()
    with open_source(content) as source:
        assert len(all_rows(source)) == 207


@pytest.mark.parametrize("text", ["only one column\n1\n2\n", "time;PS1\n", "\n\n \n"])
def test_what_holds_no_table_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        open_source(text.encode(), "x.csv")
