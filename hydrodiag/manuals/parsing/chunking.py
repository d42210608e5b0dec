"""Pages of blocks to chunks: a passage with its headings, small enough to be found for itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hydrodiag.manuals.parsed import Block, BlockKind, Chunk, Page, ParsedManual
from hydrodiag.manuals.parsing.language import guess_language
from hydrodiag.manuals.parsing.table_text import Rows, write_rows

CHUNKER_VERSION = 1
LONGEST = 900
SHORTEST = 200
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZА-ЯЁ0-9«\"(])")
DEEPEST = 6


@dataclass
class _Cutter:
    manual: ParsedManual
    path: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def cut(self, page: Page) -> Iterator[Chunk]:
        held: list[Block] = []
        for block in page.blocks:
            if block.kind is BlockKind.HEADING:
                yield from self._close(held, page.number)
                self._enter(block)
            elif block.kind is BlockKind.TABLE:
                caption = self._take_caption(held)
                yield from self._close(held, page.number)
                yield from self._cut_table(block, caption, page.number)
            else:
                if held and _length(held) + len(block.text) > LONGEST:
                    last = held[-1]
                    yield from self._close(held, page.number)
                    held.extend(_overlap(last))
                held.append(block)
        yield from self._close(held, page.number)

    def _enter(self, heading: Block) -> None:
        while self.path and self.path[-1][0] >= heading.level:
            self.path.pop()
        self.path.append((heading.level, heading.text))
        del self.path[:-DEEPEST]

    def _take_caption(self, held: list[Block]) -> str:
        """The line right above a table says what it is about."""
        if held and len(held[-1].text) <= 120:
            return held.pop().text
        return ""

    def _close(self, held: list[Block], page: int) -> Iterator[Chunk]:
        if held:
            kind = held[0].kind
            for text in _split_long("\n".join(block.text for block in held)):
                yield self._build(page, kind, text)
            held.clear()

    def _cut_table(self, table: Block, caption: str, page: int) -> Iterator[Chunk]:
        for rows in _group_rows(table.rows, LONGEST - len(caption)):
            text = write_rows(rows)
            yield self._build(page, BlockKind.TABLE, f"{caption}\n{text}" if caption else text)

    def _build(self, page: int, kind: BlockKind, text: str) -> Chunk:
        language = guess_language(text) or self.manual.language
        path = tuple(name for _, name in self.path)
        chunk = Chunk(self.count, page, path, language, kind, text)
        self.count += 1
        return chunk


def cut_chunks(manual: ParsedManual) -> list[Chunk]:
    """In the order of the manual. Headings last from page to page, chunks do not."""
    cutter = _Cutter(manual)
    return [chunk for page in manual.pages for chunk in cutter.cut(page)]


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) + 1 for block in blocks)


def _overlap(last: Block) -> list[Block]:
    """The last sentence again, so that what refers to it is found with it."""
    if last.kind is not BlockKind.PARAGRAPH:
        return []
    sentences = SENTENCE_END.split(last.text)
    is_short = len(sentences) > 1 and len(sentences[-1]) <= SHORTEST
    return [Block(BlockKind.PARAGRAPH, sentences[-1])] if is_short else []


def _split_long(text: str) -> Iterator[str]:
    """Between sentences or lines; a sentence longer than a chunk is cut between words."""
    held = ""
    for piece in _pieces(text):
        if held and len(held) + len(piece) + 1 > LONGEST:
            yield held
            held = ""
        joint = "" if not held else "\n" if piece.startswith("\n") else " "
        held += joint + piece.strip()
    if held:
        yield held


def _pieces(text: str) -> Iterator[str]:
    """Sentences, and parts of those that are too long; a line break stays before its line."""
    for number, line in enumerate(text.split("\n")):
        parts = [part for sentence in SENTENCE_END.split(line) for part in _cut_words(sentence)]
        for place, part in enumerate(parts):
            yield f"\n{part}" if number and place == 0 else part


def _cut_words(sentence: str) -> Iterator[str]:
    rest = sentence
    while len(rest) > LONGEST:
        cut = rest.rfind(" ", SHORTEST, LONGEST)
        cut = LONGEST if cut < 0 else cut
        yield rest[:cut]
        rest = rest[cut:].strip()
    yield rest


def _group_rows(rows: Rows, longest: int) -> Iterator[Rows]:
    """Whole rows, each group under the header again."""
    header, body = rows[:1], rows[1:]
    if not body:
        yield rows
        return
    held: list[tuple[str, ...]] = []
    length = len(write_rows(header))
    for row in body:
        size = len(write_rows((row,))) + 1
        if held and length + size > longest:
            yield (*header, *held)
            held, length = [], len(write_rows(header))
        held.append(row)
        length += size
    yield (*header, *held)
