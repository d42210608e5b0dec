"""A Plotly figure put together from plain parts.

Plotly checks every property of every trace as it is added, which costs more than the rest of a
page run: a chart of twelve lines takes 40 ms so and 4 ms unchecked, a circuit 200 ms and 5 ms.
Tests check the parts instead.
"""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from pandas.api.types import is_datetime64_dtype

# On an axis of dates Plotly reads numbers as milliseconds since 1970.
US_PER_MS = 1000


class Drawing:
    """Collects traces, shapes and annotations as Plotly spells them, without its shorthands."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self._layout = layout
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add_scatter(self, **trace: Any) -> None:
        given = {key: _plain(value) for key, value in trace.items() if value is not None}
        self._traces.append({"type": "scatter", **given})

    def add_shape(self, **shape: Any) -> None:
        self._shapes.append(shape)

    def add_annotation(self, **annotation: Any) -> None:
        self._annotations.append(annotation)

    def build(self) -> go.Figure:
        layout = {**self._layout, "shapes": self._shapes, "annotations": self._annotations}
        return go.Figure(data=self._traces, layout=layout, _validate=False)


class Finished(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that is shown to many and never changed: its parts are put together once."""

    def __init__(self, figure: go.Figure) -> None:
        super().__init__()
        self._parts = figure.to_dict()

    def to_dict(self) -> dict[str, Any]:
        parts: dict[str, Any] = self._parts
        return parts


def _plain(value: Any) -> Any:
    """Arrays are copied far faster than series, and instants sent in a third as numbers."""
    if not isinstance(value, pd.Series):
        return value
    if is_datetime64_dtype(value):
        return value.to_numpy("datetime64[us]").astype("int64") / US_PER_MS
    return value.to_numpy()
