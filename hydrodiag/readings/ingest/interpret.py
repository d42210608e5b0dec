"""A block of a file as candidates for readings, by a mapping."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import CatalogSensor, SensorCatalog
from hydrodiag.readings.ingest.batch import Candidates, Float, Int, Mask
from hydrodiag.readings.ingest.block import OVERFLOW, Block
from hydrodiag.readings.ingest.labels import find_sensor
from hydrodiag.readings.ingest.mapping import Form, Mapping
from hydrodiag.readings.ingest.numbers import BLANKS, parse_numbers
from hydrodiag.readings.ingest.times import join_date_and_time, parse_times
from hydrodiag.readings.ingest.units import conversion

MAX_REMEMBERED_LABELS = 100_000


@dataclass(frozen=True)
class Resolved:
    """What a label and a unit mean: the sensor's place in the catalog and the conversion."""

    sensor_index: int = -1
    factor: float = 1.0
    offset: float = 0.0
    unit_ok: bool = True


@dataclass(frozen=True)
class Interpreted:
    """Candidates with the row of the block and the column (of wide files) each came from.

    `crowded` marks candidates of rows with more fields than the header has columns.
    """

    candidates: Candidates
    rows: NDArray[np.int32]
    columns: NDArray[np.int16] | None
    empty: int
    crowded: Mask | None = None


@dataclass
class Interpreter:
    mapping: Mapping
    catalog: SensorCatalog
    _resolved: dict[tuple[str, str], Resolved] = field(default_factory=dict)

    def interpret(self, block: Block) -> Interpreted:
        frame, rows = without_blank_rows(block.frame)
        times_us = self.read_times(frame)
        crowded = _crowded(frame)
        if self.mapping.form is Form.LONG:
            return self._long(frame, rows, times_us, crowded)
        return self._wide(frame, rows, times_us, crowded)

    def read_times(self, frame: pl.DataFrame) -> Int:
        mapping = self.mapping
        columns = [frame[name] for name in mapping.time_columns]
        column = columns[0] if len(columns) == 1 else join_date_and_time(*columns)
        return parse_times(column, mapping.clock, mapping.zone)

    def resolve(self, label: str, unit: str) -> Resolved:
        """What `label` with `unit` beside it means; remembered for the next blocks."""
        known = self._resolved.get((label, unit))
        if known is None:
            known = self._look_up(label, unit)
            if len(self._resolved) < MAX_REMEMBERED_LABELS:
                self._resolved[label, unit] = known
        return known

    def find_sensor(self, label: str) -> tuple[CatalogSensor | None, str]:
        """The sensor a label means and the unit written with it."""
        assigned = self.mapping.sensors.get(label)
        if assigned is not None:
            return self.catalog.find(assigned), ""
        return find_sensor(label, self.catalog, self.mapping.system_id)

    def _look_up(self, label: str, unit: str) -> Resolved:
        sensor, label_unit = self.find_sensor(label)
        if sensor is None:
            return Resolved()
        return self.resolve_sensor(sensor, unit or label_unit or self.mapping.unit)

    def resolve_sensor(self, sensor: CatalogSensor, unit: str) -> Resolved:
        index = int(np.searchsorted(self.catalog.ids, sensor.id))
        try:
            factor, offset = conversion(unit, sensor.unit) if unit else (1.0, 0.0)
        except InvalidInput:
            return Resolved(index, unit_ok=False)
        return Resolved(index, factor, offset)

    def _long(
        self, frame: pl.DataFrame, rows: NDArray[np.int32], times_us: Int, crowded: Mask | None
    ) -> Interpreted:
        values, _ = parse_numbers(frame[self.mapping.value_column], self.mapping.decimal)
        table, codes = self._resolve_rows(frame)
        index = np.array([each.sensor_index for each in table], np.int32)[codes]
        unit_ok = _take_or_none([each.unit_ok for each in table], codes)
        values = _convert(values, table, codes)
        if crowded is not None:
            values = np.where(crowded, np.nan, values)
        candidates = Candidates(index, times_us, values, unit_ok)
        return Interpreted(candidates, rows, None, 0, crowded)

    def _resolve_rows(self, frame: pl.DataFrame) -> tuple[list[Resolved], NDArray[np.int32]]:
        """Each row's meaning, as places in a table of the labels and units that occur."""
        labels, label_codes = _codes(frame[self.mapping.sensor_column])
        if not self.mapping.unit_column:
            return [self.resolve(label, "") for label in labels], label_codes
        units, unit_codes = _codes(frame[self.mapping.unit_column])
        pairs, codes = np.unique(
            label_codes.astype(np.int64) * len(units) + unit_codes, return_inverse=True
        )
        table = [
            self.resolve(labels[pair // len(units)], units[pair % len(units)])
            for pair in pairs.tolist()
        ]
        return table, codes.astype(np.int32)

    def _wide(
        self, frame: pl.DataFrame, rows: NDArray[np.int32], times_us: Int, crowded: Mask | None
    ) -> Interpreted:
        parts = [self._wide_column(frame, number) for number in self._column_order()]
        kept = [np.flatnonzero(~empty) for _, _, empty in parts]
        index = [
            np.full(len(keep), resolved.sensor_index, np.int32)
            for keep, (resolved, _, _) in zip(kept, parts, strict=True)
        ]
        values = [
            part[keep] * resolved.factor + resolved.offset
            for keep, (resolved, part, _) in zip(kept, parts, strict=True)
        ]
        place = np.concatenate(kept)
        numbers = np.repeat(self._column_order(), [len(keep) for keep in kept]).astype(np.int16)
        all_values = np.concatenate(values)
        if crowded is not None:
            crowded = crowded[place]
            all_values = np.where(crowded, np.nan, all_values)
        candidates = Candidates(np.concatenate(index), times_us[place], all_values)
        empty = len(parts) * frame.height - len(place)
        return Interpreted(candidates, rows[place], numbers, empty, crowded)

    def _column_order(self) -> list[int]:
        """Used columns in the order of their sensors: the batch then needs no sorting."""
        used = self.mapping.used_columns
        return sorted(range(len(used)), key=lambda number: used[number].sensor_id or 0)

    def _wide_column(self, frame: pl.DataFrame, number: int) -> tuple[Resolved, Float, Mask]:
        use = self.mapping.used_columns[number]
        sensor = self.catalog.sensors[use.sensor_id or 0]
        values, empty = parse_numbers(frame[use.column], self.mapping.decimal)
        return self.resolve_sensor(sensor, use.unit), values, empty


def without_blank_rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.int32]]:
    """The rows in which anything stands, and which rows of the block they are."""
    if not frame.select(pl.first().null_count()).item():
        return frame, np.arange(frame.height, dtype=np.int32)
    blank = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    return frame.filter(~blank), np.flatnonzero(~blank.to_numpy()).astype(np.int32)


def _crowded(frame: pl.DataFrame) -> Mask | None:
    if OVERFLOW not in frame.columns or frame[OVERFLOW].null_count() == frame.height:
        return None
    filled: Mask = (frame[OVERFLOW].fill_null("").str.strip_chars(BLANKS) != "").to_numpy()
    return filled


def _codes(column: pl.Series) -> tuple[list[str], NDArray[np.int32]]:
    """The texts of a column and, for each row, which of them it has."""
    texts = column.cast(pl.String).fill_null("")
    unique = texts.unique()
    numbers = pl.Series(np.arange(len(unique), dtype=np.int32))
    codes = texts.replace_strict(unique, numbers, return_dtype=pl.Int32)
    return unique.str.strip_chars(BLANKS).to_list(), codes.to_numpy()


def _take_or_none(flags: Sequence[bool], codes: NDArray[np.int32]) -> Mask | None:
    return None if all(flags) else np.array(flags, bool)[codes]


def _convert(values: Float, table: Sequence[Resolved], codes: NDArray[np.int32]) -> Float:
    factors = np.array([each.factor for each in table])
    offsets = np.array([each.offset for each in table])
    if np.all(factors == 1) and not offsets.any():
        return values
    converted: Float = values * factors[codes] + offsets[codes]
    return converted
