"""Lines of several programs on one terminal."""

import io
import signal
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.console import Console, LineSplitter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


@pytest.fixture
def nohup() -> Iterator[None]:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def measured_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_every_line_says_whose_it_is() -> None:
    stream = io.StringIO()
    Console(stream).write("app", "one\ntwo")
    assert stream.getvalue() == "app       | one\napp       | two\n"


def test_only_a_terminal_gets_colours() -> None:
    stream = Terminal()
    Console(stream).write("app", "one")
    assert stream.getvalue() == "\x1b[36mapp       | \x1b[0mone\n"


def test_under_nohup_lines_that_nobody_reads_are_not_kept(
    nohup: None, measured_memory: None
) -> None:
    console = Console(Closed())
    for _ in range(1000):
        console.write("app", "x" * 10_000)
    kept_bytes, _ = tracemalloc.get_traced_memory()
    assert kept_bytes < 1_000_000


@given(st.text(alphabet="aä\n ", max_size=40), st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_where_the_chunks_end(text: str, cuts: list[int]) -> None:
    data = text.encode()
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    splitter = LineSplitter()
    lines = [line for start, end in pairwise(edges) for line in splitter.feed(data[start:end])]
    lines += splitter.finish()
    assert "\n".join(lines) == text.removesuffix("\n")
