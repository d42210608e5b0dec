import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import plotly.io

from hydrodiag.ui.plotly_drawing import Drawing

TIMES = pd.Series(pd.date_range(datetime(2026, 7, 31, tzinfo=UTC), periods=3, freq="s"))


def draw() -> Drawing:
    drawing = Drawing({"height": 300})
    drawing.add_scatter(
        x=TIMES.dt.tz_localize(None), y=pd.Series([1.0, np.nan, 3.5]), name="P1", text=None,
        customdata=np.array([[0.5, 1.5], [1.0, 2.0], [3.0, 4.0]]),
    )  # fmt: skip
    drawing.add_shape(type="line", x0=0, x1=1, y0=2, y1=2)
    drawing.add_annotation(text="limit", x=0, y=2)
    return drawing


def test_a_finished_figure_is_sent_as_one_that_plotly_builds() -> None:
    built, finished = (
        json.loads(plotly.io.to_json(each, validate=False))
        for each in (draw().build(), draw().finish())
    )
    assert finished == built


def test_annotations_at_a_place_are_counted() -> None:
    assert draw().count_annotations(0) == 1
    assert draw().count_annotations(5) == 0
