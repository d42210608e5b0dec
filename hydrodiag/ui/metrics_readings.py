"""The readings of a view: chart, what it was made from, figures, export, address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from hydrodiag.readings.overview import latest
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import MICROSECOND, TimeWindow
from hydrodiag.ui.metrics_chart import describe_chart
from hydrodiag.ui.metrics_controls import list_look_options
from hydrodiag.ui.metrics_downloads import MOST_EXPORTED, build_config, show_downloads
from hydrodiag.ui.metrics_events import show_events, show_note_form
from hydrodiag.ui.metrics_figures import show_figures
from hydrodiag.ui.metrics_lines import DrawnLines, draw_lines
from hydrodiag.ui.metrics_looks import show_look
from hydrodiag.ui.metrics_moves import MOVED, move_window
from hydrodiag.ui.metrics_saved import show_short_link
from hydrodiag.ui.metrics_view import LINES, MetricsView
from hydrodiag.ui.reads import one_state, read, share
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.theme import line_colour
from hydrodiag.ui.wording import format_count

CHART = "chart"


def show_readings(build_view: Callable[[], MetricsView], refresh: str | None) -> None:
    """`build_view` is asked again at each refresh, as a live window moves."""
    st.session_state.pop(MOVED, None)
    st.fragment(_show_fragment, run_every=refresh)(build_view)


def _show_fragment(build_view: Callable[[], MetricsView]) -> None:
    # Until the page has run anew: a click right after the drag may take the place of its rerun.
    if MOVED in st.session_state:
        st.rerun()
    with guarded("Readings"):
        view = build_view()
        with one_state(*view.drawn_topics):
            total = show_figures(view) if _show_view(view) else None
        if total is not None:
            _show_export(view, total)


def _show_view(view: MetricsView) -> bool:
    """Whether there were any readings to show."""
    if view.look == LINES:
        drawn = share(view.drawn_topics, draw_lines, view, ink=line_colour())
        if drawn is not None:
            _show_chart(view, drawn)
            return True
    elif not read(view.topics, series, view.sensor_ids, view.window).frame.empty:
        show_look(view)
        return True
    _show_nothing(view)
    return False


def _show_chart(view: MetricsView, drawn: DrawnLines) -> None:
    st.plotly_chart(
        drawn.figure,
        key=CHART,
        on_select=lambda: _zoom(view),
        selection_mode="box",
        config=build_config(view, "zoom", "pan", "lasso2d"),
        alt=describe_chart(view),
    )
    st.caption(drawn.caption)
    show_events(view, drawn.events)


def _zoom(view: MetricsView) -> None:
    """A box drawn on the chart: its span is read anew, at the resolution that fits it."""
    event: Any = st.session_state[CHART]
    for box in event.selection.box[:1]:
        start, end = (view.clock.read(str(edge)) for edge in sorted(box["x"]))
        if start < end:
            move_window(TimeWindow(start, end))


def _show_nothing(view: MetricsView) -> None:
    newest = _find_newest(view)
    if newest is None:
        show_empty(
            "No readings yet",
            f"{view.system.name} has no readings of these sensors. Upload a file on the page Data.",
        )
        return
    clock = view.clock
    show_empty(
        "No readings in this window",
        f"From {clock.format(view.window.start)} to {clock.format(view.window.end)} {clock.label} "
        f"there are none. The newest reading is of {clock.format(newest)}.",
        icon=":material/search_off:",
    )
    span = view.window.span
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(
            "Go to the newest readings", icon=":material/last_page:", type="primary",
            on_click=move_window, args=(TimeWindow(newest - span, newest + MICROSECOND),),
        )  # fmt: skip


def _find_newest(view: MetricsView) -> datetime | None:
    found = read(view.topics, latest, view.system.id)
    ids = set(view.sensor_ids)
    return max((each.time for each in found if each.sensor_id in ids), default=None)


def _show_export(view: MetricsView, total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        is_small = show_downloads(view, total)
        show_note_form(view)
        popover = st.popover(
            "Link to this view", icon=":material/link:", key="view_link", on_change="rerun"
        )
        if popover.open:
            with popover:
                _show_links(view)
        if not is_small:
            st.caption(
                f"{format_count(total)} readings are too many for one download "
                f"(at most {format_count(MOST_EXPORTED)}): zoom in first."
            )


def _show_links(view: MetricsView) -> None:
    st.caption("Shows these readings with these times, also tomorrow.")
    link = view.build_link(st.context.url or "", list_look_options(view.look))
    st.code(link, language=None, wrap_lines=True)
    show_short_link(view)
