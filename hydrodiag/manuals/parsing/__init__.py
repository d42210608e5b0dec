"""From the bytes of a manual to pages of blocks, and to chunks; hostile files included."""

from hydrodiag.manuals.parsing.chunking import CHUNKER_VERSION, cut_chunks
from hydrodiag.manuals.parsing.kinds import detect_kind
from hydrodiag.manuals.parsing.refusal import ManualRefused
from hydrodiag.manuals.parsing.sandbox import PARSER_VERSION, ParseLimits, parse_manual, render_page

READER_VERSION = f"{PARSER_VERSION}.{CHUNKER_VERSION}"

__all__ = [
    "READER_VERSION",
    "ManualRefused",
    "ParseLimits",
    "cut_chunks",
    "detect_kind",
    "parse_manual",
    "render_page",
]
