"""The only way by which words of manuals and models reach a page.

Streamlit's Markdown fetches pictures and makes links, also out of bare addresses; what comes
from a file or a model must do neither. https://spec.commonmark.org: any ASCII punctuation may
be escaped by a backslash.
"""

import re
import unicodedata
from html import escape

JOINER = "\u2060"  # unseen; breaks what would become a link, a directive or an icon
UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
PUNCTUATION = re.compile(r"([!\"#$%&'()*+,./:;<=>?@\[\\\]^_`{|}~-])")
ACTIVE = re.compile(r"([!\[\]<>$\\`&~^])")
ADDRESS = re.compile(r"(?i)\b(https?|ftps?|file|data|javascript|mailto|www)(?=[:.])")
COLON = re.compile(r":(?=[A-Za-z_/])")


def safe_text(text: str) -> str:
    """Exactly these characters, as plain text within Markdown; line breaks stay."""
    broken = _break_addresses(_drop_unseen(text))
    return PUNCTUATION.sub(r"\\\1", broken).replace("\n", "  \n")


def safe_markdown(text: str) -> str:
    """Bold, italic, headings, lists and tables stay; pictures, links, HTML, formulas do not.

    [n] of citations stays as text. Safe at every moment of a stream: show the whole again.
    """
    return ACTIVE.sub(r"\\\1", _break_addresses(_drop_unseen(text)))


def safe_label(text: str, longest: int = 120) -> str:
    """For labels of buttons, expanders and tabs: one line."""
    line = " ".join(_drop_unseen(text).split())
    return safe_text(line if len(line) <= longest else f"{line[: longest - 1]}…")


def safe_plot_text(text: str) -> str:
    """For titles, legends and labels of Plotly, which reads tags such as <b> and <a href>."""
    return escape(" ".join(_drop_unseen(text).split()), quote=False)


def highlight(text: str, marks: list[str]) -> str:
    """`safe_text` with the marks, whole sentences or rows, on a coloured ground."""
    found = sorted({mark for mark in marks if mark and mark in text}, key=len, reverse=True)
    if not found:
        return safe_text(text)
    parts = re.split(f"({'|'.join(map(re.escape, found))})", text)
    return "".join(
        _mark(part) if number % 2 else safe_text(part) for number, part in enumerate(parts)
    )


def _mark(text: str) -> str:
    lines = (
        f":orange-background[{safe_text(line)}]" if line.strip() else ""
        for line in text.split("\n")
    )
    return "  \n".join(lines)


def _drop_unseen(text: str) -> str:
    return UNSEEN.sub("", unicodedata.normalize("NFC", text))


def _break_addresses(text: str) -> str:
    broken = ADDRESS.sub(lambda match: match[1] + JOINER, text)
    broken = COLON.sub(f":{JOINER}", broken)
    return re.sub(r"@(?=\w)", f"@{JOINER}", broken)
