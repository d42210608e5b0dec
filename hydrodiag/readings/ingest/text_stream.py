"""Text files in the encodings that instruments write, as a stream of UTF-8 bytes."""

import codecs
import re
from typing import BinaryIO

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Two letters beyond ASCII in a row: Cyrillic words in cp1251. Umlauts and ° stand alone.
CYRILLIC = re.compile(rb"[\xc0-\xff]{2}")


def detect_encoding(head: bytes) -> str:
    """Encoding of a text from its first bytes; `utf-8` also stands for plain ASCII."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if head[1:200:2].count(0) > len(head[1:200:2]) * 0.7:
        return "utf-16-le"
    if head[0:200:2].count(0) > len(head[0:200:2]) * 0.7:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return detect_single_byte(head)
    return "utf-8"


def detect_single_byte(text: bytes) -> str:
    return "cp1251" if CYRILLIC.search(text) else "latin-1"


def mark_length(head: bytes) -> int:
    return next((len(mark) for mark, _ in BOMS if head.startswith(mark)), 0)


class Utf8Stream:
    """The text of a file as UTF-8 with `\\n` at line ends (lone `\\r` become `\\n`)."""

    def __init__(self, raw: BinaryIO, encoding: str, *, lone_cr: bool = False) -> None:
        raw.seek(0)
        raw.seek(mark_length(raw.read(4)))
        self._raw = raw
        self._decoder = (
            None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")
        )
        self._lone_cr = lone_cr

    def read(self, size_bytes: int) -> bytes:
        """Up to `size_bytes` of the file as UTF-8; empty at its end."""
        read = self._raw.read(size_bytes)
        if self._decoder:
            read = self._decoder.decode(read, final=not read).encode("utf-8", "replace")
        return read.replace(b"\r", b"\n") if self._lone_cr else read

    def tell(self) -> int:
        """Position in the file itself."""
        return self._raw.tell()


def as_utf8(block: bytes) -> bytes:
    """A block of a file taken for UTF-8 that turns out not to be, as UTF-8."""
    return block.decode(detect_single_byte(block), "replace").encode()
