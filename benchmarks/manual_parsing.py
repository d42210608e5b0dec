"""Pages a second of reading PDF manuals, beside the bare text of pdfium and pdfplumber alone.

    python -m benchmarks manual_parsing

Pages of the manual of tests/data, repeated: text alone, and pages with a ruled table each.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pdfplumber
import pypdfium2

from hydrodiag.manuals.parsing import cut_chunks, parse_manual

SOURCE = Path(__file__).parents[1] / "tests" / "data" / "manuals" / "HP-200.pdf"
TEXT_PAGES, TABLE_PAGES = (4, 9, 11, 15, 18, 34), (6, 27, 41)
REPEATS = {"text": 100, "tables": 40}


def main() -> None:
    print(f"{'kind':<8}{'pages':>7}{'ours':>10}{'pdfium':>10}{'pdfplumber':>12}   pages/s")
    with tempfile.TemporaryDirectory() as folder:
        for kind, pages in (("text", TEXT_PAGES), ("tables", TABLE_PAGES)):
            path = Path(folder) / f"{kind}.pdf"
            count = _repeat(pages, REPEATS[kind], path)
            rates = [count / _time(work, path) for work in (_read, _read_bare, _read_plumber)]
            print(f"{kind:<8}{count:>7}{rates[0]:>10.0f}{rates[1]:>10.0f}{rates[2]:>12.0f}")


def _repeat(pages: Sequence[int], times: int, path: Path) -> int:
    source, target = pypdfium2.PdfDocument(SOURCE), pypdfium2.PdfDocument.new()
    for _ in range(times):
        target.import_pages(source, [page - 1 for page in pages])
    target.save(path)
    return len(pages) * times


def _time(work: Callable[[Path], None], path: Path) -> float:
    started_s = time.perf_counter()
    work(path)
    return time.perf_counter() - started_s


def _read(path: Path) -> None:
    cut_chunks(parse_manual(path, path.name))


def _read_bare(path: Path) -> None:
    for page in pypdfium2.PdfDocument(path):
        page.get_textpage().get_text_range()


def _read_plumber(path: Path) -> None:
    with pdfplumber.open(path) as manual:
        for page in manual.pages:
            page.extract_text()
            page.extract_tables()


if __name__ == "__main__":
    main()
