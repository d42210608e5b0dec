"""PDF: text with sizes by pdfium, ruled tables by pdfplumber, scans by tesseract."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from hydrodiag.manuals.parsed import Block
from hydrodiag.manuals.parsing.refusal import ManualRefused
from hydrodiag.manuals.parsing.table_text import build_table

FEWEST_RULES = 6
SCANNED_BELOW = 20
LONGEST_PAGE = 20_000
LARGEST_PT = 14_400
OCR_DPI = 300
OCR_TIMEOUT_S = 60
POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Line:
    """`top_pt` counts from the top of the page; `size_pt` is that of its first letter."""

    text: str
    size_pt: float
    top_pt: float


@dataclass(frozen=True)
class Ruled:
    """A table and the part of the page that it takes, in points from the top."""

    block: Block
    top_pt: float
    bottom_pt: float


@dataclass(frozen=True)
class RawPage:
    """`height_pt` is that of the page: headers and footers are known by where they stand."""

    number: int
    label: str
    height_pt: float
    lines: tuple[Line, ...]
    tables: tuple[Ruled, ...]
    is_scanned: bool


def open_pdf(path: Path, name: str) -> Any:
    """Raises ManualRefused for what is locked or broken."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ManualRefused(
                f"{name} is locked with a password.", hint="Save it without a password."
            ) from error
        raise ManualRefused(
            f"{name} is damaged: no page of it can be read.", hint="Copy or export it again."
        ) from error


def each_page(path: Path, name: str, stripe: int, stripes: int) -> Iterator[tuple[int, RawPage]]:
    """Every `stripes`-th page from `stripe` on, with how many pages the whole file has."""
    pdf = open_pdf(path, name)
    total = len(pdf)
    tables = _Tables(path)
    try:
        for index in range(stripe, total, stripes):
            yield total, _read_page(pdf, index, tables)
    finally:
        tables.close()
        pdf.close()


def _read_page(pdf: Any, index: int, tables: "_Tables") -> RawPage:
    page = pdf[index]
    height = float(page.get_height())
    lines = tuple(_read_lines(page, height))
    has_picture, rules = _count_objects(page)
    is_scanned = has_picture and sum(len(line.text) for line in lines) < SCANNED_BELOW
    if is_scanned:
        lines = tuple(_read_scan(page, height))
    found = tuple(tables.find(index)) if rules >= FEWEST_RULES and not is_scanned else ()
    label = pdf.get_page_label(index)
    page.close()
    return RawPage(index + 1, label, height, lines, found, is_scanned)


def _read_lines(page: Any, height_pt: float) -> Iterator[Line]:
    from pypdfium2 import raw

    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range(0, min(text_page.count_chars(), LONGEST_PAGE))
        start = 0
        for part in text.split("\n"):
            line = part.replace("\r", "").replace("\ufffe", "-").replace("\x02", "-").strip()
            if line:
                first = start + len(part) - len(part.lstrip())
                size = float(raw.FPDFText_GetFontSize(text_page, first))
                box = text_page.get_charbox(first) if first < text_page.count_chars() else None
                top = height_pt - box[3] if box else 0.0
                yield Line(line, size, top)
            start += len(part) + 1
    finally:
        text_page.close()


def _count_objects(page: Any) -> tuple[bool, int]:
    """Whether there is a picture, and how many drawn paths."""
    from pypdfium2 import raw

    has_picture, paths = False, 0
    for thing in page.get_objects(max_depth=2):
        has_picture = has_picture or thing.type == raw.FPDF_PAGEOBJ_IMAGE
        paths += thing.type == raw.FPDF_PAGEOBJ_PATH
        if paths >= FEWEST_RULES and has_picture:
            break
    return has_picture, paths


class _Tables:
    """pdfplumber, opened for the first page that needs it: it reads slower by far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: Any = None

    def find(self, index: int) -> Iterator[Ruled]:
        import pdfplumber

        if self._opened is None:
            self._opened = pdfplumber.open(self._path)
        page = self._opened.pages[index]
        try:
            for table in page.find_tables():
                block = build_table(table.extract())
                if block and len(block.rows) > 1 and len(block.rows[0]) > 1:
                    yield Ruled(block, float(table.bbox[1]), float(table.bbox[3]))
        finally:
            page.close()

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()


@cache
def has_tesseract() -> bool:
    """With both languages."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return {"rus", "eng"} <= set(listed.stdout.split())


def _read_scan(page: Any, height_pt: float) -> Iterator[Line]:
    if max(page.get_size()) > LARGEST_PT or not has_tesseract():
        return
    picture = page.render(scale=OCR_DPI / POINTS_PER_INCH).to_pil()
    with tempfile.TemporaryDirectory(prefix="hydrodiag-scan-") as folder:
        path = Path(folder) / "page.png"
        picture.save(path)
        command = ["tesseract", str(path), "stdout", "-l", "rus+eng"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=OCR_TIMEOUT_S,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return
    lines = [line.strip() for line in done.stdout.splitlines()]
    for number, line in enumerate(lines):
        if line:
            yield Line(line, 0.0, height_pt * (number + 1) / (len(lines) + 1))


def body_size(pages: list[RawPage]) -> float:
    """What most lines are set in."""
    sizes = [line.size_pt for page in pages for line in page.lines if line.size_pt > 0]
    return median(sizes) if sizes else 0.0
