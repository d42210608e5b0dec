"""One version of a model: figures without flattery, confusion, recall, calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hydrodiag.diagnostics.models.judging import NOT_TOLD, list_recalls, sort_labels
from hydrodiag.diagnostics.models.versions import ModelVersion
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.theme import Tone, line_colour

HEIGHT_PX = 300
SHADES = [[0, "rgba(43,143,189,0)"], [1, "rgba(43,143,189,0.85)"]]
FIGURES = {
    "accuracy": ("Right, of what it says", "{:.1%}"), "macro_f1": ("Macro F1", "{:.3f}"),
    "coverage": ("Says something of", "{:.1%}"),
    "calibration_error": ("Calibration error", "{:.3f}"),
}  # fmt: skip


def show_version(version: ModelVersion) -> None:
    st.subheader(f"{safe_label(version.component)} {version.id}", anchor=False)
    if version.state == "failed":
        st.error(safe_text(version.error), icon=":material/error:")
        return
    if version.state == "training":
        st.info("It is being trained.", icon=":material/hourglass_top:")
        return
    _warn(version)
    st.dataframe(build_figures_frame(version.metrics), hide_index=True,
                 alt="Figures of sessions left out and of random folds")  # fmt: skip
    confusion = version.metrics["confusion"]
    st.plotly_chart(build_confusion_chart(confusion), key=f"confusion_{version.id}",
                    alt="Confusion matrix, sessions left out",
                    config={"displayModeBar": False})  # fmt: skip
    _show_recalls(confusion)
    _show_calibration(version)
    _show_origin(version)


def _warn(version: ModelVersion) -> None:
    if version.is_flattered:
        st.warning(
            "Far better in random folds than in sessions that it had not seen: it has learned the "
            "sessions, not the condition.",
            icon=":material/warning:",
        )
    if version.acknowledged:
        st.caption(safe_text(f"Used all the same: {version.acknowledged}"))


def build_figures_frame(metrics: Mapping[str, Any]) -> pd.DataFrame:
    left_out, folds = metrics["groups_left_out"], metrics["random_folds"]
    rows = [
        (label, form.format(left_out[name]), form.format(folds[name]))
        for name, (label, form) in FIGURES.items()
    ]
    return pd.DataFrame(rows, columns=["", "A session left out", "Random folds (flattering)"])


def build_confusion_chart(confusion: Mapping[str, Mapping[str, int]]) -> go.Figure:
    """Rows are what was true, columns what was said."""
    truths = sort_labels(confusion)
    said = sort_labels({label for row in confusion.values() for label in row} | set(truths))
    counts = [[confusion[truth].get(label, 0) for label in said] for truth in truths]
    names = ["nothing" if each == NOT_TOLD else each for each in said]
    figure = go.Figure()
    figure.add_heatmap(z=counts, x=names, y=truths, text=counts, texttemplate="%{text}",
                       textfont={"color": line_colour()}, colorscale=SHADES, showscale=False,
                       xgap=2, ygap=2,
                       hovertemplate="true %{y}, said %{x}: %{z}<extra></extra>")  # fmt: skip
    axis = {"type": "category", "showgrid": False}
    figure.update_layout(
        height=HEIGHT_PX, margin={"t": 30, "b": 40, "l": 60, "r": 10},
        title={"text": "Each session judged by a model that had not seen it", "font": {"size": 14}},
        xaxis={**axis, "title": "said"},
        yaxis={**axis, "title": "true", "autorange": "reversed"},
    )  # fmt: skip
    return figure


def _show_recalls(confusion: Mapping[str, Mapping[str, int]]) -> None:
    rows = [(each.label, each.count, each.right, each.wrong, each.unknown)
            for each in list_recalls(confusion)]  # fmt: skip
    shares = ["Told rightly", "Told wrongly", "Nothing said"]
    st.dataframe(
        pd.DataFrame(rows, columns=["Condition", "Cycles", *shares]), hide_index=True,
        alt="Recall of each condition",
        column_config={name: st.column_config.NumberColumn(format="percent") for name in shares},
    )  # fmt: skip


def _show_calibration(version: ModelVersion) -> None:
    bins = version.metrics["groups_left_out"].get("bins", ())
    if not bins:
        return
    st.plotly_chart(build_calibration_chart(bins), key=f"calibration_{version.id}",
                    alt="Calibration: how sure it was against how often it was right",
                    config={"displayModeBar": False})  # fmt: skip


def build_calibration_chart(bins: Sequence[Mapping[str, Any]]) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name="As promised", hoverinfo="skip",
                       line={"color": Tone.MUTED, "dash": "dash"})  # fmt: skip
    figure.add_scatter(
        x=[each["probability"] for each in bins], y=[each["right"] for each in bins],
        customdata=[each["count"] for each in bins], mode="lines+markers", name="This model",
        line={"color": Tone.PRIMARY}, marker={"size": 9},
        hovertemplate="sure by %{x:.0%}: right in %{y:.0%} of %{customdata} cycles<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        height=HEIGHT_PX, margin={"t": 30, "b": 40, "l": 60, "r": 10},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        xaxis={"title": "how sure it was", "range": [0, 1.02], "tickformat": ".0%"},
        yaxis={"title": "how often right", "range": [0, 1.05], "tickformat": ".0%"},
    )  # fmt: skip
    return figure


def _show_origin(version: ModelVersion) -> None:
    told = version.trained_on
    indicators = ", ".join(version.parameters.get("indicators", ())) or "the gas model's"
    st.caption(safe_text(
        f"Trained on {told.get('cycles')} cycles in {told.get('groups')} sessions "
        f"({told.get('group')}), {str(told.get('first_at'))[:10]} to "
        f"{str(told.get('last_at'))[:10]}; healthy is {told.get('healthy')}. "
        f"Indicators: {indicators}."
    ))  # fmt: skip
