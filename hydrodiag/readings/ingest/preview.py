"""What would become of the first rows of a file, before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

from hydrodiag.db import Database
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest.batch import Codes
from hydrodiag.readings.ingest.block import Block, Source
from hydrodiag.readings.ingest.commit import PreparedBatch, count_outcomes
from hydrodiag.readings.ingest.files import prepare_block
from hydrodiag.readings.ingest.instants import from_us
from hydrodiag.readings.ingest.interpret import Interpreter
from hydrodiag.readings.ingest.load import compare
from hydrodiag.readings.ingest.mapping import Mapping, check_mapping
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.refused import RefusedRow
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.rules import Rules, load_rules

MAX_ROWS = 100_000
PREVIEW_BLOCK_BYTES = 1_000_000
SHOWN_ROWS = 50


@dataclass
class Preview:
    """`report` as an ingest would give it for the rows read; without a database readings that
    are stored already count as inserted. `good`: time, sensor, value, unit of the first ones.
    """

    report: IngestReport
    is_partial: bool
    good: pl.DataFrame
    refused: list[RefusedRow]

    @property
    def read_rows(self) -> int:
        return self.report.rows


def preview(
    source: Source,
    mapping: Mapping,
    catalog: SensorCatalog,
    *,
    db: Database | None = None,
    max_rows: int = MAX_ROWS,
) -> Preview:
    """Read up to about `max_rows` rows by `mapping`. Raises InvalidInput like `ingest`."""
    check_mapping(mapping, source, catalog)
    rules = _rules(db, mapping)
    interpreter = Interpreter(mapping, catalog)
    shown = Preview(IngestReport(), False, _good_rows(None, catalog), [])
    for block in _small_blocks(source):
        if shown.read_rows >= max_rows:
            shown.is_partial = True
            break
        _add(shown, prepare_block(block, interpreter, rules), catalog, db)
    shown.report.ignored_columns = mapping.ignored_columns
    return shown


def _rules(db: Database | None, mapping: Mapping) -> Rules:
    if db is not None:
        return load_rules(db, keep_old=mapping.keep_old)
    rules = Rules(datetime.now(UTC))
    return Rules(rules.now, None) if mapping.keep_old else rules


def _small_blocks(source: Source) -> Iterator[Block]:
    usual, source.block_bytes = source.block_bytes, PREVIEW_BLOCK_BYTES
    try:
        yield from source.blocks()
    finally:
        source.block_bytes = usual


def _add(shown: Preview, batch: PreparedBatch, catalog: SensorCatalog, db: Database | None) -> None:
    codes = batch.codes.copy()
    stored, conflicts = _compare(batch, db)
    for position in conflicts:
        codes[position] = Code.CONFLICTING_VALUE
    shown.report.add(_count(batch, codes, stored))
    if shown.good.height < SHOWN_ROWS:
        shown.good = pl.concat([shown.good, _good_rows(batch, catalog)]).head(SHOWN_ROWS)
    room = SHOWN_ROWS - len(shown.refused)
    positions = np.flatnonzero(codes)[:room] if room > 0 else np.empty(0, np.int64)
    if len(positions):
        shown.refused += batch.source.describe(positions, codes[positions], conflicts)


def _compare(batch: PreparedBatch, db: Database | None) -> tuple[int, dict[int, float]]:
    """How many readings are stored already, and which differ from what is stored."""
    if db is None or not len(batch.clean):
        return batch.clean.repeated, {}
    with db.write() as connection:
        found = compare(connection, batch.clean)
    return found.already_there, found.conflicts


def _count(batch: PreparedBatch, codes: Codes, stored: int) -> IngestReport:
    report = count_outcomes(batch, codes)
    report.already_there = stored
    report.inserted = report.rows - report.quarantined - report.empty - report.already_there
    return report


def _good_rows(batch: PreparedBatch | None, catalog: SensorCatalog) -> pl.DataFrame:
    """The first readings of a batch in the order of the file."""
    order = np.argsort(batch.clean.positions)[:SHOWN_ROWS] if batch else np.empty(0, np.intp)
    clean = batch.clean if batch else None
    sensors = [catalog.sensors[int(clean.sensor_ids[each])] for each in order] if clean else []
    return pl.DataFrame(
        {
            "time": [from_us(int(clean.times_us[each])) for each in order] if clean else [],
            "sensor": [sensor.full_tag for sensor in sensors],
            "value": [float(clean.values[each]) for each in order] if clean else [],
            "unit": [sensor.unit for sensor in sensors],
        },
        schema={
            "time": pl.Datetime("us", "UTC"),
            "sensor": pl.String,
            "value": pl.Float64,
            "unit": pl.String,
        },
    )
