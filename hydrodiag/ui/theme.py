"""Colours with a meaning; the palette of series stands in .streamlit/config.toml.

Each reads on the light and on the dark background, and never stands alone: a sign, a pattern or
a word says the same.
"""

from enum import StrEnum

import streamlit as st


class Tone(StrEnum):
    GOOD = "#31a67c"
    WARNING = "#e8700f"
    CRITICAL = "#cb0a3a"
    PRIMARY = "#2390d6"
    MUTED = "#74818a"


def is_dark() -> bool:
    return bool(st.context.theme.type == "dark")


def find_ink(ground: str) -> str:
    """For words on a bar: white reads on the darkest tone alone."""
    return "#ffffff" if ground == Tone.CRITICAL else "#0b1115"


def line_colour() -> str:
    """For Plotly's shapes and axes, which do not follow the theme by themselves."""
    return "#e3ebef" if is_dark() else "#1d2b33"


def ground_colour() -> str:
    """The page's own, of .streamlit/config.toml: to draw over lines that pass behind."""
    return "#10181d" if is_dark() else "#ffffff"
