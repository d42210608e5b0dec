"""Metrics, Spectrum: what oscillates in a channel, and how strongly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.spectrum import Spectrum, compute_spectrum
from hydrodiag.readings.raw import RawReadings, load_readings
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_downloads import build_config
from hydrodiag.ui.metrics_look_parts import (
    build_layout,
    check_present,
    count_allowed,
    list_colours,
    list_reasons,
    name_axes,
    show_too_long,
    since_start_s,
)
from hydrodiag.ui.metrics_panels import Panel, build_panels
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text, safe_label
from hydrodiag.ui.wording import format_count, format_span


@dataclass(frozen=True)
class Spectra:
    """`fitting`: how long a window may be, where this one has too many readings."""

    by_sensor: Mapping[int, Spectrum]
    refused: Mapping[int, InvalidInput]
    fitting: timedelta | None


def show_spectrum(view: MetricsView) -> None:
    found = read(view.topics, load_spectra, view.sensor_ids, view.window)
    if found.fitting is not None:
        show_too_long(view, found.fitting)
        return
    if not found.by_sensor:
        raise next(iter(found.refused.values()))
    shown = [sensor for sensor in view.sensors if sensor.id in found.by_sensor]
    tags = ", ".join(sensor.tag for sensor in shown)
    st.plotly_chart(
        build_figure(found.by_sensor, view),
        key="spectrum",
        config=build_config(view, "select", "lasso2d"),
        alt=f"Amplitude spectrum of {tags} of {view.system.name}",
    )
    for sensor in shown:
        st.caption(f"{safe_label(sensor.tag)}: {_describe_source(found.by_sensor[sensor.id])}")
    tag_of = {sensor.id: sensor.tag for sensor in view.sensors}
    list_reasons({tag_of[each]: error for each, error in found.refused.items()})
    _show_peaks(build_peak_frame(found.by_sensor, view))


def load_spectra(db: Database, sensor_ids: tuple[int, ...], window: TimeWindow) -> Spectra:
    raw = load_readings(db, sensor_ids, window, count_allowed(len(sensor_ids)))
    if raw.fitting is not None:
        return Spectra({}, {}, raw.fitting)
    check_present(raw, sensor_ids)
    return _compute(raw, sensor_ids, window)


def build_figure(found: Mapping[int, Spectrum], view: MetricsView) -> go.Figure:
    panels = build_panels([sensor for sensor in view.sensors if sensor.id in found])
    layout = build_layout(panels, y_title=_name_amplitude, x_title=lambda _: "Hz", is_shared=True)
    figure = go.Figure(layout={**layout, "hovermode": "x unified"})
    colours = list_colours(build_panels(view.sensors))
    for place, panel in enumerate(panels, start=1):
        for sensor in panel.sensors:
            one, colour = found[sensor.id], colours[sensor.id]
            tag, unit = chart_text(sensor.tag), chart_text(sensor.unit)
            same = {"legendgroup": tag, **name_axes(place, is_shared=True)}
            figure.add_scatter(
                x=one.frequency_hz, y=one.amplitude, mode="lines", name=tag,
                line={"color": colour, "width": 1.6},
                hovertemplate=f"%{{y:.4~g}} {unit}", **same,
            )  # fmt: skip
            figure.add_scatter(
                x=one.frequency_hz[one.peaks], y=one.amplitude[one.peaks], mode="markers",
                marker={"color": colour, "size": 7, "symbol": "circle-open"}, hoverinfo="skip",
                showlegend=False, **same,
            )  # fmt: skip
    return figure


def build_peak_frame(found: Mapping[int, Spectrum], view: MetricsView) -> pd.DataFrame:
    """A row a peak, by sensor and from the highest down."""
    rows = [
        {
            "Sensor": sensor.tag,
            "Frequency [Hz]": f"{found[sensor.id].frequency_hz[place]:.4g}",
            "Period [s]": f"{1 / found[sensor.id].frequency_hz[place]:.4g}",
            "Amplitude": f"{found[sensor.id].amplitude[place]:.4g}",
            "Unit": sensor.unit,
        }
        for sensor in view.sensors
        if sensor.id in found
        for place in found[sensor.id].peaks
    ]
    return pd.DataFrame(rows)


def _compute(raw: RawReadings, sensor_ids: tuple[int, ...], window: TimeWindow) -> Spectra:
    found: dict[int, Spectrum] = {}
    refused: dict[int, InvalidInput] = {}
    for sensor_id in sensor_ids:
        rows = raw.frame[raw.frame["sensor_id"] == sensor_id]
        try:
            found[sensor_id] = compute_spectrum(
                since_start_s(rows, window), np.asarray(rows["value"], np.float64)
            )
        except InvalidInput as error:
            refused[sensor_id] = error
    return Spectra(found, refused, None)


def _show_peaks(peaks: pd.DataFrame) -> None:
    if peaks.empty:
        st.caption("No peak stands out of the noise by four times its median.")
        return
    st.dataframe(
        peaks, hide_index=True, height="content", alt="Peaks of the spectrum",
        column_config={
            name: st.column_config.TextColumn(alignment="right")
            for name in ("Frequency [Hz]", "Period [s]", "Amplitude")
        },
    )  # fmt: skip


def _name_amplitude(panel: Panel) -> str:
    return f"Amplitude [{panel.unit}]" if panel.unit else "Amplitude"


def _describe_source(one: Spectrum) -> str:
    apart = f"{one.interval_s * 1000:.4g} ms" if one.interval_s < 1 else f"{one.interval_s:.4g} s"
    return (
        f"{format_count(one.n)} raw readings without a gap, {apart} apart, so up to "
        f"{0.5 / one.interval_s:.4g} Hz; mean of Hann windows of "
        f"{format_span(timedelta(seconds=one.segment_s))} (Welch)."
    )
