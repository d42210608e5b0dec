"""The way in for requests: single readings that name their sensor, each with an outcome."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hydrodiag.db import Database
from hydrodiag.fleet.catalog import CatalogSensor, SensorCatalog, load_catalog
from hydrodiag.readings.ingest import mapping as file_mapping
from hydrodiag.readings.ingest.batch import Candidates, CleanBatch, Codes, Float, Int
from hydrodiag.readings.ingest.columns import LIVE
from hydrodiag.readings.ingest.commit import PreparedBatch, commit_batch, open_run
from hydrodiag.readings.ingest.explain import explain
from hydrodiag.readings.ingest.instants import NO_TIME, find_instant, to_us
from hydrodiag.readings.ingest.interpret import Interpreter, Resolved
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.refused import RefusedRow
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.rules import Rules, load_rules
from hydrodiag.readings.ingest.validate import build_clean_batch, check_candidates


@dataclass(frozen=True)
class RowText:
    """A row as it was sent, and its time and value as texts."""

    raw: str
    time: str
    value: str


class NamedSensor(NamedTuple):
    """What a row calls its sensor. `system` is a code, empty: that of the request."""

    label: str
    system: str = ""
    unit: str = ""


@dataclass(frozen=True)
class RowTable:
    """One reading a position, in sequences of equal length.

    `times_us` is NO_TIME and `values` NaN where they could not be read. `notes` are verdicts
    that stand already. `text_of` tells a row for the quarantine; asked for refused rows only.
    """

    sensors: Sequence[NamedSensor]
    times_us: Int
    values: Float
    text_of: Callable[[int], RowText]
    notes: Mapping[int, tuple[Code, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sensors)


@dataclass(frozen=True)
class Sender:
    """Who sends rows. `system_id`: the one system the rows may be of, if it is only one."""

    name: str
    origin: str
    system_id: int | None = None
    system_code: str = ""


def load_rows(
    db: Database, table: RowTable, sender: Sender
) -> tuple[IngestReport, Sequence[RefusedRow]]:
    """Load what is good, quarantine the rest; a repeated call changes nothing.

    The refused rows are told in the order of their positions, which stand in `line`, from 1;
    the quarantine keeps them without: cut otherwise, a retry sends the same rows again.
    """
    if not len(table):
        return IngestReport(), ()
    catalog, rules = load_catalog(db), load_rules(db)
    lookup = Lookup(catalog, sender)
    candidates = _build_candidates(table, lookup)
    codes = check_candidates(candidates, catalog, rules)
    for position, (code, _) in table.notes.items():
        codes[position] = code
    clean = build_clean_batch(candidates, codes, catalog)
    rows = RequestRows(table, lookup, candidates, rules)
    key = _content_key(sender, clean, rules)
    batch = PreparedBatch(key, candidates, codes, clean, rows)
    report = commit_batch(open_run(db, catalog, sender.name, sender.origin), batch)
    return report, rows.told


class Lookup:
    """Sensors by what rows call them, each name looked up once."""

    def __init__(self, catalog: SensorCatalog, sender: Sender) -> None:
        self.catalog = catalog
        self.sender = sender
        self._interpreters: dict[int | None, Interpreter] = {}
        self._resolved: dict[NamedSensor, Resolved] = {}

    def resolve(self, named: NamedSensor) -> Resolved:
        known = self._resolved.get(named)
        if known is None:
            may_be = self.find_system(named)
            known = Resolved() if may_be is None else self._ask(named, may_be)
            self._resolved[named] = known
        return known

    def find_system(self, named: NamedSensor) -> tuple[int | None] | None:
        """The id of the system (None: any of them); None alone: not one of the sender's."""
        if not named.system:
            return (self.sender.system_id,)
        found = self.catalog.find_system_id(named.system)
        is_ours = self.sender.system_id in (None, found)
        return (found,) if found is not None and is_ours else None

    def find_sensor(self, named: NamedSensor) -> tuple[CatalogSensor | None, str]:
        """The sensor and the unit of its values."""
        may_be = self.find_system(named)
        if may_be is None:
            return None, named.unit
        sensor, unit = self._interpreter(may_be[0]).find_sensor(named.label)
        return sensor, named.unit or unit

    def full_label(self, named: NamedSensor) -> str:
        """What finds the sensor again without knowing who sent the row."""
        sensor, _ = self.find_sensor(named)
        if sensor:
            return sensor.full_tag
        # A retry knows nothing of the sender: the name must not lead to another's system.
        own = self.sender.system_code
        parts = (own if named.system != own else "", named.system, named.label)
        return "/".join(filter(None, parts))

    def explain_unknown(self, named: NamedSensor) -> str:
        may_be = self.find_system(named)
        if may_be is None:
            return f"There is no system {named.system!r} with sensors that this sender may write."
        several = self.catalog.match(named.label, may_be[0])
        if len(several) > 1:
            names = ", ".join(sensor.full_tag for sensor in several[:5])
            return f"{named.label!r} may be {names}: say which system it is of."
        return f"No sensor is called {named.label!r}: create it, then retry."

    def _ask(self, named: NamedSensor, may_be: tuple[int | None]) -> Resolved:
        return self._interpreter(may_be[0]).resolve(named.label, named.unit)

    def _interpreter(self, system_id: int | None) -> Interpreter:
        if system_id not in self._interpreters:
            mapping = file_mapping.Mapping(file_mapping.Form.LONG, (), system_id=system_id)
            self._interpreters[system_id] = Interpreter(mapping, self.catalog)
        return self._interpreters[system_id]


def _build_candidates(table: RowTable, lookup: Lookup) -> Candidates:
    resolved = [lookup.resolve(named) for named in table.sensors]
    index = np.array([each.sensor_index for each in resolved], np.int32)
    factors = np.array([each.factor for each in resolved])
    offsets = np.array([each.offset for each in resolved])
    unit_ok = np.array([each.unit_ok for each in resolved], bool)
    with np.errstate(over="ignore"):
        values = table.values * factors + offsets
    return Candidates(index, table.times_us, values, None if unit_ok.all() else unit_ok)


def _content_key(sender: Sender, clean: CleanBatch, rules: Rules) -> bytes | None:
    """Readings as they come are no import, and are not noted as one."""
    if not len(clean) or clean.times_us.min() > to_us(rules.now - LIVE):
        return None
    digest = blake2b(f"{sender.origin}\x1f{sender.system_code}".encode(), digest_size=32)
    for each in (clean.sensor_ids, clean.times_us, clean.values):
        digest.update(np.ascontiguousarray(each).data)
    return digest.digest()


@dataclass
class RequestRows:
    """Tells refused rows to the quarantine, and remembers them for the answer."""

    table: RowTable
    lookup: Lookup
    candidates: Candidates
    rules: Rules
    told: Sequence[RefusedRow] = ()

    def describe(
        self, positions: NDArray[np.int64], codes: Codes, stored: dict[int, float]
    ) -> Sequence[RefusedRow]:
        pairs = zip(positions.tolist(), codes.tolist(), strict=True)
        rows = [self._describe(each, Code(code), stored.get(each)) for each, code in pairs]
        places = [position + 1 for position in positions.tolist()]
        self.told = [row.at_line(place) for row, place in zip(rows, places, strict=True)]
        return rows

    def _describe(self, position: int, code: Code, stored: float | None) -> RefusedRow:
        named, text = self.table.sensors[position], self.table.text_of(position)
        sensor, unit = self.lookup.find_sensor(named)
        time_us, value = int(self.table.times_us[position]), float(self.table.values[position])
        return RefusedRow(
            # The same text means another reading in another unit of time, or without a time.
            scope=f"{self.lookup.sender.origin}:{self.lookup.sender.system_code}:{time_us}",
            line=None,
            raw=text.raw,
            reason=code.reason,
            detail=self._explain(position, code, stored),
            sensor_label=self.lookup.full_label(named),
            sensor_id=sensor.id if sensor else None,
            time_text=text.time,
            reading_at=find_instant(time_us),
            value_text=text.value,
            value=value if np.isfinite(value) else None,
            unit=unit,
        )

    def _explain(self, position: int, code: Code, stored: float | None) -> str:
        if position in self.table.notes:
            return self.table.notes[position][1]
        named, text = self.table.sensors[position], self.table.text_of(position)
        sensor, unit = self.lookup.find_sensor(named)
        if code is Code.UNKNOWN_SENSOR:
            return self.lookup.explain_unknown(named)
        if code is Code.BAD_UNIT and sensor:
            return f"{unit!r} cannot be converted to {sensor.unit} of {sensor.tag}."
        time_us, value = self.candidates.times_us[position], self.candidates.values[position]
        if time_us == NO_TIME:
            return f"{text.time!r} is no time." if text.time else "There is no time in this row."
        if code is Code.BAD_VALUE:
            return f"{text.value!r} is no number." if text.value else "There is no value."
        return explain(code, sensor, int(time_us), float(value), self.rules, stored)
