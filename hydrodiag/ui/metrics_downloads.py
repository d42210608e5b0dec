"""What the page Metrics gives away: readings as files, and the name of a picture of the chart."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from hydrodiag.db import Database
from hydrodiag.formulas import export_derived
from hydrodiag.readings.export import export_csv, export_parquet
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui import resources
from hydrodiag.ui.metrics_derived import load_derived
from hydrodiag.ui.metrics_view import LINES, MetricsView
from hydrodiag.ui.wording import format_span

MOST_EXPORTED = 5_000_000


def show_downloads(view: MetricsView, total: int) -> bool:
    """A button a form; False where the `total` readings are too many for one file."""
    db, ids, window = resources.database(), view.sensor_ids, view.window
    is_small = total <= MOST_EXPORTED
    forms = (
        ("CSV", "text/csv", lambda: b"".join(export_csv(db, ids, window))),
        ("Parquet", "application/vnd.apache.parquet", lambda: _build_parquet(db, ids, window)),
    )
    for name, mime, build in forms:
        st.download_button(
            f"Download {name}",
            data=build,
            file_name=f"{name_view(view)}.{name.lower()}",
            mime=mime,
            icon=":material/download:",
            on_click="ignore",
            disabled=not is_small,
        )
    if view.derived.formulas and view.look == LINES:
        st.download_button(
            "Download derived",
            data=lambda: export_derived(load_derived(view), view.system.code),
            file_name=f"{name_view(view)}_derived.csv",
            mime="text/csv",
            icon=":material/function:",
            on_click="ignore",
            help="The derived series as drawn: means of buckets, as CSV.",
        )
    return is_small


def build_config(view: MetricsView, *without: str) -> dict[str, Any]:
    """Plotly's buttons of a chart: not those in `without`; the camera's picture has a name."""
    return {
        "displaylogo": False,
        "modeBarButtonsToRemove": list(without),
        "toImageButtonOptions": {"format": "png", "filename": name_view(view), "scale": 2},
    }


def name_view(view: MetricsView) -> str:
    """Machine, begin and length, for names of files."""
    length = format_span(view.window.span + timedelta(milliseconds=1)).replace(" ", "")
    return f"{view.system.code}_{view.window.start:%Y%m%dT%H%M%SZ}_{length}"


def _build_parquet(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> bytes:
    target = io.BytesIO()
    export_parquet(db, sensor_ids, window, target)
    return target.getvalue()
