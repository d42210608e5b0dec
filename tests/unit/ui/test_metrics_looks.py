"""Scatter and Histogram of sensors and of derived series, without a database."""

from datetime import timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from hydrodiag.errors import InvalidInput
from hydrodiag.formulas import read_formulas
from hydrodiag.readings.series import Series
from hydrodiag.ui.metrics_channels import Channel, list_channels
from hydrodiag.ui.metrics_distributions import build_histograms
from hydrodiag.ui.metrics_histogram import build_percentile_frame
from hydrodiag.ui.metrics_histogram_chart import build_figure as build_histogram
from hydrodiag.ui.metrics_scatter import build_scatter
from hydrodiag.ui.metrics_scatter_chart import build_figure as build_scatter_figure
from hydrodiag.ui.metrics_view import DerivedChoice, MetricsView
from tests.unit.ui.measured import SECOND, START, sensor_of, series_of, view_of

P1 = sensor_of("P1", resolution=0.1)
Q1 = sensor_of("Q1", "flow", "l/min")
T1 = sensor_of("T1", "temperature", "°C")
MINUTE = timedelta(minutes=1)
RISING = [float(each) for each in range(100)]


def view_with(text: str, *sensors: object) -> MetricsView:
    known = (P1, Q1, T1)
    found = read_formulas(text, {sensor.tag: sensor.unit for sensor in known})
    assert not found.mistakes
    used = tuple(sensor for sensor in known if sensor.tag in found.tags)
    return view_of(*sensors, derived=DerivedChoice(text, found.formulas, used))


def channels_of(text: str, *sensors: object) -> tuple[Channel, ...]:
    return list_channels(view_with(text, *sensors))


def joined(*parts: Series) -> Series:
    frame = pd.concat([each.frame for each in parts], ignore_index=True)
    return Series(frame, parts[0].source, parts[0].bucket, 0)


def test_a_derived_series_is_an_axis_like_any_sensor() -> None:
    x, y = channels_of("Power = P1 * Q1 in kW", P1)
    shown = series_of({P1: RISING, Q1: [60.0] * 100})
    found = build_scatter(x, y, shown)
    assert found.step == SECOND
    assert found.pairs["x"].tolist() == RISING
    assert found.pairs["y"].tolist() == pytest.approx([each / 10 for each in RISING])
    assert found.relation.slope == pytest.approx(0.1)


def test_all_operands_of_both_axes_are_brought_to_the_moments_of_the_slowest_sensor() -> None:
    """The fast product against a slow sensor: means of 20 s of each, never one reading of many."""
    x, y = channels_of("Power = P1 * Q1 in kW", T1)
    fast = series_of({P1: RISING, Q1: [600.0] * 100})
    slow = series_of({T1: [1.0, 2.0, 3.0, 4.0, 5.0]}, step=20 * SECOND)
    found = build_scatter(x, y, joined(fast, slow))
    assert found.step == 20 * SECOND
    assert found.pairs["time"].tolist() == [START + place * 20 * SECOND for place in range(5)]
    assert found.pairs["y"].tolist() == pytest.approx([9.5, 29.5, 49.5, 69.5, 89.5])


def test_buckets_are_taken_as_they_are() -> None:
    x, y = channels_of("Power = P1 * Q1 in kW", P1)
    shown = series_of({P1: RISING, Q1: [600.0] * 100}, step=MINUTE, bucket=MINUTE)
    found = build_scatter(x, y, shown)
    assert (found.step, found.is_raw, found.relation.n) == (MINUTE, False, 100)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Power = P1 * Q1 in kW", "Power: no readings of Q1 in this window"),
        ("Odd = 1 bar / (P1 - P1)", "Odd: it has no value: a division by zero"),
    ],
)
def test_a_derived_axis_without_values_is_told(text: str, reason: str) -> None:
    x, y = channels_of(text, P1)
    with pytest.raises(InvalidInput, match=reason):
        build_scatter(x, y, series_of({P1: RISING}))


def test_the_axes_have_name_and_unit() -> None:
    text = "Hydraulic power of the circuit of pump 1 = P1 * Q1 in kW"
    view = view_with(text, P1)
    x, y = list_channels(view)
    shown = series_of({P1: RISING, Q1: [60.0] * 100})
    found = build_scatter(x, y, shown)
    layout = build_scatter_figure(found.pairs, found.relation, x, y, view.clock).layout
    assert layout.xaxis.title.text.endswith("[bar]")
    assert layout.yaxis.title.text.endswith("[kW]")


def test_a_formula_that_is_its_sensor_is_distributed_alike() -> None:
    channels = channels_of("Same = P1", P1)
    shown = series_of({P1: RISING}, step=MINUTE, bucket=MINUTE)
    shown.frame["n"] = np.arange(100) % 7 + 1
    found = build_histograms(channels, shown).by_name
    assert found["Same"].n == found["P1"].n == shown.frame["n"].sum()
    assert np.allclose(found["Same"].edges, found["P1"].edges)
    assert np.allclose(found["Same"].share_pct, found["P1"].share_pct)


def test_bins_of_a_derived_series_are_multiples_of_its_steps() -> None:
    values = np.round(np.random.default_rng(1).normal(150, 2, 5000), 1)
    channels = channels_of("Twice = P1 * 2", P1)
    found = build_histograms(channels, series_of({P1: values.tolist()})).by_name["Twice"]
    steps = np.diff(found.edges) / 0.2
    assert np.allclose(steps, np.rint(steps), atol=1e-6)


def test_what_has_no_values_is_left_out_and_told() -> None:
    channels = channels_of("Power = P1 * Q1 in kW\nRoot = sqrt(0 bar - P1 - 1 bar)", P1, T1)
    found = build_histograms(channels, series_of({P1: RISING}))
    assert set(found.by_name) == {"P1"}
    assert found.left_out == {
        "T1": "no readings in this window",
        "Power": "no readings of Q1 in this window",
        "Root": "it has no value: a division by zero, or the root of a negative number",
    }


def test_each_series_has_its_bars_in_the_panel_of_its_unit() -> None:
    view = view_with("Power = P1 * Q1 in kW", P1)
    channels = list_channels(view)
    found = build_histograms(channels, series_of({P1: RISING, Q1: [60.0] * 100}))
    figure = build_histogram(found.by_name, channels)
    bars = {trace.name: trace for trace in figure.data}
    assert {name: each.xaxis for name, each in bars.items()} == {"P1": "x", "Power": "x2"}
    assert "kW" in bars["Power"].hovertemplate
    titles = [figure.layout[name].title.text for name in ("xaxis2", "yaxis", "yaxis2")]
    assert titles == ["kW", "% of readings", "% of means"]
    assert isinstance(figure, go.Figure)


def test_percentiles_of_derived_series_stand_below_those_of_sensors() -> None:
    channels = channels_of("Power = P1 * Q1 in kW", P1)
    found = build_histograms(channels, series_of({P1: RISING, Q1: [60.0] * 100}))
    rows = build_percentile_frame(found.by_name, channels)
    assert rows["Series"].tolist() == ["P1", "Power"]
    assert rows["Unit"].tolist() == ["bar", "kW"]
    assert rows["Median"].tolist() == ["49.0", "4.9"]
    assert rows["Readings"].tolist() == ["100", "100"]
