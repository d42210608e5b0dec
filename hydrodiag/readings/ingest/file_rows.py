"""Refused rows of a file, told as the file has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hydrodiag.fleet.catalog import CatalogSensor
from hydrodiag.readings.ingest.batch import Codes, Float
from hydrodiag.readings.ingest.block import Block
from hydrodiag.readings.ingest.explain import explain
from hydrodiag.readings.ingest.instants import find_instant
from hydrodiag.readings.ingest.interpret import Interpreted, Interpreter
from hydrodiag.readings.ingest.mapping import Form
from hydrodiag.readings.ingest.numbers import parse_numbers
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.refused import RefusedRow
from hydrodiag.readings.ingest.rules import Rules


@dataclass(frozen=True)
class Cell:
    """What a row of the file says about one reading, as text."""

    time: str
    label: str
    value: str
    unit: str
    sensor: CatalogSensor | None
    number: float


@dataclass(frozen=True)
class FileRows:
    interpreter: Interpreter
    block: Block
    read: Interpreted
    rules: Rules

    def describe(
        self, positions: NDArray[np.int64], codes: Codes, stored: dict[int, float]
    ) -> Sequence[RefusedRow]:
        rows = self.read.rows[positions].astype(np.int64)
        located = self.block.texts.locate(rows)
        cells = self._cells(rows, positions)
        return [
            self._row(line, raw, cell, position, Code(code), stored.get(position))
            for (line, raw), cell, position, code in zip(
                located, cells, positions.tolist(), codes.tolist(), strict=True
            )
        ]

    def _row(
        self, line: int, raw: str, cell: Cell, position: int, code: Code, stored: float | None
    ) -> RefusedRow:
        time_us = int(self.read.candidates.times_us[position])
        # Which field of a crowded row is the value is for a person to say.
        crowded = self._is_crowded(position)
        return RefusedRow(
            scope=self.interpreter.mapping.scope,
            line=line,
            raw=raw,
            reason=code.reason,
            detail=self._explain(cell, position, code, stored),
            sensor_label=cell.label,
            sensor_id=cell.sensor.id if cell.sensor else None,
            time_text=cell.time,
            reading_at=find_instant(time_us),
            value_text="" if crowded else cell.value,
            value=cell.number if np.isfinite(cell.number) and not crowded else None,
            unit=cell.unit,
        )

    def _explain(self, cell: Cell, position: int, code: Code, stored: float | None) -> str:
        if code is Code.BAD_TIME:
            return self._explain_time(cell)
        if code is Code.BAD_VALUE:
            return self._explain_value(cell, position)
        if code is Code.UNKNOWN_SENSOR:
            return self._explain_sensor(cell)
        if code is Code.BAD_UNIT and cell.sensor:
            return f"{cell.unit!r} cannot be converted to {cell.sensor.unit} of {cell.sensor.tag}."
        times_us, values = self.read.candidates.times_us, self.read.candidates.values
        value = float(values[position])
        return explain(code, cell.sensor, int(times_us[position]), value, self.rules, stored)

    def _explain_time(self, cell: Cell) -> str:
        mapping = self.interpreter.mapping
        if not cell.time.strip():
            return "There is no time in this row."
        return (
            f"{cell.time!r} is no time, or does not exist or occurs twice in {mapping.zone} "
            f"(read as {mapping.clock.value.replace('_', ' ')})."
        )

    def _explain_value(self, cell: Cell, position: int) -> str:
        if self._is_crowded(position):
            return "The row has more fields than the header has columns."
        if not cell.value.strip():
            return "There is no value in this row."
        sign = "comma" if self.interpreter.mapping.decimal == "," else "point"
        return f"{cell.value!r} is no number with a decimal {sign}."

    def _is_crowded(self, position: int) -> bool:
        return self.read.crowded is not None and bool(self.read.crowded[position])

    def _explain_sensor(self, cell: Cell) -> str:
        mapping, catalog = self.interpreter.mapping, self.interpreter.catalog
        several = catalog.match(cell.label, mapping.system_id)
        if len(several) > 1:
            names = ", ".join(sensor.full_tag for sensor in several[:5])
            return f"{cell.label!r} may be {names}: say which system the file is of."
        return f"No sensor is called {cell.label!r}: create it, or assign the name, then retry."

    def _cells(self, rows: NDArray[np.int64], positions: NDArray[np.int64]) -> list[Cell]:
        frame = self.block.frame[rows]
        mapping = self.interpreter.mapping
        times = frame.select(
            pl.concat_str(mapping.time_columns, separator=" ", ignore_nulls=True)
        ).to_series()
        if mapping.form is Form.LONG:
            return self._long_cells(frame, times)
        assert self.read.columns is not None  # noqa: S101 (wide files have columns)
        return self._wide_cells(frame, times, self.read.columns[positions])

    def _long_cells(self, frame: pl.DataFrame, times: pl.Series) -> list[Cell]:
        mapping = self.interpreter.mapping
        labels = _texts(frame[mapping.sensor_column])
        values = _texts(frame[mapping.value_column])
        numbers, _ = parse_numbers(frame[mapping.value_column], mapping.decimal)
        units = _texts(frame[mapping.unit_column]) if mapping.unit_column else [""] * len(labels)
        return [
            self._long_cell(*parts)
            for parts in zip(_texts(times), labels, values, units, numbers.tolist(), strict=True)
        ]

    def _long_cell(self, time: str, label: str, value: str, unit: str, number: float) -> Cell:
        sensor, label_unit = self.interpreter.find_sensor(label.strip())
        unit = unit or label_unit or self.interpreter.mapping.unit
        return Cell(time, label, value, unit, sensor, number)

    def _wide_cells(
        self, frame: pl.DataFrame, times: pl.Series, columns: NDArray[np.int16]
    ) -> list[Cell]:
        uses = self.interpreter.mapping.used_columns
        read = {use.column: self._wide_column(frame[use.column]) for use in uses}
        cells = []
        for row, (time, number) in enumerate(zip(_texts(times), columns.tolist(), strict=True)):
            use = uses[number]
            texts, numbers = read[use.column]
            sensor = self.interpreter.catalog.find(use.sensor_id or 0)
            value = float(numbers[row])
            cells.append(Cell(time, use.column, texts[row], use.unit, sensor, value))
        return cells

    def _wide_column(self, column: pl.Series) -> tuple[list[str], Float]:
        return _texts(column), parse_numbers(column, self.interpreter.mapping.decimal)[0]


def _texts(column: pl.Series) -> list[str]:
    return column.cast(pl.String).fill_null("").to_list()
