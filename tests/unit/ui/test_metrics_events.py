"""Findings and maintenance on the chart of Metrics."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import plotly.graph_objects as go

from hydrodiag.diagnostics.records import Severity
from hydrodiag.ui.metrics_events import Events, add_events
from hydrodiag.ui.plotly_drawing import Drawing
from hydrodiag.ui.theme import Tone
from tests.unit.ui.measured import HOUR, sensor_of, view_of

P1 = sensor_of("P1")
VIEW = view_of(P1)


def finding(start: timedelta, end: timedelta, title: str = "Cooler fouled") -> Any:
    begin = VIEW.window.start
    return SimpleNamespace(severity=Severity.WARNING, title=title, since_at=begin + start,
                           last_seen_at=begin + end)  # fmt: skip


def draw(events: Events) -> go.Figure:
    drawing = Drawing({})
    add_events(drawing, events, VIEW.clock, VIEW.window, ink="#1d2b33")
    return drawing.build()


def test_a_finding_is_a_span_cut_to_the_window_with_sign_and_title() -> None:
    [shape] = draw(Events((finding(-HOUR, 100 * HOUR),))).layout.shapes
    assert shape.type == "rect"
    assert shape.fillcolor == Tone.WARNING
    assert shape.x0 == VIEW.clock.place_one(VIEW.window.start)
    assert shape.x1 == VIEW.clock.place_one(VIEW.window.end)


def test_maintenance_is_a_line_where_it_was_done() -> None:
    done: Any = SimpleNamespace(at=VIEW.window.start, kind="repair")
    figure = draw(Events(maintenance=(done,)))
    [shape] = figure.layout.shapes
    assert (shape.type, shape.x0) == ("line", shape.x1)
    assert figure.layout.annotations[0].text == "✚ repair"


def test_words_of_people_are_no_markup_and_not_endless() -> None:
    title = "<a href='http://evil.example'>x</a>" + "y" * 100
    figure = draw(Events((finding(-HOUR, HOUR, title),)))
    text = figure.layout.annotations[0].text
    assert "<" not in text
    assert len(text) <= 60


def test_names_of_findings_that_began_before_the_window_stand_beside_each_other() -> None:
    both = draw(Events((finding(-HOUR, HOUR), finding(-2 * HOUR, HOUR), finding(HOUR, 2 * HOUR))))
    shifts = [each.xshift for each in both.layout.annotations]
    assert shifts[0] == 0 == shifts[2]
    assert shifts[1] > 0
