"""One batch, one transaction: readings, quarantine, latest values, dirty ranges and counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import LockBusy
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.metrics import INGEST_ROWS
from hydrodiag.readings.ingest.batch import Candidates, CleanBatch, Codes
from hydrodiag.readings.ingest.instants import from_us
from hydrodiag.readings.ingest.load import Loaded, load_batch
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.refused import RowSource, keep_refused
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.upkeep import (
    INGEST_TOPIC,
    bump_topics,
    note_dirty,
    note_latest,
    topics_of,
)

SQL = NamedQueries(__file__)
T = TypeVar("T")
ATTEMPTS = 8
FIRST_PAUSE_S = 0.2
COUNTED = ("inserted", "already_there", "quarantined", "empty")


@dataclass(frozen=True)
class PreparedBatch:
    """`content_key` None: too small and too fresh to be noted as a batch."""

    content_key: bytes | None
    candidates: Candidates
    codes: Codes
    clean: CleanBatch
    source: RowSource
    empty: int = 0
    first_line: int | None = None
    last_line: int | None = None


@dataclass
class Run:
    """What the batches of one file have in common, and what earlier ones have taught."""

    db: Database
    catalog: SensorCatalog
    name: str
    origin: str
    file_id: int | None = None
    compressed_us: tuple[tuple[int, int], ...] = ()
    expects_stored: bool = field(default=False)


def open_run(db: Database, catalog: SensorCatalog, name: str, origin: str) -> Run:
    with db.read() as connection:
        spans = connection.execute(SQL["list_compressed_spans"])
        compressed = tuple((row.from_us, row.to_us) for row in spans)
    return Run(db, catalog, name, origin, compressed_us=compressed)


def commit_batch(run: Run, batch: PreparedBatch) -> IngestReport:
    """Load a batch and return its part of the report; tried again while a lock is busy."""
    report = with_patience(lambda: _commit(run, batch))
    for outcome in COUNTED:
        INGEST_ROWS.labels(outcome).inc(getattr(report, outcome))
    return report


def with_patience(work: Callable[[], T]) -> T:
    for attempt in range(ATTEMPTS - 1):
        try:
            return work()
        except LockBusy:
            time.sleep(FIRST_PAUSE_S * 2**attempt)
    return work()


def _commit(run: Run, batch: PreparedBatch) -> IngestReport:
    codes = batch.codes.copy()
    with run.db.write() as connection:
        batch_id = _claim(connection, run, batch)
        seen = batch_id is None and batch.content_key is not None
        stored = seen or run.expects_stored or _touches_compressed(run, batch.clean)
        loaded = load_batch(connection, batch.clean, expect_stored=stored)
        for position in loaded.conflicts:
            codes[position] = Code.CONFLICTING_VALUE
        report = _count(batch, codes, loaded)
        _quarantine(connection, run, batch, codes, loaded)
        if len(loaded.new):
            note_latest(connection, loaded.new)
            note_dirty(connection, loaded.new)
        _note_counts(connection, run, batch_id, report)
        is_noted = run.file_id is not None or batch_id is not None or report.quarantined > 0
        noted = {INGEST_TOPIC} if is_noted else set()
        bump_topics(connection, noted | topics_of(loaded.new, run.catalog))
    run.expects_stored = report.already_there > report.inserted
    return report


def _claim(connection: Connection, run: Run, batch: PreparedBatch) -> int | None:
    if batch.content_key is None:
        return None
    values = {
        "content_key": batch.content_key,
        "file_id": run.file_id,
        "origin": run.origin,
        "first_line": batch.first_line,
        "last_line": batch.last_line,
    }
    batch_id: int | None = connection.execute(SQL["claim_batch"], values).scalar()
    return batch_id


def _touches_compressed(run: Run, clean: CleanBatch) -> bool:
    """A compressed chunk checks each row that COPY brings by unpacking its neighbours."""
    if not (run.compressed_us and len(clean)):
        return False
    first, last = clean.times_us.min(), clean.times_us.max()
    return any(first < end and last >= start for start, end in run.compressed_us)


def _count(batch: PreparedBatch, codes: Codes, loaded: Loaded) -> IngestReport:
    report = count_outcomes(batch, codes)
    report.inserted, report.already_there = len(loaded.new), loaded.already_there
    return report


def count_outcomes(batch: PreparedBatch, codes: Codes) -> IngestReport:
    """The part of the report that is known before loading."""
    times = batch.clean.times_us
    counts = np.bincount(codes, minlength=len(Code))
    reasons = {str(code.reason): int(counts[code]) for code in Code if code and counts[code]}
    return IngestReport(
        rows=len(batch.candidates) + batch.empty,
        quarantined=sum(reasons.values()),
        empty=batch.empty,
        reasons=reasons,
        batches=1,
        first_at=from_us(times.min()) if len(times) else None,
        last_at=from_us(times.max()) if len(times) else None,
    )


def _quarantine(
    connection: Connection, run: Run, batch: PreparedBatch, codes: Codes, loaded: Loaded
) -> None:
    positions = np.flatnonzero(codes)
    if len(positions):
        rows = batch.source.describe(positions, codes[positions], loaded.conflicts)
        keep_refused(connection, rows, file_id=run.file_id, file_name=run.name)


def _note_counts(
    connection: Connection, run: Run, batch_id: int | None, report: IngestReport
) -> None:
    values: dict[str, Any] = {
        "row_count": report.rows,
        "inserted": report.inserted,
        "already_there": report.already_there,
        "quarantined": report.quarantined,
        "empty": report.empty,
        "first_at": report.first_at,
        "last_at": report.last_at,
    }
    if batch_id is not None:
        connection.execute(SQL["finish_batch"], {**values, "batch_id": batch_id})
    if run.file_id is not None:
        connection.execute(SQL["advance_file"], {**values, "file_id": run.file_id})
