import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.ui.safe_text import chart_text, highlight, safe_label, safe_markdown, safe_text

ATTACKS = [
    "![x](http://evil.example/a.png)",
    "![x][ref]\n\n[ref]: http://evil.example/a.png",
    "[click](http://evil.example)",
    "<img src=http://evil.example/a.png>",
    "<http://evil.example>",
    "http://evil.example/a www.evil.example me@evil.example",
    "&lt;img src=x&gt; $\\href{http://evil.example}{x}$ $$x$$",
    ":red[x] :material/home: :smile:",
    "\u202e\u200bhttp://evil.example",
    "`code ![x](http://evil.example)`",
    "javascript:alert(1) data:text/html,x file:///etc/passwd mailto:me@evil.example",
]
LIVE = re.compile(
    r"(?<!\\)!\[|(?<!\\)\]\(|(?<!\\)<\w|(?<!\\)\$|https?://|www\.|\w@\w|:material/|:red|javascript:"
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("make", [safe_text, safe_markdown, safe_label])
def test_nothing_active_is_left_whole_or_in_part(make, attack: str) -> None:
    for end in range(1, len(attack) + 1):
        assert LIVE.search(make(attack[:end])) is None


@given(st.text())
def test_no_text_makes_it_fail_or_leaves_anything_active(text: str) -> None:
    for make in (safe_text, safe_markdown, safe_label):
        assert LIVE.search(make(text)) is None


def test_bold_lists_tables_and_citations_stay() -> None:
    text = "**265 bar** [1]\n\n- first\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert safe_markdown(text) == text.replace("[1]", r"\[1\]")


def test_marks_are_whole_pieces_of_the_text() -> None:
    shown = highlight("Set V1 to 265 bar. Seal it.", ["Set V1 to 265 bar."])
    assert shown.startswith(":orange-background[")
    assert "Seal it" in shown


def test_text_of_a_chart_is_one_short_line_without_tags() -> None:
    assert chart_text("<a href='x'>Pump & motor</a>\n1", 80) == (
        "&lt;a href='x'&gt;Pump &amp; motor&lt;/a&gt; 1"
    )
    assert chart_text("Proportional valve", 12) == "Proportiona…"
