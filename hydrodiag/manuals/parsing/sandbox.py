"""Reading files in child processes: whatever they do, this process goes on."""

import base64
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.manuals.parsed import Block, BlockKind, FileKind, Page, ParsedManual
from hydrodiag.manuals.parsing.kinds import detect_kind
from hydrodiag.manuals.parsing.language import guess_language
from hydrodiag.manuals.parsing.pdf import Line, RawPage, Ruled
from hydrodiag.manuals.parsing.pdf_structure import build_pages
from hydrodiag.manuals.parsing.refusal import ManualRefused

PARSER_VERSION = 1
STRIPES = 2
TELLING_CHARACTERS = 20_000
LONGEST_LINE = 64_000_000

OnPage = Callable[[int, int], None]


@dataclass(frozen=True)
class ParseLimits:
    """`wall_s` grows by `wall_page_s` a page once it is known how many there are."""

    memory_bytes: int = 1_500_000_000
    cpu_s: int = 900
    wall_s: float = 180
    wall_page_s: float = 1
    pages: int = 2000
    characters: int = 5_000_000


@dataclass
class _Heard:
    """What children have told so far."""

    kind: FileKind | None = None
    title: str = ""
    has_ocr: bool = False
    total: int = 0
    pages: list[RawPage] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def parse_manual(
    path: Path, name: str, limits: ParseLimits = ParseLimits(), on_page: OnPage | None = None
) -> ParsedManual:
    """Raises ManualRefused with the reason and what to do; nothing else for any file."""
    kind = detect_kind(path, name)
    heard = _Heard()
    guard = threading.Lock()

    def hear(message: dict[str, Any]) -> None:
        with guard:
            _note(heard, message, name, limits)
            if on_page is not None and "page" in message:
                on_page(len(heard.pages), heard.total)

    stripes = STRIPES if kind is FileKind.PDF else 1
    with ThreadPoolExecutor(stripes) as pool:
        tasks = [_build_task(path, name, limits, stripe=n, stripes=stripes) for n in range(stripes)]
        running = [pool.submit(_run, task, name, limits, hear, heard) for task in tasks]
        for each in running:
            each.result()
    return _finish(heard, name)


def render_page(path: Path, page: int, marks: Sequence[str] = (), scale: float = 1.5) -> bytes:
    """A PNG of the page with the marks highlighted. Raises ManualRefused."""
    limits = ParseLimits(wall_s=20, cpu_s=20)
    pictures: list[str] = []
    render = {"page": page, "marks": list(marks), "scale": scale}
    task = {**_build_task(path, "The manual", limits), "render": render}
    _run(task, "The manual", limits, lambda m: pictures.append(str(m["picture"])), _Heard(),
         end="picture")  # fmt: skip
    return base64.b64decode(pictures[0])


def _build_task(
    path: Path, name: str, limits: ParseLimits, *, stripe: int = 0, stripes: int = 1
) -> dict[str, Any]:
    return {
        "path": str(path), "name": name, "stripe": stripe, "stripes": stripes,
        "memory_bytes": limits.memory_bytes, "cpu_s": limits.cpu_s, "pages": limits.pages,
        "characters": limits.characters,
    }  # fmt: skip


def _run(
    task: dict[str, Any],
    name: str,
    limits: ParseLimits,
    hear: Callable[[dict[str, Any]], None],
    heard: _Heard,
    end: str = "done",
) -> None:
    command = [sys.executable, "-m", "hydrodiag.manuals.parsing.child", json.dumps(task)]
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    ended = threading.Event()
    watch = threading.Thread(target=_kill_late, args=(process, limits, heard, ended), daemon=True)
    watch.start()
    try:
        is_whole = _listen(process, name, hear, end)
    finally:
        process.kill()
        code = process.wait()
        ended.set()
        watch.join()
    if not is_whole:
        raise _explain_end(code, name, limits)


def _listen(
    process: "subprocess.Popen[bytes]", name: str, hear: Callable[[dict[str, Any]], None], end: str
) -> bool:
    """Whether it came to its end."""
    assert process.stdout is not None  # noqa: S101 - as asked for above
    while line := process.stdout.readline(LONGEST_LINE):
        try:
            message = json.loads(line)
        except ValueError:
            return False
        if "out_of_memory" in message:
            return False
        if "failed" in message:
            raise ManualRefused(
                f"{name} is damaged: its content cannot be read ({message['failed']}).",
                hint="Open it, save it anew or as PDF, and upload that.",
            )
        if "refused" in message:
            raise ManualRefused(message["refused"], hint=message["hint"])
        hear(message)
        if end in message:
            return True
    return False


def _kill_late(
    process: "subprocess.Popen[bytes]", limits: ParseLimits, heard: _Heard, ended: threading.Event
) -> None:
    started = time.monotonic()
    while not ended.wait(0.2):
        allowed_s = limits.wall_s + limits.wall_page_s * heard.total
        if time.monotonic() - started > allowed_s:
            process.kill()
            return


def _explain_end(code: int, name: str, limits: ParseLimits) -> ManualRefused:
    memory = limits.memory_bytes // 1_000_000
    return ManualRefused(
        f"{name} takes more than {memory} MB of memory or too much time to read"
        f" (ended with {code}).",
        hint="Print it to a new PDF, or split it by chapters.",
    )


def _note(heard: _Heard, message: dict[str, Any], name: str, limits: ParseLimits) -> None:
    if "too_long" in message:
        raise ManualRefused(
            f"{name} has {message['too_long']:,} pages, more than {limits.pages:,}.",
            hint="Split it by chapters.",
        )
    if "too_wordy" in message:
        raise ManualRefused(
            f"{name} has more than {limits.characters:,} characters.", hint="Split it by chapters."
        )
    if "kind" in message:
        heard.kind = FileKind(message["kind"])
        heard.title = message["title"]
        heard.has_ocr = message.get("has_ocr", False)
        heard.blocks = [_build_block(each) for each in message.get("blocks", ())]
    if "page" in message:
        heard.total = message["total"]
        heard.pages.append(_build_raw(message["page"]))


def _build_raw(values: dict[str, Any]) -> RawPage:
    lines = tuple(Line(**line) for line in values.pop("lines"))
    tables = tuple(
        Ruled(_build_block(table.pop("block")), **table) for table in values.pop("tables")
    )
    return RawPage(**values, lines=lines, tables=tables)


def _build_block(values: dict[str, Any]) -> Block:
    rows = tuple(tuple(row) for row in values["rows"])
    return Block(BlockKind(values["kind"]), values["text"], values["level"], rows)


def _finish(heard: _Heard, name: str) -> ParsedManual:
    assert heard.kind is not None  # noqa: S101 - a child that ends well has told it
    if heard.kind is FileKind.PDF:
        pages = build_pages(sorted(heard.pages, key=lambda page: page.number))
    else:
        pages = [Page(1, tuple(heard.blocks))]
    text = "\n".join(block.text for page in pages for block in page.blocks)
    warnings = _check_scans(pages, heard, name)
    if not text.strip():
        raise ManualRefused(f"{name} holds no text.", hint="Is it the right file?")
    title = heard.title.strip() or _find_title(pages) or Path(name).stem
    is_paged = heard.kind is FileKind.PDF
    language = guess_language(text[:TELLING_CHARACTERS])
    return ParsedManual(heard.kind, title[:200], language, is_paged, tuple(pages), warnings)


def _check_scans(pages: Sequence[Page], heard: _Heard, name: str) -> tuple[str, ...]:
    scans = [page for page in pages if page.is_scanned]
    empty = [page for page in scans if not page.blocks]
    install = "Install tesseract-ocr and tesseract-ocr-rus to read scans."
    if empty and len(empty) == len(pages) and not heard.has_ocr:
        raise ManualRefused(f"{name} is a scan: pictures of pages without text.", hint=install)
    if empty and not heard.has_ocr:
        return (f"{len(empty)} of {len(pages)} pages are scans without text. {install}",)
    if scans:
        return (f"{len(scans)} of {len(pages)} pages are scans; their text was read by tesseract"
                " and may hold mistakes: check numbers on the page.",)  # fmt: skip
    return ()


def _find_title(pages: Sequence[Page]) -> str:
    for page in pages[:2]:
        for block in page.blocks:
            if block.kind is BlockKind.HEADING:
                return block.text
    return ""
