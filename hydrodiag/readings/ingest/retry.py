"""Quarantined readings tried again: after a correction, or after the world has changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.fleet.catalog import CatalogSensor, SensorCatalog, load_catalog
from hydrodiag.readings.ingest.batch import Candidates, Codes
from hydrodiag.readings.ingest.commit import with_patience
from hydrodiag.readings.ingest.explain import explain
from hydrodiag.readings.ingest.instants import NO_TIME, to_us
from hydrodiag.readings.ingest.interpret import Interpreter, Resolved
from hydrodiag.readings.ingest.load import load_batch
from hydrodiag.readings.ingest.mapping import Form, Mapping
from hydrodiag.readings.ingest.numbers import parse_numbers
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.quarantine import Selection, selection_values
from hydrodiag.readings.ingest.rules import Rules, load_rules
from hydrodiag.readings.ingest.times import parse_times
from hydrodiag.readings.ingest.units import require_unit
from hydrodiag.readings.ingest.upkeep import (
    INGEST_TOPIC,
    bump_topics,
    note_dirty,
    note_latest,
    topics_of,
)
from hydrodiag.readings.ingest.validate import build_clean_batch, check_candidates, is_measured

SQL = NamedQueries(__file__, "quarantine.sql")
SLICE_ROWS = 50_000
UNREADABLE = (Code.BAD_TIME, Code.BAD_VALUE, Code.UNKNOWN_SENSOR)
ANY_MAPPING = Mapping(Form.LONG, ())


@dataclass
class RetryReport:
    """`rows` = `inserted` + `already_there` + `still_open`, the last by reason in `reasons`."""

    rows: int = 0
    inserted: int = 0
    already_there: int = 0
    still_open: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def add(self, other: "RetryReport") -> None:
        for name in ("rows", "inserted", "already_there", "still_open"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons = dict(Counter(self.reasons) + Counter(other.reasons))


@dataclass(frozen=True)
class ReadingChange:
    """Corrections of one reading; None leaves a part as it is. `value` is in `unit`."""

    time: datetime | None = None
    sensor_id: int | None = None
    value: float | None = None
    unit: str | None = None


def retry_quarantined(
    db: Database, which: Selection, *, by: str = "", keep_old: bool = False
) -> RetryReport:
    """Check the open ones among `which` again and load what is good now, in one transaction."""
    return _retry(db, which, by, keep_old)


def fix_quarantined(
    db: Database, row_id: int, change: ReadingChange, *, by: str = "", keep_old: bool = False
) -> RetryReport:
    """Correct one open reading and try it again; one that is settled stays as it is.

    Raises NotFound for an unknown id and InvalidInput for a correction that cannot be.
    """
    catalog = load_catalog(db)
    _check_change(change, catalog)
    with db.read() as connection:
        if connection.execute(SQL["find_status"], {"id": row_id}).scalar() is None:
            raise NotFound(f"There is no quarantined reading {row_id}.")
    return _retry(db, [row_id], by, keep_old, (row_id, change))


def _check_change(change: ReadingChange, catalog: SensorCatalog) -> None:
    if change.time is not None and change.time.tzinfo is None:
        raise InvalidInput("The corrected time has no time zone.", hint="Give it with its offset.")
    if change.sensor_id is not None and catalog.find(change.sensor_id) is None:
        raise InvalidInput(f"There is no sensor {change.sensor_id}.", hint="Choose another one.")
    if change.value is not None and not is_measured(np.array(change.value)):
        raise InvalidInput(
            "The corrected value is no measured value.", hint="Give a number within ±1e100."
        )
    if change.unit:
        require_unit(change.unit)


def _retry(
    db: Database,
    which: Selection,
    by: str,
    keep_old: bool,
    fix: tuple[int, ReadingChange] | None = None,
) -> RetryReport:
    return with_patience(lambda: _Retry(db, by, keep_old).run(which, fix))


class _Retry:
    def __init__(self, db: Database, by: str, keep_old: bool) -> None:
        self.db = db
        self.by = by
        self.catalog = load_catalog(db)
        self.rules: Rules = load_rules(db, keep_old=keep_old)
        self.interpreters: dict[int | None, Interpreter] = {}
        self.topics: set[str] = set()

    def run(self, which: Selection, fix: tuple[int, ReadingChange] | None) -> RetryReport:
        total = RetryReport()
        with self.db.write() as connection:
            if fix:
                _change(connection, *fix)
            for rows in self._slices(connection, which):
                total.add(self._retry_rows(connection, rows))
            bump_topics(connection, self.topics)
        return total

    def _slices(self, connection: Connection, which: Selection) -> Iterator[Sequence[Any]]:
        after = 0
        values = {**selection_values(which), "limit": SLICE_ROWS}
        while rows := connection.execute(SQL["lock_open"], {**values, "after": after}).all():
            after = rows[-1].id
            yield rows

    def _retry_rows(self, connection: Connection, rows: Sequence[Any]) -> RetryReport:
        self._load_mappings(connection, rows)
        resolved = [self._resolve(row) for row in rows]
        candidates = self._candidates(rows, resolved)
        codes = check_candidates(candidates, self.catalog, self.rules)
        clean = build_clean_batch(candidates, codes, self.catalog)
        loaded = load_batch(connection, clean, expect_stored=True)
        for position in loaded.conflicts:
            codes[position] = Code.CONFLICTING_VALUE
        self._settle(connection, rows, candidates, codes, loaded.conflicts)
        if len(loaded.new):
            note_latest(connection, loaded.new)
            note_dirty(connection, loaded.new)
        self.topics |= {INGEST_TOPIC} | topics_of(loaded.new, self.catalog)
        reasons = Counter(str(Code(code).reason) for code in codes.tolist() if code)
        return RetryReport(
            len(rows), len(loaded.new), loaded.already_there, reasons.total(), dict(reasons)
        )

    def _load_mappings(self, connection: Connection, rows: Sequence[Any]) -> None:
        wanted = {row.file_id for row in rows if row.file_id} - set(self.interpreters)
        found = connection.execute(SQL["find_file_mappings"], {"file_ids": list(wanted)})
        for each in found:
            mapping = Mapping.from_dict(each.mapping)
            self.interpreters[each.id] = Interpreter(mapping, self.catalog)

    def _interpreter(self, row: Any) -> Interpreter:
        found = self.interpreters.get(row.file_id)
        return found or self.interpreters.setdefault(None, Interpreter(ANY_MAPPING, self.catalog))

    def _sensor(self, row: Any) -> CatalogSensor | None:
        known = self.catalog.find(row.sensor_id) if row.sensor_id else None
        return known or self._interpreter(row).find_sensor(row.sensor_label.strip())[0]

    def _resolve(self, row: Any) -> Resolved:
        sensor = self._sensor(row)
        return self._interpreter(row).resolve_sensor(sensor, row.unit) if sensor else Resolved()

    def _candidates(self, rows: Sequence[Any], resolved: Sequence[Resolved]) -> Candidates:
        values = [
            self._value(row) * each.factor + each.offset
            for row, each in zip(rows, resolved, strict=True)
        ]
        return Candidates(
            np.array([each.sensor_index for each in resolved], np.int32),
            np.array([self._time_us(row) for row in rows], np.int64),
            np.array(values, np.float64),
            np.array([each.unit_ok for each in resolved], bool),
        )

    def _time_us(self, row: Any) -> int:
        if row.reading_at is not None:
            return to_us(row.reading_at)
        if not row.time_text:
            return NO_TIME
        mapping = self._interpreter(row).mapping
        return int(parse_times(pl.Series([row.time_text]), mapping.clock, mapping.zone)[0])

    def _value(self, row: Any) -> float:
        if row.value is not None:
            return float(row.value)
        decimal = self._interpreter(row).mapping.decimal
        return float(parse_numbers(pl.Series([row.value_text]), decimal)[0][0])

    def _settle(
        self,
        connection: Connection,
        rows: Sequence[Any],
        candidates: Candidates,
        codes: Codes,
        stored: dict[int, float],
    ) -> None:
        verdicts = [Code(code) for code in codes.tolist()]
        details = [
            self._detail(row, code, candidates, position, stored.get(position))
            for position, (row, code) in enumerate(zip(rows, verdicts, strict=True))
        ]
        news = {
            "ids": [row.id for row in rows],
            "statuses": ["open" if code else "retried" for code in verdicts],
            "reasons": [
                str(code.reason) if code else row.reason
                for row, code in zip(rows, verdicts, strict=True)
            ],
            "details": details,
            "by": self.by,
        }
        connection.execute(SQL["settle_retried"], news)

    def _detail(
        self, row: Any, code: Code, candidates: Candidates, position: int, stored: float | None
    ) -> str:
        is_same = code is Code.GOOD or row.reason == code.reason
        if (is_same and code is not Code.CONFLICTING_VALUE) or code in UNREADABLE:
            return str(row.detail)
        sensor = self._sensor(row)
        if code is Code.BAD_UNIT and sensor:
            return f"{row.unit!r} cannot be converted to {sensor.unit} of {sensor.tag}."
        time_us, value = candidates.times_us[position], candidates.values[position]
        return explain(code, sensor, int(time_us), float(value), self.rules, stored)


def _change(connection: Connection, row_id: int, change: ReadingChange) -> None:
    values = {
        "id": row_id,
        "reading_at": change.time,
        "sensor_id": change.sensor_id,
        "value": change.value,
        "unit": change.unit,
    }
    connection.execute(SQL["change_reading"], values)
