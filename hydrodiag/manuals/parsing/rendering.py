"""A page of a PDF as a picture, with a passage marked on it."""

import base64
import io
import re
from pathlib import Path
from typing import Any

from hydrodiag.manuals.parsing.pdf import LARGEST_PT, open_pdf
from hydrodiag.manuals.parsing.refusal import ManualRefused

YELLOW = (255, 214, 0)
STRENGTH = 0.45
LARGEST_PX = 3000
WORDS = re.compile(r"\w+")


def render(path: Path, name: str, page: int, marks: list[str], scale: float) -> str:
    """A PNG in base64. Raises ManualRefused where there is no such page or it is too large."""
    pdf = open_pdf(path, name)
    if not 1 <= page <= len(pdf):
        raise ManualRefused(f"{name} has no page {page}.")
    sheet = pdf[page - 1]
    width, height = sheet.get_size()
    if max(width, height) > LARGEST_PT:
        raise ManualRefused(f"Page {page} of {name} is too large to be shown.")
    scale = min(scale, LARGEST_PX / max(width, height))
    picture = sheet.render(scale=scale).to_pil().convert("RGB")
    for box in _find_boxes(sheet, marks):
        _mark(picture, box, height, scale)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=False)
    return base64.b64encode(written.getvalue()).decode()


def _find_boxes(sheet: Any, marks: list[str]) -> list[tuple[float, float, float, float]]:
    """Of the words of each mark, wherever lines break and words are hyphenated."""
    text_page = sheet.get_textpage()
    try:
        text = text_page.get_text_range()
        return [
            box
            for mark in marks
            for start, end in _find_span(text, mark)
            for box in _boxes_between(text_page, start, end)
        ]
    finally:
        text_page.close()


def _find_span(text: str, mark: str) -> list[tuple[int, int]]:
    words = WORDS.findall(mark)
    if not words:
        return []
    breakable = (r"\W{0,3}".join(map(re.escape, word)) if len(word) > 6 else re.escape(word)
                 for word in words)  # fmt: skip
    found = re.search(r"\W+".join(breakable), text, re.IGNORECASE)
    return [found.span()] if found else []


def _boxes_between(text_page: Any, start: int, end: int) -> list[tuple[float, float, float, float]]:
    count = text_page.count_rects(start, end - start)
    return [text_page.get_rect(number) for number in range(count)]


def _mark(
    picture: Any, box: tuple[float, float, float, float], height: float, scale: float
) -> None:
    from PIL import Image, ImageChops

    left, bottom, right, top = box
    area = (int(left * scale), int((height - top) * scale),
            int(right * scale) + 1, int((height - bottom) * scale) + 1)  # fmt: skip
    part = picture.crop(area)
    if part.width and part.height:
        marked = ImageChops.multiply(part, Image.new("RGB", part.size, YELLOW))
        picture.paste(Image.blend(part, marked, STRENGTH * 2), area)
