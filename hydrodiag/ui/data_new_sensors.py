"""Sensors to create for columns or names that belong to none yet."""

import math
from collections.abc import Sequence

import pandas as pd

from hydrodiag.fleet import SensorDraft
from hydrodiag.readings.ingest.labels import split_label
from hydrodiag.ui.data_labels import QUANTITY_OF_UNIT

NUMBERS = ("Lowest possible", "Highest possible", "Resolution")
COLUMNS = ("Create", "In the file", "Tag", "Name", "Quantity", "Unit", *NUMBERS)


def build_draft_frame(labels: Sequence[str]) -> pd.DataFrame:
    """A row a label, filled as far as the label tells: its unit, and what that measures."""
    frame = pd.DataFrame([_draft_row(label) for label in labels], columns=list(COLUMNS[:6]))
    for name in NUMBERS:
        frame[name] = pd.Series([None] * len(frame), dtype="float64")
    return frame


def read_draft_frame(frame: pd.DataFrame) -> list[SensorDraft]:
    """The sensors that are ticked. Raises InvalidInput for what cannot be."""
    return [_draft(row) for row in frame.to_dict("records") if row["Create"]]


def _draft_row(label: str) -> tuple[bool, str, str, str, str, str]:
    parts = split_label(label)
    quantity = QUANTITY_OF_UNIT.get(parts.unit, "")
    return (bool(parts.unit), label, parts.name, parts.name, quantity, parts.unit)


def _draft(row: dict[object, object]) -> SensorDraft:
    texts = {name: _text(row[name]) for name in ("Tag", "Name", "Quantity", "Unit")}
    lowest, highest, resolution = (_number(row[name]) for name in NUMBERS)
    return SensorDraft(
        tag=texts["Tag"],
        name=texts["Name"] or texts["Tag"],
        quantity=texts["Quantity"],
        unit=texts["Unit"],
        resolution=resolution,
        valid_min=lowest,
        valid_max=highest,
    )


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) and not math.isnan(cell) else None
