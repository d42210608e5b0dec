"""The key figures of a machine: each with its formula, and what it has changed by."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

import streamlit as st

from hydrodiag.diagnostics.figure_readings import find_newest_minute, load_figures
from hydrodiag.diagnostics.figures import Change, Figure
from hydrodiag.diagnostics.findings.records import TOPIC
from hydrodiag.fleet import System
from hydrodiag.ui import resources
from hydrodiag.ui.quantities import THIN_SPACE
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.wording import join_count

CARD_WIDTH = 220
SPANS: Mapping[str, tuple[timedelta, str]] = {
    "1 h": (timedelta(hours=1), "the hour before"),
    "24 h": (timedelta(days=1), "the day before"),
    "7 d": (timedelta(days=7), "the week before"),
}
USUAL = "24 h"
TONES: Mapping[bool | None, Literal["normal", "inverse", "off"]] = {
    False: "normal", True: "inverse", None: "off",
}  # fmt: skip


def show_figures(system: System) -> None:
    chosen = st.segmented_control("Over the last", list(SPANS), default=USUAL, required=True,
                                  key="figures", bind="query-params")  # fmt: skip
    span, before = SPANS[chosen or USUAL]
    end = find_newest_minute(resources.database(), system.id)
    if end is None:
        st.caption("It has no readings yet: load them on the page Data.")
        return
    figures = read([TOPIC, "fleet"], load_figures, system.id, span, end, before)
    st.caption(f"{end - span:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, up to its newest "
               "reading.")  # fmt: skip
    told = [each for each in figures if each.value is not None]
    if told:
        grid = st.grid("auto", min_column_width=CARD_WIDTH)
        for each in told:
            with grid.container(border=True, height="stretch"):
                _show_figure(each)
    _show_untold([each for each in figures if each.value is None])


def _show_figure(figure: Figure) -> None:
    first = figure.changes[0] if figure.changes else None
    st.metric(
        figure.title,
        format_figure(figure),
        format_change(first) if first else None,
        TONES[figure.is_high_bad],
        help=explain_figure(figure),
    )
    if figure.changes:
        st.caption(safe_text(", ".join(map(_name_change, figure.changes))))


def format_figure(figure: Figure) -> str:
    return f"{figure.value:.1f}{THIN_SPACE}{figure.unit}"


def format_change(change: Change) -> str:
    """No minus before a change that rounds to nothing."""
    value = round(change.value, 1)
    return f"{value + 0.0:+.1f} {change.unit}" if value else f"0.0 {change.unit}"


def _name_change(change: Change) -> str:
    return f"{format_change(change)} to {change.against}"


def explain_figure(figure: Figure) -> str:
    """Formula and source, as Markdown."""
    return f"{safe_text(figure.formula)}\n\nSource: {safe_text(figure.source)}"


def _show_untold(figures: Sequence[Figure]) -> None:
    if not figures:
        return
    many = join_count(len(figures), "figure", "figures")
    with st.expander(f"{many} not told"):
        for each in figures:
            st.markdown(f"**{each.title}**: {safe_text(each.why_not)}")
            if each.formula:
                st.caption(safe_text(each.formula))
