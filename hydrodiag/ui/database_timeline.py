"""The chunks of a hypertable drawn over time: how large, and what becomes of each."""

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from hydrodiag.timescale import Policy
from hydrodiag.ui.database_chunks import CHUNK_LOOK, ChunkState, ShownChunk, short_name
from hydrodiag.ui.wording import format_bytes, format_estimate, format_instant

HEIGHT_PX = 340
MB = 1e6
ROOM = 25


def build_timeline(
    shown: Sequence[ShownChunk], policy: Policy | None, now: datetime, line_colour: str
) -> go.Figure:
    """Above the sizes, below a lane where chunks show however small they are."""
    figure = make_subplots(rows=2, shared_xaxes=True, row_heights=[0.8, 0.2], vertical_spacing=0.03)
    drawable = [each for each in shown if not each.chunk.has_broken_range]
    for state in ChunkState:
        chunks = [each for each in drawable if each.state is state]
        if chunks:
            figure.add_trace(_build_bars(chunks, state, in_lane=False), row=1, col=1)
            figure.add_trace(_build_bars(chunks, state, in_lane=True), row=2, col=1)
    start, end = find_extent(drawable, now)
    for instant, label in list_lines(policy, now):
        if start <= instant <= end:
            _add_line(figure, instant, label, line_colour)
    return _lay_out(figure, start, end)


def find_extent(shown: Sequence[ShownChunk], now: datetime) -> tuple[datetime, datetime]:
    """From the oldest chunk to the newest or now, with some room."""
    start = min([now, *(each.chunk.start for each in shown)])
    end = max([now, *(each.chunk.end for each in shown)])
    room = (end - start) / ROOM
    return start - room, end + room


def list_lines(policy: Policy | None, now: datetime) -> list[tuple[datetime, str]]:
    """Instants that matter, with their names."""
    lines = [(now, "now")]
    if policy and policy.compress_after:
        lines.append((now - policy.compress_after, "compress"))
    if policy and policy.retain_for:
        lines.append((now - policy.retain_for, "retain"))
    return lines


def describe_timeline(shown: Sequence[ShownChunk]) -> str:
    """The picture in words, for those who do not see it."""
    counts = [(state, sum(each.state is state for each in shown)) for state in ChunkState]
    parts = [f"{count} {state.value.lower()}" for state, count in counts if count]
    return f"{len(shown)} chunks over time: " + ", ".join(parts)


def _build_bars(shown: Sequence[ShownChunk], state: ChunkState, *, in_lane: bool) -> go.Bar:
    look = CHUNK_LOOK[state]
    chunks = [each.chunk for each in shown]
    return go.Bar(
        x=[chunk.start for chunk in chunks],
        width=[(chunk.end - chunk.start).total_seconds() * 1000 for chunk in chunks],
        y=[1 if in_lane else chunk.size_bytes / MB for chunk in chunks],
        offset=0,
        name=state.value,
        legendgroup=state.value,
        showlegend=not in_lane,
        marker={
            "color": str(look.colour),
            "pattern": {
                "shape": look.pattern,
                "size": 7,
                "solidity": 0.2,
                "fillmode": "overlay",
                "fgcolor": "white",
            },
            "line": {"width": 1, "color": "rgba(255,255,255,0.7)"},
        },
        text=[_describe(each) for each in shown],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )


def _describe(shown: ShownChunk) -> str:
    chunk = shown.chunk
    lines = [
        f"<b>{short_name(chunk)}</b>",
        f"{format_instant(chunk.start)} to {format_instant(chunk.end)} UTC",
        f"{format_bytes(chunk.size_bytes)}, about {format_estimate(chunk.approx_rows)} rows",
        shown.reason or shown.state.value,
    ]
    return "<br>".join(lines)


def _add_line(figure: go.Figure, instant: datetime, label: str, colour: str) -> None:
    dash = "solid" if label == "now" else "dash"
    figure.add_shape(
        type="line", x0=instant, x1=instant, y0=0, y1=1, yref="paper", xref="x",
        line={"color": colour, "width": 1.5, "dash": dash},
    )  # fmt: skip
    figure.add_annotation(
        x=instant, y=1.0, yref="paper", xref="x", text=label, showarrow=False, yanchor="bottom",
        font={"size": 12},
    )  # fmt: skip


def _lay_out(figure: go.Figure, start: datetime, end: datetime) -> go.Figure:
    figure.update_layout(
        height=HEIGHT_PX,
        barmode="overlay",
        margin={"l": 10, "r": 10, "t": 24, "b": 10},
        legend={"orientation": "h", "y": -0.15, "yanchor": "top"},
        uirevision="chunks",
        dragmode="zoom",
    )
    figure.update_yaxes(title_text="MB", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[0, 1], row=2, col=1)
    figure.update_xaxes(type="date", showgrid=False, range=[start, end])
    return figure
