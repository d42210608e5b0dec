"""Lines of several programs on one terminal."""

import io
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.console import Console, LineSplitter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_every_line_says_whose_it_is() -> None:
    stream = io.StringIO()
    Console(stream).write("app", "one\ntwo")
    assert stream.getvalue() == "app       | one\napp       | two\n"


def test_only_a_terminal_gets_colours() -> None:
    stream = Terminal()
    Console(stream).write("app", "one")
    assert stream.getvalue() == "\x1b[36mapp       | \x1b[0mone\n"


@given(st.text(alphabet="aä\n ", max_size=40), st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_where_the_chunks_end(text: str, cuts: list[int]) -> None:
    data = text.encode()
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    splitter = LineSplitter()
    lines = [line for start, end in pairwise(edges) for line in splitter.feed(data[start:end])]
    lines += splitter.finish()
    assert "\n".join(lines) == text.removesuffix("\n")
