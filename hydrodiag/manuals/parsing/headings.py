"""Lines of plain text as headings, steps and list items."""

import re

from hydrodiag.manuals.parsed import Block, BlockKind

NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,3}){0,4})\.?\s+(?=[A-ZА-ЯЁ])")
CHAPTER = re.compile(r"^(chapter|section|part|appendix|глава|раздел|часть|приложение)\s+\w+",
                     re.IGNORECASE)  # fmt: skip
ITEM = re.compile(r"^(?:[-–—•▪●*·‣◦]|\(?\d{1,2}[.)]|[a-zа-я][.)])\s+(?=\S)")
ENDS_A_SENTENCE = (".", ":", ";", ",", "!", "?")
LONGEST_HEADING = 90
FEWEST_CAPITALS = 4


def find_level(line: str) -> int:
    """1 and up for a heading by its own words, 0 for anything else.

    "3.2 Bleeding" is one; "3. Close the valve." is a step: it ends a sentence.
    """
    if len(line) > LONGEST_HEADING or line.endswith(ENDS_A_SENTENCE):
        return 0
    if numbered := NUMBERED.match(line):
        depth = numbered[1].count(".") + 1
        return depth if depth > 1 or _reads_like_title(line[numbered.end() :]) else 0
    if CHAPTER.match(line):
        return 1
    letters = [letter for letter in line if letter.isalpha()]
    is_shouted = len(letters) >= FEWEST_CAPITALS and all(letter.isupper() for letter in letters)
    return 1 if is_shouted and " " in line.strip() and "|" not in line else 0


def is_item(line: str) -> bool:
    return bool(ITEM.match(line))


def build_blocks(lines: list[str]) -> list[Block]:
    """Paragraphs end at empty lines; items and headings stand for themselves."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    kind = BlockKind.PARAGRAPH

    def close() -> None:
        nonlocal kind
        if paragraph:
            blocks.append(Block(kind, join_lines(paragraph)))
            paragraph.clear()
        kind = BlockKind.PARAGRAPH

    for raw in lines:
        line = raw.strip()
        level = find_level(line) if line else 0
        if not line:
            close()
        elif level:
            close()
            blocks.append(Block(BlockKind.HEADING, line, level))
        elif is_item(line):
            close()
            kind = BlockKind.LIST_ITEM
            paragraph.append(line)
        else:
            paragraph.append(line)
    close()
    return blocks


def join_lines(lines: list[str]) -> str:
    """One line; a word that was hyphenated at the end of a line is whole again."""
    text = ""
    for line in lines:
        if text.endswith("-") and len(text) > 1 and text[-2].isalpha() and line[:1].islower():
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text else line
    return text.replace("\u00ad", "")


def _reads_like_title(words: str) -> bool:
    return len(words.split()) <= 8
