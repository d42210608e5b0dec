"""The drawn circuit: words, colours and where to click."""

from datetime import timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

from hydrodiag.diagnostics.records import Severity
from hydrodiag.ui import theme
from hydrodiag.ui.system_circuit_figure import build_circuit
from hydrodiag.ui.system_circuit_kinds import Kind
from hydrodiag.ui.system_circuit_labels import NARROW, Ink, describe, write_label
from hydrodiag.ui.system_circuit_symbols import RADIUS, list_strokes
from hydrodiag.ui.system_component import build_sensor_frame
from tests.unit.ui.circuits import NOW, component_of, finding_of, measured_at, states_of

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "is_dark", lambda: False)


def texts_of(figure: go.Figure) -> str:
    return "\n".join(each.text for each in figure.layout.annotations)


def clicks_of(figure: go.Figure) -> Any:
    [trace] = [each for each in figure.data if each.customdata is not None]
    return trace


def test_a_live_value_has_unit_and_age_and_a_stale_one_its_time() -> None:
    pump = component_of("pump", "Main pump")
    fresh = measured_at(pump, "P_PUMP", age=3 * SECOND, value=143.26, resolution=0.1)
    stale = measured_at(pump, "Q_PUMP", age=timedelta(hours=2), unit="l/min")
    [state] = states_of([pump], [fresh, stale])
    lines = [(each.text, each.ink) for each in write_label(state, 3, NOW)]
    assert lines == [
        ("? Main pump", Ink.STATE), ("143.3\u202fbar", Ink.VALUE), ("P_PUMP", Ink.MUTED),
        ("3 s ago", Ink.MUTED), ("42\u202fl/min", Ink.MUTED), ("Q_PUMP", Ink.MUTED),
        ("as of 10:00", Ink.MUTED),
    ]  # fmt: skip


def test_long_names_and_many_sensors_stay_within_their_column() -> None:
    pump = component_of("pump", "Main axial piston pump with a name that goes on and on")
    tags = [f"PRESSURE_AT_THE_OUTLET_{number}" for number in range(6)]
    sensors = [measured_at(pump, tag, age=timedelta(days=400)) for tag in tags]
    [state] = states_of([pump], sensors)
    lines = write_label(state, 3, NOW)
    assert max(len(each.text) for each in lines) <= NARROW
    assert lines[-1].text == "+2 more"


def test_the_colour_never_stands_alone() -> None:
    pump, tank = component_of("pump", "Main pump"), component_of("tank", "Tank")
    states = states_of([pump, tank], [], [finding_of("pump", Severity.ALARM)])
    figure = build_circuit(states, None, NOW)
    assert "✕ Main pump" in texts_of(figure)
    assert "? Tank" in texts_of(figure)
    colours = {each.line.color for each in figure.layout.shapes}
    assert {theme.Tone.CRITICAL, theme.Tone.MUTED} <= colours
    assert describe(states, "Press 1") == (
        "Hydraulic circuit of Press 1: Main pump bad, Tank not assessed"
    )


def test_a_click_tells_the_component() -> None:
    pump, tank = component_of("pump", code="p1"), component_of("tank", code="t1")
    figure = build_circuit(states_of([pump, tank]), "p1", NOW)
    assert sorted(clicks_of(figure).customdata) == ["p1", "t1"]


def test_names_are_no_markup() -> None:
    evil = component_of("pump", "<a href='x'>P&Q</a>")
    figure = build_circuit(states_of([evil]), None, NOW)
    told = texts_of(figure) + "".join(clicks_of(figure).hovertext)
    assert "<a" not in told
    assert "P&Q" not in told


@pytest.mark.parametrize("kind", list(Kind))
def test_every_symbol_is_as_large_as_its_place(kind: Kind) -> None:
    points = [point for stroke in list_strokes(kind) for point in stroke.points]
    assert all(abs(x) <= RADIUS + 1e-9 and abs(y) <= RADIUS + 1e-9 for x, y in points)


def test_limits_of_a_sensor_are_told_with_their_unit() -> None:
    pump = component_of("pump")
    state = measured_at(pump, "P1", age=SECOND, warn_low=80.0, warn_high=200.0)
    [row] = build_sensor_frame([state], NOW).to_dict("records")
    assert row["Warning"] == "below 80, above 200 bar"
    assert row["Critical"] == "–"
