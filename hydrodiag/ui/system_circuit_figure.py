"""The circuit as a Plotly figure: lines, symbols of a fixed size, words, places to click on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import plotly.graph_objects as go

from hydrodiag.ui.plotly_drawing import Drawing
from hydrodiag.ui.safe_text import chart_text
from hydrodiag.ui.system_circuit_geometry import (
    RADIUS_PX,
    Circuit,
    Line,
    LineKind,
    Part,
    Spot,
    lay_out,
)
from hydrodiag.ui.system_circuit_kinds import find_place, recognise_kind
from hydrodiag.ui.system_circuit_labels import SIGNS, Ink, TextLine, write_label
from hydrodiag.ui.system_circuit_states import ComponentState, Condition
from hydrodiag.ui.system_circuit_symbols import list_strokes, write_path
from hydrodiag.ui.theme import Tone, ground_colour, line_colour

TEXT_PX, TEXT_OFF_PX = 11, 23
TONES = {
    Condition.GOOD: Tone.GOOD, Condition.WORN: Tone.WARNING, Condition.BAD: Tone.CRITICAL,
    Condition.UNKNOWN: Tone.MUTED,
}  # fmt: skip
DRAIN_WORDS = ("case", "drain", "leak")
LEFT, RIGHT = -0.07, 0.02
LONGEST_HINT = 160
ARROW_AT, ARROW_PX = 0.75, 11
CHOSEN = "M-22,-22L22,-22L22,22L-22,22Z"


def build_circuit(states: Sequence[ComponentState], chosen: str | None, now: datetime) -> go.Figure:
    columns = lay_out([_build_part(each, 1) for each in states]).columns
    labels = {each.component.code: write_label(each, columns, now) for each in states}
    by_code = {each.component.code: each for each in states}
    circuit = lay_out([_build_part(each, len(labels[each.component.code])) for each in states])
    figure = Drawing(_build_layout(circuit))
    for line in circuit.lines:
        _add_line(figure, line)
    for spot in circuit.spots:
        state = by_code[spot.code]
        _add_symbol(figure, spot, state, is_chosen=spot.code == chosen)
        _add_label(figure, spot, labels[spot.code])
    _add_places_to_click(figure, circuit, by_code)
    return figure.build()


def _build_part(state: ComponentState, text_lines: int) -> Part:
    words = " ".join(f"{each.sensor.tag} {each.sensor.name}" for each in state.sensors).lower()
    is_drained = any(word in words for word in DRAIN_WORDS)
    return Part(state.component.code, find_place(state.component), text_lines, is_drained)


def _build_layout(circuit: Circuit) -> dict[str, Any]:
    hidden = {"visible": False, "fixedrange": True}
    return {
        "height": circuit.height_px,
        "margin": {"t": 0, "b": 0, "l": 0, "r": 0, "pad": 0},
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "showlegend": False,
        "xaxis": {"range": [LEFT, circuit.columns + RIGHT], **hidden},
        "yaxis": {"range": [circuit.height_px, 0], **hidden},
    }  # fmt: skip


def _pen(kind: LineKind) -> dict[str, Any]:
    return {
        LineKind.PRESSURE: {"color": line_colour(), "width": 2.5},
        LineKind.RETURN: {"color": Tone.PRIMARY.value, "width": 1.5},
        LineKind.SUCTION: {"color": Tone.PRIMARY.value, "width": 1.5},
        LineKind.LOAD: {"color": Tone.MUTED.value, "width": 1.5, "dash": "dot"},
        LineKind.DRAIN: {"color": Tone.PRIMARY.value, "width": 1.5, "dash": "dash"},
        LineKind.SHAFT: {"color": line_colour(), "width": 4},
    }[kind]


def _add_line(figure: Drawing, line: Line) -> None:
    path = "L".join(f"{x},{y}" for x, y in line.points)
    figure.add_shape(type="path", path=f"M{path}", line=_pen(line.kind), layer="below")
    if line.kind in (LineKind.RETURN, LineKind.LOAD):
        _add_arrow(figure, line)
    if line.kind is LineKind.LOAD:
        (x, y), (end, _) = line.points
        figure.add_annotation(
            x=(x + end) / 2, y=y, text="load", showarrow=False, bgcolor=ground_colour(),
            font={"size": TEXT_PX},
        )  # fmt: skip


def _add_arrow(figure: Drawing, line: Line) -> None:
    (x, y), (to_x, to_y) = line.points[:2]
    is_down = to_y > y
    sign = "triangle-down" if is_down else "triangle-right" if to_x > x else "triangle-left"
    figure.add_scatter(
        x=[x if is_down else x + ARROW_AT * (to_x - x)], y=[y + ARROW_PX if is_down else y],
        mode="markers", hoverinfo="skip", unselected={"marker": {"opacity": 1}},
        marker={"symbol": sign, "size": 9, "color": _pen(line.kind)["color"]},
    )  # fmt: skip


def _add_symbol(figure: Drawing, spot: Spot, state: ComponentState, *, is_chosen: bool) -> None:
    colour = TONES[state.condition].value
    for stroke in list_strokes(recognise_kind(state.component)):
        fill = colour if stroke.is_solid else ground_colour() if stroke.is_ground else None
        dash = "dot" if stroke.is_dashed else "solid"
        _add_path(figure, spot, write_path(stroke), fill, {"width": 2, "color": colour,
                  "dash": dash})  # fmt: skip
    if is_chosen:
        _add_path(figure, spot, CHOSEN, None, {"width": 1.5, "color": line_colour(),
                  "dash": "dash"})  # fmt: skip


def _add_path(
    figure: Drawing, spot: Spot, path: str, fill: str | None, line: dict[str, Any]
) -> None:
    figure.add_shape(
        type="path", path=path, xsizemode="pixel", ysizemode="pixel", xanchor=spot.x,
        yanchor=spot.y, fillcolor=fill or "rgba(0,0,0,0)", line=line, layer="below",
    )  # fmt: skip


def _add_label(figure: Drawing, spot: Spot, lines: Sequence[TextLine]) -> None:
    is_below = spot.is_text_below
    figure.add_annotation(
        x=spot.x, y=spot.y + RADIUS_PX if is_below else spot.y - RADIUS_PX,
        xshift=-RADIUS_PX if is_below else TEXT_OFF_PX, xanchor="left", yanchor="top",
        align="left", showarrow=False, borderpad=0, font={"size": TEXT_PX},
        text="<br>".join(map(_write, lines)),
    )  # fmt: skip


def _write(line: TextLine) -> str:
    text = chart_text(line.text)
    return text if line.ink is Ink.MUTED else f"<b>{text}</b>"


def _add_places_to_click(
    figure: Drawing, circuit: Circuit, states: Mapping[str, ComponentState]
) -> None:
    figure.add_scatter(
        x=[each.x for each in circuit.spots], y=[each.y for each in circuit.spots],
        customdata=[each.code for each in circuit.spots], mode="markers",
        marker={"symbol": "square", "size": 2 * RADIUS_PX + 6, "color": "rgba(0,0,0,0)"},
        hovertext=[_hint(states[each.code]) for each in circuit.spots], hoverinfo="text",
    )  # fmt: skip


def _hint(state: ComponentState) -> str:
    why = state.findings[0].title if state.findings else state.because
    told = f"{SIGNS[state.condition]} {state.component.name}: {state.condition}"
    return chart_text(f"{told}. {why}" if why else told, LONGEST_HINT)
