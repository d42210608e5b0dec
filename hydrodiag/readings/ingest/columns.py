"""The fast way in for programs: arrays of sensor ids, times and values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import SensorCatalog, load_catalog
from hydrodiag.readings.ingest.batch import Candidates, Codes
from hydrodiag.readings.ingest.commit import PreparedBatch, open_run
from hydrodiag.readings.ingest.committing import commit_in_order
from hydrodiag.readings.ingest.explain import explain
from hydrodiag.readings.ingest.instants import find_instant, to_us
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.prefetch import prefetch
from hydrodiag.readings.ingest.refused import RefusedRow
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.rules import Rules, load_rules
from hydrodiag.readings.ingest.validate import build_clean_batch, check_candidates

BATCH_ROWS = 1_000_000
# Readings as they come are no import: only what reaches back is noted as a batch, and so
# spared by the next retention run.
LIVE = timedelta(days=1)
Table = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]


def load_columns(
    db: Database,
    sensor_ids: ArrayLike,
    times_us: ArrayLike,
    values: ArrayLike,
    *,
    origin: str,
    catalog: SensorCatalog | None = None,
    assume_sorted: bool = False,
    keep_old: bool = False,
) -> IngestReport:
    """Load readings given as arrays of equal length: ids, microseconds since 1970 UTC, values.

    Values are in the units of their sensors. `assume_sorted`: ordered by sensor, then time.
    A repeated call changes nothing. Raises InvalidInput for arrays that do not match.
    """
    table = _as_arrays(sensor_ids, times_us, values)
    known = catalog or load_catalog(db)
    rules = load_rules(db, keep_old=keep_old)
    run = open_run(db, known, origin, origin)
    report = IngestReport()
    parts = _prepare(table, known, rules, origin, assume_sorted)
    with prefetch(parts) as batches:
        for _, part in commit_in_order(run, ((None, batch) for batch in batches)):
            report.add(part)
    return report


def _as_arrays(sensor_ids: ArrayLike, times_us: ArrayLike, values: ArrayLike) -> Table:
    table = (
        np.ascontiguousarray(sensor_ids, np.int32),
        np.ascontiguousarray(times_us, np.int64),
        np.ascontiguousarray(values, np.float64),
    )
    if not table[0].shape == table[1].shape == table[2].shape or table[0].ndim != 1:
        shapes = ", ".join(str(each.shape) for each in table)
        raise InvalidInput(
            f"Sensor ids, times and values have the shapes {shapes}.",
            hint="Give three one-dimensional arrays of equal length.",
        )
    return table


def _prepare(
    table: Table, catalog: SensorCatalog, rules: Rules, origin: str, assume_sorted: bool
) -> Iterator[PreparedBatch]:
    for start in range(0, len(table[0]), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        ids, times_us, values = table[0][part], table[1][part], table[2][part]
        candidates = Candidates(_find_index(ids, catalog), times_us, values)
        codes = check_candidates(candidates, catalog, rules)
        clean = build_clean_batch(candidates, codes, catalog, assume_sorted=assume_sorted)
        yield PreparedBatch(
            _content_key(origin, ids, times_us, values, rules),
            candidates,
            codes,
            clean,
            ColumnRows(origin, ids, candidates, catalog, rules, start),
            first_line=start + 1,
            last_line=start + len(ids),
        )


def _find_index(ids: NDArray[np.int32], catalog: SensorCatalog) -> NDArray[np.int32]:
    if not len(catalog.ids):
        return np.full(len(ids), -1, np.int32)
    index = np.searchsorted(catalog.ids, ids).clip(max=len(catalog.ids) - 1)
    return np.where(catalog.ids[index] == ids, index, -1).astype(np.int32)


def _content_key(
    origin: str,
    ids: NDArray[np.int32],
    times_us: NDArray[np.int64],
    values: NDArray[np.float64],
    rules: Rules,
) -> bytes | None:
    if times_us.min() > to_us(rules.now - LIVE):
        return None
    digest = blake2b(origin.encode(), digest_size=32)
    for each in (ids, times_us, values):
        digest.update(each.data)
    return digest.digest()


@dataclass(frozen=True)
class ColumnRows:
    origin: str
    sensor_ids: NDArray[np.int32]
    candidates: Candidates
    catalog: SensorCatalog
    rules: Rules
    start: int

    def describe(
        self, positions: NDArray[np.int64], codes: Codes, stored: dict[int, float]
    ) -> Sequence[RefusedRow]:
        pairs = zip(positions.tolist(), codes.tolist(), strict=True)
        return [self._describe(each, Code(code), stored.get(each)) for each, code in pairs]

    def _describe(self, position: int, code: Code, stored: float | None) -> RefusedRow:
        sensor_id = int(self.sensor_ids[position])
        time_us = int(self.candidates.times_us[position])
        value = float(self.candidates.values[position])
        sensor = self.catalog.find(sensor_id)
        at = find_instant(time_us)
        when = at.isoformat() if at else str(time_us)
        return RefusedRow(
            scope=self.origin,
            line=self.start + position + 1,
            raw=f"{when};{sensor_id};{value!r}",
            reason=code.reason,
            detail=explain(code, sensor, time_us, value, self.rules, stored),
            sensor_label=sensor.full_tag if sensor else str(sensor_id),
            sensor_id=sensor_id,
            time_text=when,
            reading_at=at,
            value_text=repr(value),
            value=value,
        )
