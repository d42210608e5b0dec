"""Scans of the manuals: pictures of pages, a little crooked and dirty, without any text."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

MANUALS = Path(__file__).parent / "data" / "manuals"
POINTS_PER_INCH = 72
DPI = 200
CROOKED_DEG = 0.4
DIRT = 12.0


def write_scan(path: Path, pages: Sequence[tuple[str, int]]) -> Path:
    """A PDF of pictures; `pages` are file names in tests/data/manuals and page numbers."""
    pictures = [scan_page(MANUALS / name, number) for name, number in pages]
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI)
    return path


def scan_page(path: Path, number: int) -> Image.Image:
    pdf = pypdfium2.PdfDocument(path)
    try:
        picture = pdf[number - 1].render(scale=DPI / POINTS_PER_INCH).to_pil().convert("L")
    finally:
        pdf.close()
    crooked = picture.rotate(CROOKED_DEG, fillcolor=255, resample=Image.Resampling.BICUBIC)
    dirt = np.random.default_rng(number).normal(0, DIRT, (crooked.height, crooked.width))
    return Image.fromarray(np.clip(np.asarray(crooked) + dirt, 0, 255).astype(np.uint8))
