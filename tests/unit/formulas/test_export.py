from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from hydrodiag.formulas import Derived, export_derived, read_formulas

AT = datetime(2026, 7, 31, 12, tzinfo=UTC)
FORMULA = read_formulas("Power, hydraulic = PS1 * FS1 in kW", {"PS1": "bar", "FS1": "l/min"})


def test_each_bucket_is_a_row_and_gaps_are_none() -> None:
    times = pd.to_datetime([AT, AT + timedelta(seconds=30), AT + timedelta(minutes=1)])
    frame = pd.DataFrame({"time": times, "mean": [10.5, np.nan, 12.0]})
    derived = Derived(FORMULA.formulas[0], frame, timedelta(seconds=30))
    assert export_derived([derived], "press-1").decode().splitlines() == [
        "time,system,series,unit,bucket_s,value",
        '2026-07-31T12:00:00.000000Z,press-1,"Power, hydraulic",kW,30.0,10.5',
        '2026-07-31T12:01:00.000000Z,press-1,"Power, hydraulic",kW,30.0,12.0',
    ]


def test_without_readings_there_is_the_header_alone() -> None:
    empty = Derived(FORMULA.formulas[0], pd.DataFrame({"time": [], "mean": []}), None, ("PS1",))
    assert export_derived([empty], "press-1") == b"time,system,series,unit,bucket_s,value\n"
