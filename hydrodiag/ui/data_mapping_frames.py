"""Mappings as tables to correct, and back."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import polars as pl

from hydrodiag.fleet import CatalogSensor, SensorCatalog
from hydrodiag.readings.ingest import ColumnUse, Mapping, Source
from hydrodiag.readings.ingest.labels import find_sensor
from hydrodiag.readings.ingest.mapping import NO_SENSOR
from hydrodiag.ui.data_labels import AS_SENSOR, UNITS, label_sensor, list_sensor_labels

EXAMPLES = 3
MAX_LABELS = 500


def build_column_frame(mapping: Mapping, source: Source, catalog: SensorCatalog) -> pd.DataFrame:
    """A row a column of a wide file: Column, Examples, Sensor, Unit."""
    uses = mapping.columns or guess_uses(mapping, source, catalog)
    rows = [
        (
            use.column,
            describe_examples(source.sample, use.column),
            label_sensor(catalog.find(use.sensor_id or 0)),
            use.unit or AS_SENSOR,
        )
        for use in uses
        if use.column not in mapping.time_columns
    ]
    return pd.DataFrame(rows, columns=["Column", "Examples", "Sensor", "Unit"])


def guess_uses(mapping: Mapping, source: Source, catalog: SensorCatalog) -> tuple[ColumnUse, ...]:
    """What the columns mean by their names, where the mapping says nothing about them."""
    uses = []
    for column in source.columns:
        sensor, unit = find_sensor(column, catalog, mapping.system_id)
        uses.append(ColumnUse(column, sensor.id if sensor else None, unit))
    return tuple(uses)


def read_column_frame(
    frame: pd.DataFrame, catalog: SensorCatalog, time_columns: Sequence[str]
) -> tuple[ColumnUse, ...]:
    """The uses a person has left in the table of `build_column_frame`."""
    ids = list_sensor_labels(catalog, None)
    rows = zip(*(frame[name].astype(str) for name in ("Column", "Sensor", "Unit")), strict=True)
    return tuple(
        ColumnUse(column, ids.get(sensor), unit if unit in UNITS else "")
        for column, sensor, unit in rows
        if column not in time_columns
    )


def list_file_labels(sample: pl.DataFrame, sensor_column: str) -> list[str]:
    """The names of sensors in the sample of a long file."""
    if sensor_column not in sample.columns:
        return []
    labels = sample[sensor_column].drop_nulls().cast(pl.String).unique(maintain_order=True)
    return labels.head(MAX_LABELS).to_list()


def build_label_frame(
    mapping: Mapping, labels: Sequence[str], catalog: SensorCatalog
) -> pd.DataFrame:
    """A row a name of a sensor in a long file: In the file, Sensor."""
    rows = [(label, label_sensor(_sensor_of(label, mapping, catalog))) for label in labels]
    return pd.DataFrame(rows, columns=["In the file", "Sensor"])


def read_label_frame(
    frame: pd.DataFrame, mapping: Mapping, catalog: SensorCatalog
) -> dict[str, int]:
    """Only what differs from what the catalog would find by itself; NO_SENSOR for left out."""
    ids, plain, chosen = list_sensor_labels(catalog, None), replace(mapping, sensors={}), {}
    for label, sensor_label in zip(frame["In the file"], frame["Sensor"], strict=True):
        found = _sensor_of(label, plain, catalog)
        sensor_id = ids.get(sensor_label)
        if sensor_id is None and found is not None:
            chosen[label] = NO_SENSOR
        elif sensor_id is not None and (found is None or found.id != sensor_id):
            chosen[label] = sensor_id
    return chosen


def list_unknown(mapping: Mapping, source: Source, catalog: SensorCatalog) -> list[str]:
    """Columns or names of the file that belong to no sensor yet."""
    if mapping.sensor_column:
        labels = list_file_labels(source.sample, mapping.sensor_column)
        return [each for each in labels if _sensor_of(each, mapping, catalog) is None]
    return [each for each in mapping.ignored_columns if _holds_numbers(source.sample[each])]


def describe_examples(sample: pl.DataFrame, column: str) -> str:
    values = sample[column].drop_nulls().head(EXAMPLES).to_list()
    return ", ".join(str(each).removesuffix(".0") for each in values)


def _sensor_of(label: str, mapping: Mapping, catalog: SensorCatalog) -> CatalogSensor | None:
    assigned = mapping.sensors.get(label)
    if assigned is not None:
        return catalog.find(assigned)
    return find_sensor(label, catalog, mapping.system_id)[0]


def _holds_numbers(column: pl.Series) -> bool:
    if column.dtype.is_numeric():
        return True
    texts = column.drop_nulls().cast(pl.String).str.replace(",", ".", literal=True)
    return bool(texts.cast(pl.Float64, strict=False).is_not_null().any())
