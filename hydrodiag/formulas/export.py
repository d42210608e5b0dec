"""Derived series as a CSV file, beside the one of readings: it holds means, not readings."""

from collections.abc import Iterable

import pandas as pd

from hydrodiag.formulas.deriving import Derived
from hydrodiag.readings.windows import MICROSECOND, SECOND_US

COLUMNS = ["time", "system", "series", "unit", "bucket_s", "value"]


def export_derived(derived: Iterable[Derived], system_code: str) -> bytes:
    """Columns time (ISO 8601, UTC: where the bucket begins), system, series, unit, bucket_s, value.

    One row a bucket that all sensors of the formula have readings in; empty series are left out.
    """
    parts = [_build_rows(each, system_code) for each in derived if not each.frame.empty]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return rows.to_csv(index=False, lineterminator="\n").encode()


def _build_rows(derived: Derived, system_code: str) -> pd.DataFrame:
    known = derived.frame.dropna(subset="mean")
    step_us = derived.step // MICROSECOND if derived.step else None
    return pd.DataFrame(
        {
            "time": known["time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "system": system_code,
            "series": derived.formula.name,
            "unit": derived.formula.unit.name,
            "bucket_s": step_us / SECOND_US if step_us is not None else None,
            "value": known["mean"],
        },
        columns=COLUMNS,
    )
