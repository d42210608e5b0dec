"""What reading a manual gives: pages of blocks, and the chunks cut from them."""

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """Judged by content, not by the name of the file."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"


@dataclass(frozen=True)
class Block:
    """`level` counts headings from 1; `rows` are the cells of a table, the first its header."""

    kind: BlockKind
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Page:
    """`number` counts from 1 as a PDF viewer does; `label` is what is printed, if known.

    A scanned page has a picture and next to no text of its own.
    """

    number: int
    blocks: tuple[Block, ...]
    label: str = ""
    is_scanned: bool = False


@dataclass(frozen=True)
class ParsedManual:
    """`has_pages` is false for kinds without them (all but PDF): their one page is number 1.

    `language` is an ISO 639-1 code ("en", "ru") or "" when there is no telling; `warnings` are
    sentences for the person who uploaded it.
    """

    kind: FileKind
    title: str
    language: str
    has_pages: bool
    pages: tuple[Page, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """A passage that is found as one: whole steps, whole table rows, never across pages.

    `ordinal` counts from 0 through the manual; `text` keeps table rows as `| a | b |` lines.
    """

    ordinal: int
    page: int
    heading_path: tuple[str, ...]
    language: str
    kind: BlockKind
    text: str
