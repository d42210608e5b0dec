"""A Plotly figure put together from plain parts.

Plotly checks every property of every trace as it is added, which costs more than the rest of a
page run: a chart of twelve lines takes 40 ms so and 4 ms unchecked, a circuit 200 ms and 5 ms.
Tests check the parts instead.
"""

from base64 import b64encode
from functools import cache
from typing import Any

import numpy as np
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

    def count_annotations(self, x: object) -> int:
        return sum(each["x"] == x for each in self._annotations)

    def build(self) -> go.Figure:
        return go.Figure(data=self._traces, layout=self._join_layout(), _validate=False)

    def finish(self) -> "Finished":
        """Far cheaper than `build`, for a figure that nobody changes any more."""
        data = [{key: _encode(value) for key, value in each.items()} for each in self._traces]
        return Finished({"data": data, "layout": {**_find_template(), **self._join_layout()}})

    def _join_layout(self) -> dict[str, Any]:
        return {**self._layout, "shapes": self._shapes, "annotations": self._annotations}


class Finished(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that is shown to many and never changed."""

    def __init__(self, parts: dict[str, Any]) -> None:
        super().__init__()
        self._parts = parts

    def to_dict(self) -> dict[str, Any]:
        parts: dict[str, Any] = self._parts
        return parts


@cache
def _find_template() -> dict[str, Any]:
    """What Plotly itself puts into the layout of each figure."""
    layout: dict[str, Any] = go.Figure().to_dict()["layout"]
    return layout


def _plain(value: Any) -> Any:
    """Arrays are copied far faster than series, and instants sent in a third as numbers."""
    if not isinstance(value, pd.Series):
        return value
    if is_datetime64_dtype(value):
        return value.to_numpy("datetime64[us]").astype("int64") / US_PER_MS
    return value.to_numpy()


def _encode(value: Any) -> Any:
    """Numbers as Plotly's JavaScript takes them: bytes in base64, with their type and shape."""
    if not isinstance(value, np.ndarray) or value.dtype != np.float64:
        return value
    sent = {"dtype": "f8", "bdata": b64encode(value.tobytes()).decode()}
    return sent if value.ndim == 1 else {**sent, "shape": ", ".join(map(str, value.shape))}
