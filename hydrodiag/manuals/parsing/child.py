"""The process that opens foreign files: limited in memory and time, and gone afterwards.

Writes one JSON document a line: pages as they are read, then how it ended.
"""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hydrodiag.errors import HydroDiagError
from hydrodiag.manuals.parsed import Block, FileKind
from hydrodiag.manuals.parsing.kinds import detect_kind
from hydrodiag.manuals.parsing.markup import read_html, read_markdown, read_plain
from hydrodiag.manuals.parsing.office import read_docx, read_xlsx
from hydrodiag.manuals.parsing.pdf import each_page, has_tesseract
from hydrodiag.manuals.parsing.rendering import render


def main(arguments: list[str]) -> int:
    task = json.loads(arguments[0])
    resource.setrlimit(resource.RLIMIT_AS, (task["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (task["cpu_s"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for message in _work(task):
            _tell(message)
    except HydroDiagError as error:
        _tell({"refused": error.message, "hint": error.hint})
    except MemoryError:
        _tell({"out_of_memory": True})
    except Exception as error:  # foreign files make readers fail in any way
        _tell({"failed": type(error).__name__})
    return 0


def _work(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    path, name = Path(task["path"]), task["name"]
    if "render" in task:
        yield {"picture": render(path, name, **task["render"])}
        return
    kind = detect_kind(path, name)
    if kind is FileKind.PDF:
        yield from _read_pdf(path, name, task)
    else:
        title, blocks = _read_flat(kind, path, name)
        yield {"kind": kind, "title": title, "blocks": [asdict(block) for block in blocks]}
    yield {"done": True}


def _read_pdf(path: Path, name: str, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"kind": FileKind.PDF, "title": "", "has_ocr": has_tesseract()}
    characters = 0
    for total, page in each_page(path, name, task["stripe"], task["stripes"]):
        if total > task["pages"]:
            yield {"too_long": total}
            return
        characters += sum(len(line.text) for line in page.lines)
        if characters > task["characters"]:
            yield {"too_wordy": True}
            return
        yield {"total": total, "page": asdict(page)}


def _read_flat(kind: FileKind, path: Path, name: str) -> tuple[str, list[Block]]:
    match kind:
        case FileKind.DOCX:
            return read_docx(path)
        case FileKind.XLSX:
            return "", read_xlsx(path, name)
        case FileKind.HTML:
            return read_html(path)
        case FileKind.MARKDOWN:
            return "", read_markdown(path)
        case _:
            return "", read_plain(path)


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
