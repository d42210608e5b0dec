"""DOCX and XLSX."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hydrodiag.manuals.parsed import Block, BlockKind
from hydrodiag.manuals.parsing.headings import find_level, is_item
from hydrodiag.manuals.parsing.refusal import ManualRefused
from hydrodiag.manuals.parsing.table_text import build_table

STYLE_LEVEL = re.compile(r"(?:heading|заголовок)\s*(\d)", re.IGNORECASE)
MOST_CELLS = 200_000


def read_docx(path: Path) -> tuple[str, list[Block]]:
    """The title of its properties, and its body in order."""
    import docx

    document = docx.Document(str(path))
    blocks = [block for each in document.iter_inner_content() for block in _read_part(each)]
    return document.core_properties.title or "", blocks


def _read_part(part: Any) -> Iterator[Block]:
    if hasattr(part, "rows"):
        rows = [[cell.text for cell in _unmerged(row)] for row in part.rows]
        yield from filter(None, [build_table(rows)])
        return
    text = " ".join(part.text.split())
    if not text:
        return
    style = part.style.name if part.style is not None else ""
    styled = STYLE_LEVEL.match(style or "")
    level = int(styled[1]) if styled else 1 if style == "Title" else find_level(text)
    if level:
        yield Block(BlockKind.HEADING, text, level)
    else:
        is_list = "list" in (style or "").lower() or is_item(text)
        yield Block(BlockKind.LIST_ITEM if is_list else BlockKind.PARAGRAPH, text)


def _unmerged(row: Any) -> Iterator[Any]:
    """A merged cell comes once for each column that it covers."""
    previous = None
    for cell in row.cells:
        if previous is None or cell._tc is not previous._tc:
            yield cell
        previous = cell


def read_xlsx(path: Path, name: str) -> list[Block]:
    """Each sheet a heading and a table."""
    import fastexcel

    book = fastexcel.read_excel(str(path))
    blocks: list[Block] = []
    cells = 0
    for sheet_name in book.sheet_names:
        sheet = book.load_sheet(sheet_name, header_row=None, dtypes="string")
        cells += sheet.width * sheet.total_height
        if cells > MOST_CELLS:
            raise ManualRefused(
                f"{name} has more than {MOST_CELLS:,} cells.",
                hint="Readings go to the page Data; keep only the tables that people look up.",
            )
        table = build_table(sheet.to_polars().rows()) if sheet.width else None
        if table:
            blocks += [Block(BlockKind.HEADING, sheet_name, 1), table]
    return blocks
