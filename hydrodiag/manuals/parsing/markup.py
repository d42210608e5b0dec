"""HTML, Markdown and plain text."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from hydrodiag.manuals.parsed import Block, BlockKind
from hydrodiag.manuals.parsing.headings import build_blocks
from hydrodiag.manuals.parsing.table_text import build_table

DROPPED = ("script", "style", "nav", "iframe", "noscript", "template", "svg", "form", "head")
LEVELS = {f"h{level}": level for level in range(1, 7)}
LEAVES = ("p", "li", "pre", "blockquote", "dt", "dd", "figcaption", "caption")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
TABLE_RULE = re.compile(r"^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?$")
CODEPAGES = ("cp1251", "koi8-r", "cp866")
FREQUENT = frozenset("оеаинтсрвлк")


def read_text(path: Path) -> str:
    """Whatever its encoding: BOM, UTF-8, else the Cyrillic code page that reads most like words."""
    content = path.read_bytes()
    for bom, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(bom):
            return content.decode(name, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        decoded = [content.decode(name, "replace") for name in CODEPAGES]
        return max(decoded, key=_count_frequent)


def read_plain(path: Path) -> list[Block]:
    return build_blocks(read_text(path).splitlines())


def read_markdown(path: Path) -> list[Block]:
    blocks: list[Block] = []
    lines = read_text(path).splitlines()
    for is_table, group in groupby(lines, key=lambda line: line.lstrip().startswith("|")):
        if is_table:
            rows = [_split_row(line) for line in group if not TABLE_RULE.match(line.strip())]
            blocks.extend(filter(None, [build_table(rows)]))
        else:
            blocks.extend(_read_markdown_lines(list(group)))
    return blocks


def _read_markdown_lines(lines: list[str]) -> Iterator[Block]:
    held: list[str] = []
    for line in lines:
        if heading := HEADING.match(line.strip()):
            yield from build_blocks(held)
            held = []
            yield Block(BlockKind.HEADING, heading[2], len(heading[1]))
        else:
            held.append(re.sub(r"[*_`]{1,3}(\S[^*_`]*)[*_`]{1,3}", r"\1", line))
    yield from build_blocks(held)


def _split_row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_html(path: Path) -> tuple[str, list[Block]]:
    """Its title and what a reader sees; nothing of it is run or fetched."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(path.read_bytes(), "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for hidden in soup.find_all(DROPPED):
        hidden.decompose()
    for hidden in soup.find_all(_is_hidden):
        hidden.decompose()
    return title, list(_walk(soup.body or soup))


def _is_hidden(tag: Any) -> bool:
    return tag.has_attr("hidden") or bool(HIDDEN.search(str(tag.get("style") or "")))


def _walk(parent: Any) -> Iterator[Block]:
    for child in parent.children:
        name = getattr(child, "name", None)
        if name is None:
            text = " ".join(str(child).split()) if type(child).__name__ == "NavigableString" else ""
            if text:
                yield Block(BlockKind.PARAGRAPH, text)
        elif name in LEVELS:
            yield from _leaf(BlockKind.HEADING, child, LEVELS[name])
        elif name == "table":
            rows = [
                [cell.get_text(" ", strip=True) for cell in row.find_all(("td", "th"))]
                for row in child.find_all("tr")
            ]
            yield from filter(None, [build_table(rows)])
        elif name in LEAVES and not child.find(("table", "ul", "ol", "p")):
            kind = BlockKind.LIST_ITEM if name == "li" else BlockKind.PARAGRAPH
            yield from _leaf(kind, child)
        elif not child.find((*LEVELS, *LEAVES, "table", "div", "section")):
            yield from _leaf(BlockKind.PARAGRAPH, child)
        else:
            yield from _walk(child)


def _leaf(kind: BlockKind, tag: Any, level: int = 0) -> Iterator[Block]:
    text = " ".join(tag.get_text(" ").split())
    if text:
        yield Block(kind, text, level)


def _count_frequent(text: str) -> int:
    return sum(letter in FREQUENT for letter in text)
