"""Where records of a delimited text end: at line breaks outside quotes."""

import numpy as np
from numpy.typing import NDArray

QUOTE = b'"'
NEWLINE = b"\n"
# No record is this long: a quote that has not ended by then is an ordinary character.
MAX_RECORD_BYTES = 1_000_000


def last_record_end(text: bytes, *, quoted: bool) -> int:
    """Position after the last whole record of `text`, which starts with one; 0: none ends."""
    end = text.rfind(NEWLINE) + 1
    if not quoted or not text.count(QUOTE, 0, end) % 2:
        return end
    ends = record_ends(text[:end], quoted=True)
    if len(ends) and int(ends[-1]) + MAX_RECORD_BYTES >= len(text):
        return int(ends[-1])
    return end if len(text) > MAX_RECORD_BYTES else 0


def record_ends(text: bytes, *, quoted: bool) -> NDArray[np.int64]:
    """Positions after each record's line break; text after the last one is a record too."""
    signs = np.frombuffer(text, np.uint8)
    is_end = signs == NEWLINE[0]
    if quoted and QUOTE in text:
        inside = np.cumsum(signs == QUOTE[0], dtype=np.uint8) & 1
        is_end &= inside == 0
    ends = np.flatnonzero(is_end).astype(np.int64) + 1
    return ends if not text or text.endswith(NEWLINE) else np.append(ends, len(text))
