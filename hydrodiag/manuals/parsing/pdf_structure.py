"""Lines of PDF pages to blocks: headings by size, running headers left out, tables in place."""

import re
from collections import Counter

from hydrodiag.manuals.parsed import Block, BlockKind, Page
from hydrodiag.manuals.parsing.headings import build_blocks, find_level, is_item
from hydrodiag.manuals.parsing.pdf import Line, RawPage, body_size

MARGIN = 0.12  # of the page's height: where running headers and footers stand
FEWEST_REPEATS = 3
REPEATED_ON = 0.4  # of all pages
LARGER = 1.15
LONGEST_HEADING = 120
DIGITS = re.compile(r"\d+")
PAGE_NUMBER = re.compile(
    r"^(?:page|стр\.?|страница|с\.|-)?\s*\d{1,4}\s*(?:-|/|of|из)?\s*\d{0,4}\s*-?$", re.IGNORECASE
)


def build_pages(raw: list[RawPage]) -> list[Page]:
    repeated = _find_repeated(raw)
    usual = body_size(raw)
    sizes = _rank_sizes(raw, usual)
    return [
        Page(page.number, tuple(_build_blocks(page, repeated, sizes)), page.label, page.is_scanned)
        for page in raw
    ]


def _find_repeated(raw: list[RawPage]) -> set[str]:
    """Lines at the top or bottom of many pages, whatever number stands in them."""
    counts = Counter(
        key
        for page in raw
        for key in {_key(line) for line in page.lines if _is_marginal(line, page)}
    )
    least = max(FEWEST_REPEATS, REPEATED_ON * len(raw))
    return {key for key, count in counts.items() if count >= least}


def _key(line: Line) -> str:
    return DIGITS.sub("0", line.text.lower())


def _is_marginal(line: Line, page: RawPage) -> bool:
    share = line.top_pt / page.height_pt if page.height_pt else 0.5
    return share < MARGIN or share > 1 - MARGIN


def _is_running(line: Line, page: RawPage, repeated: set[str], sizes: dict[float, int]) -> bool:
    """A title in large letters is no header, though headers may repeat its words."""
    if not _is_marginal(line, page) or round(line.size_pt, 1) in sizes:
        return False
    return _key(line) in repeated or bool(PAGE_NUMBER.match(line.text))


def _rank_sizes(raw: list[RawPage], usual: float) -> dict[float, int]:
    """The level of each size that is clearly larger than the usual one, the largest first."""
    sizes = {round(line.size_pt, 1) for page in raw for line in page.lines}
    larger = sorted((size for size in sizes if usual and size >= LARGER * usual), reverse=True)
    return {size: min(level, 4) for level, size in enumerate(larger, 1)}


def _build_blocks(page: RawPage, repeated: set[str], sizes: dict[float, int]) -> list[Block]:
    blocks: list[Block] = []
    held: list[str] = []
    placed: set[int] = set()
    previous: Line | None = None
    for line in page.lines:
        if _is_running(line, page, repeated, sizes):
            continue
        table = _find_table(line, page)
        if table is not None:
            if table not in placed:
                blocks += [*build_blocks(held), page.tables[table].block]
                held = []
                placed.add(table)
            continue
        level = _find_level(line, sizes)
        if level:
            blocks += [*build_blocks(held), Block(BlockKind.HEADING, line.text, level)]
            held = []
        else:
            if previous and _starts_anew(previous, line):
                held.append("")
            held.append(line.text)
        previous = line
    rest = [table.block for number, table in enumerate(page.tables) if number not in placed]
    return [*blocks, *build_blocks(held), *rest]


def _find_table(line: Line, page: RawPage) -> int | None:
    for number, table in enumerate(page.tables):
        if table.top_pt - 2 <= line.top_pt <= table.bottom_pt and _is_in(line, table.block):
            return number
    return None


def _is_in(line: Line, table: Block) -> bool:
    """A column beside a table stands at the same height; its words are not in the table."""
    words = line.text.split()
    return bool(words) and all(word in table.text for word in words)


def _find_level(line: Line, sizes: dict[float, int]) -> int:
    by_words = find_level(line.text)
    if by_words:
        return by_words
    by_size = sizes.get(round(line.size_pt, 1), 0)
    is_title = len(line.text) <= LONGEST_HEADING and any(c.isalpha() for c in line.text)
    return by_size if by_size and is_title and not is_item(line.text) else 0


def _starts_anew(previous: Line, line: Line) -> bool:
    """A gap of more than about a line and a half."""
    size = line.size_pt or previous.size_pt
    return bool(size) and line.top_pt - previous.top_pt > 1.9 * size
