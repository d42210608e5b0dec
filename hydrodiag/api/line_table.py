"""Points of line protocol as rows for ingest: which sensor a field of a measurement is.

The system is the tag `system`, else the request's or the key's. The sensor is the first of
these names that the system knows: the tag `sensor` with the field, the tag alone (for the
field `value`), the last two or the last part of the tag `topic` (for the field `value`),
measurement and field, the field, the measurement (for the field `value`). The tag `unit`,
where there is one, is the unit of the line's values.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from hydrodiag.api.body import too_many_rows
from hydrodiag.api.instants import ticks_to_us
from hydrodiag.api.line_protocol import Line, Point, Unreadable, Value, parse_lines, split_series
from hydrodiag.api.schemas import BadLine
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest.instants import NO_TIME, to_us
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.rows import Lookup, NamedSensor, RowTable, RowText, Sender

TICK_US = {
    "n": 1e-3, "ns": 1e-3, "u": 1, "us": 1, "ms": 1e3, "s": 1e6, "m": 6e7, "h": 3.6e9,
}  # fmt: skip
VALUE = "value"
MAX_NAME = 200


@dataclass(frozen=True)
class LineTable:
    table: RowTable
    bad: list[BadLine]


@dataclass(frozen=True)
class Row:
    sensor: NamedSensor
    time_us: int
    value: Value | None
    line: Line


def build_table(
    content: bytes, catalog: SensorCatalog, sender: Sender, precision: str, most_rows: int
) -> LineTable:
    """Raises ApiError 413 for more fields than `most_rows`."""
    builder = _Builder(Lookup(catalog, sender), TICK_US[precision], to_us(datetime.now(UTC)))
    for found in parse_lines(content):
        if isinstance(found, Unreadable):
            builder.add_bad(found)
        else:
            builder.add(*found)
        if len(builder.rows) > most_rows:
            raise too_many_rows(len(builder.rows), most_rows)
    return LineTable(builder.build(), builder.bad)


@dataclass
class _Builder:
    lookup: Lookup
    tick_us: float
    now_us: int
    rows: list[Row] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    notes: dict[int, tuple[Code, str]] = field(default_factory=dict)
    _named: dict[tuple[str, str], tuple[NamedSensor, bool]] = field(default_factory=dict)

    def add(self, line: Line, point: Point) -> None:
        stamp = point.stamp
        time_us = self.now_us if stamp is None else ticks_to_us(stamp, self.tick_us)
        for name, value in point.fields:
            sensor, is_known = self._name(point.series, name)
            # Texts beside the readings, such as a quality, are no readings; nor quarantined.
            if is_known or not isinstance(value, str):
                self.rows.append(Row(sensor, time_us, value, line))

    def add_bad(self, found: Unreadable) -> None:
        """A line that is no point: its writer may drop it, so the quarantine keeps it."""
        self.bad.append(BadLine(line=found.line.number, message=found.why))
        detail = f"The line is no line protocol: {found.why}."
        self.notes[len(self.rows)] = (Code.BAD_VALUE, detail)
        self.rows.append(Row(NamedSensor(""), NO_TIME, None, found.line))

    def build(self) -> RowTable:
        rows = self.rows
        return RowTable(
            [row.sensor for row in rows],
            np.array([row.time_us for row in rows], np.int64),
            np.array([_number(row.value) for row in rows], np.float64),
            lambda position: _tell(rows[position]),
            self.notes,
        )

    def _name(self, series: str, field_name: str) -> tuple[NamedSensor, bool]:
        known = self._named.get((series, field_name))
        if known is None:
            measurement, tags = split_series(series)
            known = self._find(list_names(measurement, tags, field_name), tags)
            self._named[series, field_name] = known
        return known

    def _find(self, names: list[str], tags: dict[str, str]) -> tuple[NamedSensor, bool]:
        system, unit = tags.get("system", ""), tags.get("unit", "")
        sensors = [
            NamedSensor(name[:MAX_NAME], system[:MAX_NAME], unit[:MAX_NAME]) for name in names
        ]
        known = (each for each in sensors if self.lookup.find_sensor(each)[0])
        found = next(known, None)
        return (found, True) if found else (sensors[-1], False)


def list_names(measurement: str, tags: dict[str, str], field_name: str) -> list[str]:
    """What the sensor of a field may be called, in the order of trying."""
    is_value = field_name.lower() == VALUE
    names = []
    if sensor := tags.get("sensor"):
        names += [f"{sensor}_{field_name}", *([sensor] if is_value else [])]
    if is_value and (topic := tags.get("topic")):
        parts = [part for part in topic.split("/") if part]
        names += ["/".join(parts[-2:]), *parts[-1:]] if parts else []
    names += [f"{measurement}_{field_name}", field_name]
    return [*names, measurement] if is_value else names


def _number(value: Value | None) -> float:
    return float("nan") if value is None or isinstance(value, str) else float(value)


def _tell(row: Row) -> RowText:
    time = "" if row.time_us == NO_TIME else str(row.time_us)
    return RowText(row.line.text, time, "" if row.value is None else str(row.value))
