from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from hydrodiag.formulas import derive, read_formulas
from hydrodiag.ui.metrics_chart import FEW, describe_chart, draw_chart, list_far_limits
from hydrodiag.ui.metrics_compared import Compared
from hydrodiag.ui.theme import Tone
from tests.unit.ui.measured import HOUR, SECOND, START, sensor_of, series_of, view_of

P1 = sensor_of("P1", resolution=0.1)
P2 = sensor_of("P2")
T1 = sensor_of("T1", "temperature", "°C", resolution=1)
MINUTE = timedelta(minutes=1)
FLOWS = tuple(sensor_of(f"F{number}", f"flow {number}", "l/min") for number in range(12))


def build_chart(*parts: Any) -> go.Figure:
    return draw_chart(*parts).build()


def find_trace(figure: go.Figure, name: str) -> go.Scatter:
    return next(trace for trace in figure.data if trace.name == name)


def list_times(trace: go.Scatter) -> list[datetime]:
    return pd.to_datetime(trace.x, unit="ms").to_pydatetime().tolist()


def list_bands(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.name is None]


def test_readings_are_drawn_as_they_are() -> None:
    figure = build_chart(view_of(P1), series_of({P1: [1, 2, 3]}), None)
    (trace,) = figure.data
    assert trace.y.tolist() == [1, 2, 3]
    assert list_times(trace) == [
        START.replace(tzinfo=None) + number * SECOND for number in range(3)
    ]


def test_times_stand_on_the_reader_s_clock() -> None:
    view = view_of(P1, zone=ZoneInfo("Europe/Berlin"))
    figure = build_chart(view, series_of({P1: [1]}), None)
    two_o_clock = datetime(2026, 7, 31, 14, 0)
    assert list_times(figure.data[0]) == [two_o_clock]
    assert figure.layout.xaxis.range[0] == two_o_clock


def test_the_axis_spans_the_window_even_without_readings() -> None:
    figure = build_chart(view_of(P1), series_of({}), None)
    start, end = figure.layout.xaxis.range
    assert end - start == HOUR
    assert figure.data == ()


def test_buckets_have_a_band_of_lowest_and_highest() -> None:
    shown = series_of({P1: [10, 20]}, step=MINUTE, bucket=MINUTE)
    figure = build_chart(view_of(P1), shown, None)
    highest, lowest = list_bands(figure)
    assert (highest.y.tolist(), lowest.y.tolist()) == ([11, 21], [9, 19])
    assert lowest.fill == "tonexty"
    assert find_trace(figure, "P1").customdata.tolist() == [[9, 11], [19, 21]]


def test_the_legend_names_a_sensor_once() -> None:
    shown = series_of({P1: [10, 20]}, step=MINUTE, bucket=MINUTE)
    figure = build_chart(view_of(P1), shown, None)
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["P1"]


def test_a_line_breaks_where_readings_are_missing() -> None:
    means = [1.0] * 10
    shown = series_of({P1: means})
    late = series_of({P1: means}, start=START + MINUTE)
    shown.frame.loc[5:, "time"] = late.frame.loc[5:, "time"]
    figure = build_chart(view_of(P1), shown, None)
    assert np.isnan(figure.data[0].y).tolist() == [False] * 5 + [True] + [False] * 5


def test_buckets_finer_than_the_sensor_reports_do_not_break_the_line() -> None:
    slow = sensor_of("SLOW", sampling_interval_s=600)
    shown = series_of({slow: [1, 2, 3]}, step=10 * MINUTE, bucket=MINUTE)
    figure = build_chart(view_of(slow), shown, None)
    assert not np.isnan(find_trace(figure, "SLOW").y).any()


@pytest.mark.parametrize(
    ("count", "mode"), [(1, "lines+markers"), (FEW - 1, "lines+markers"), (FEW, "lines")]
)
def test_few_readings_have_markers(count: int, mode: str) -> None:
    figure = build_chart(view_of(P1), series_of({P1: [1.0] * count}), None)
    assert figure.data[0].mode == mode


def test_each_quantity_has_a_panel_with_its_title() -> None:
    figure = build_chart(view_of(P1, T1, P2), series_of({P1: [1], P2: [2], T1: [3]}), None)
    axes = {trace.name: trace.yaxis for trace in figure.data}
    assert axes == {"P1": "y", "P2": "y", "T1": "y2"}
    titles = [figure.layout[name].title.text.strip() for name in ("legend2", "legend3")]
    assert titles == ["<b>Pressure [bar]</b>", "<b>Temperature [°C]</b>"]


def test_every_trace_belongs_to_the_legend_of_its_panel() -> None:
    figure = build_chart(view_of(P1, T1), series_of({P1: [1], T1: [3]}), None)
    assert {trace.name: trace.legend for trace in figure.data} == {"P1": "legend2", "T1": "legend3"}


@pytest.mark.parametrize("count", [1, 2, 12])
def test_panels_lie_below_each_other_without_overlap(count: int) -> None:
    figure = build_chart(view_of(*FLOWS[:count]), series_of({}), None)
    names = ["yaxis", *(f"yaxis{place}" for place in range(2, count + 1))]
    domains = [figure.layout[name].domain for name in names]
    assert domains[0][1] == 1
    assert domains[-1][0] == pytest.approx(0)
    assert all(upper[0] > lower[1] for upper, lower in pairwise(domains))


def test_the_chart_grows_with_its_panels() -> None:
    heights = [
        build_chart(view_of(*FLOWS[:count]), series_of({}), None).layout.height
        for count in (1, 2, 3)
    ]
    assert heights[2] - heights[1] == heights[1] - heights[0] > 0


def test_sensors_differ_in_colour_until_the_palette_is_used_up() -> None:
    figure = build_chart(view_of(*FLOWS), series_of({flow: [1.0] for flow in FLOWS}), None)
    colours = [trace.line.color for trace in figure.data]
    assert len(set(colours[:10])) == 10
    assert colours[10:] == colours[:2]


def test_a_colour_stays_with_its_sensor_when_another_has_no_readings() -> None:
    both = build_chart(view_of(P1, P2), series_of({P1: [1], P2: [2]}), None)
    one = build_chart(view_of(P1, P2), series_of({P2: [2]}), None)
    assert find_trace(one, "P2").line.color == find_trace(both, "P2").line.color


def test_the_period_before_lies_under_the_window() -> None:
    before = series_of({P1: [5, 6]}, start=START - HOUR)
    compared = Compared("", "before", before, HOUR)
    figure = build_chart(view_of(P1), series_of({P1: [1, 2]}), compared)
    now, then = find_trace(figure, "P1"), find_trace(figure, "P1, before")
    assert list_times(then) == list_times(now)
    assert (then.y.tolist(), then.line.dash) == ([5, 6], "dot")
    assert then.line.color == now.line.color


def test_a_period_before_without_readings_draws_nothing() -> None:
    figure = build_chart(view_of(P1), series_of({P1: [1]}), Compared("", "before", series_of({})))
    assert [trace.name for trace in figure.data] == ["P1"]


def test_the_healthy_span_is_a_band_across_the_window() -> None:
    compared = Compared("", bands={P1.id: (2.0, 3.0)})
    figure = build_chart(view_of(P1), series_of({P1: [1]}), compared)
    band = find_trace(figure, "P1, healthy")
    assert (list(band.y), band.fill) == ([2, 2, 3, 3], "toself")


def test_derived_series_have_a_panel_a_unit_below() -> None:
    units = {"P1": "bar"}
    formulas = read_formulas("a = P1 in MPa\nb = P1 * 2 in MPa\nc = P1 in psi", units).formulas
    shown = series_of({P1: [10, 20]})
    derived = [derive(each, {"P1": P1}, shown) for each in formulas]
    figure = build_chart(view_of(P1), shown, None, derived)
    assert {trace.name: trace.yaxis for trace in figure.data} == {
        "P1": "y", "a": "y2", "b": "y2", "c": "y3",
    }  # fmt: skip
    assert find_trace(figure, "b").y.tolist() == pytest.approx([2, 4])


def test_a_touch_shows_the_sensor_s_places_and_unit() -> None:
    shown = series_of({P1: [1], P2: [1], T1: [1]})
    figure = build_chart(view_of(P1, P2, T1), shown, None)
    hovers = {trace.name: trace.hovertemplate for trace in figure.data}
    assert hovers == {"P1": "%{y:.1f} bar", "P2": "%{y:.4~g} bar", "T1": "%{y:.0f} °C"}


def test_a_touch_on_buckets_shows_lowest_and_highest() -> None:
    shown = series_of({P1: [10, 20]}, step=MINUTE, bucket=MINUTE)
    hover = find_trace(build_chart(view_of(P1), shown, None), "P1").hovertemplate
    assert hover == "%{y:.1f} bar (%{customdata[0]:.1f} … %{customdata[1]:.1f})"


def test_near_limits_are_drawn_in_their_panel_and_far_ones_named() -> None:
    limited = sensor_of("P9", warn_high=180, critical_high=900)
    view, shown = view_of(T1, limited), series_of({T1: [50], limited: [150, 175]})
    figure = build_chart(view, shown, None)
    (line,) = figure.layout.shapes
    assert (line.y0, line.y1, line.yref) == (180, 180, "y2")
    assert line.line.color == Tone.WARNING.value
    assert [limit.value for limit in list_far_limits(view, shown)] == [900]


def test_without_readings_no_limit_is_near_or_far() -> None:
    view, empty = view_of(sensor_of("P9", warn_high=180)), series_of({})
    assert list_far_limits(view, empty) == []
    assert build_chart(view, empty, None).layout.shapes == ()


def test_the_zoom_is_kept_for_the_same_view_only() -> None:
    first, second = (
        build_chart(view, series_of({}), None).layout.uirevision
        for view in (view_of(P1), view_of(P1, P2))
    )
    assert first != second


def test_plotly_knows_every_property() -> None:
    """The chart is put together unchecked: here it is checked."""
    limited = sensor_of("P1", warn_high=2.0)
    shown = series_of({limited: [1, 2]}, bucket=SECOND)
    compared = Compared("", "before", shown, HOUR, bands={limited.id: (1.0, 2.0)})
    built = build_chart(view_of(limited), shown, compared).to_dict()
    assert {each.name for each in go.Figure(built).data} > {"P1", "P1, before"}


def test_the_chart_is_told_in_words() -> None:
    view = view_of(P1, T1, zone=ZoneInfo("Europe/Berlin"))
    assert describe_chart(view) == (
        "P1, T1 of Press 1 from 2026-07-31 14:00:00 to 2026-07-31 15:00:00 UTC+02:00"
    )
