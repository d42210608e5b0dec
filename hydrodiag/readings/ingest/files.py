"""A file into the database: block by block, each a batch, with a report that adds up."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

from hydrodiag.db import Database, NamedQueries, Role
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet.catalog import SensorCatalog, load_catalog
from hydrodiag.readings.ingest.block import Block, Source
from hydrodiag.readings.ingest.commit import PreparedBatch, Run, open_run
from hydrodiag.readings.ingest.committing import commit_in_order
from hydrodiag.readings.ingest.file_rows import FileRows
from hydrodiag.readings.ingest.interpret import Interpreter
from hydrodiag.readings.ingest.mapping import Mapping, check_mapping
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.prefetch import prefetch
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.rules import Rules, load_rules
from hydrodiag.readings.ingest.validate import build_clean_batch, check_candidates

SQL = NamedQueries(__file__)
Progress = Callable[[float | None, str], None]
# Held while a run lives: a run whose lock is free was killed.
RUN_LOCK = 0x1A6E57


@dataclass(frozen=True)
class FileOrigin:
    """Who hands in a file, and from where."""

    origin: str = "file"
    started_by: str = ""
    upload_id: int | None = None


def ingest(
    db: Database,
    source: Source,
    mapping: Mapping,
    *,
    origin: str = "file",
    report: Progress | None = None,
    started_by: str = "",
    upload_id: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Load a file. A second run, or one after a crash, loads what is missing and nothing twice.

    `report` gets the share of bytes read and a line of text; `should_stop` is asked between
    batches. Raises InvalidInput, before anything is written, for a mapping that cannot be used.
    """
    catalog = load_catalog(db)
    check_mapping(mapping, source, catalog)
    run = open_run(db, catalog, source.name, origin)
    by = FileOrigin(origin, started_by, upload_id)
    with recorded_run(run, source, mapping, by) as total:
        parts = Stoppable(prepare_blocks(db, source, mapping, catalog), should_stop)
        with prefetch(parts) as batches:
            for done_bytes, part in commit_in_order(run, batches):
                total.add(part)
                _tell(report, source, done_bytes, total)
        if parts.was_cut:
            raise IngestStopped(total)
    return total


class Stoppable(Iterator[tuple[int, PreparedBatch]]):
    """Batches until somebody asks to stop; those on their way are still committed."""

    def __init__(
        self, batches: Iterator[tuple[int, PreparedBatch]], should_stop: Callable[[], bool]
    ) -> None:
        self._batches = batches
        self._should_stop = should_stop
        self.was_cut = False

    def __next__(self) -> tuple[int, PreparedBatch]:
        batch = next(self._batches)
        if self._should_stop():
            self.was_cut = True
            raise StopIteration
        return batch


class IngestStopped(HydroDiagError):
    """Asked to stop between two batches; what was loaded stays, a new run does the rest."""

    def __init__(self, so_far: IngestReport) -> None:
        super().__init__(f"Stopped after {so_far.rows:,} rows.", hint="Start it again to go on.")
        self.so_far = so_far


def prepare_blocks(
    db: Database, source: Source, mapping: Mapping, catalog: SensorCatalog
) -> Iterator[tuple[int, PreparedBatch]]:
    """Bytes read so far and the next batch."""
    interpreter = Interpreter(mapping, catalog)
    for block in source.blocks():
        rules = load_rules(db, keep_old=mapping.keep_old)
        yield block.done_bytes, prepare_block(block, interpreter, rules)


def prepare_block(block: Block, interpreter: Interpreter, rules: Rules) -> PreparedBatch:
    read = interpreter.interpret(block)
    codes = check_candidates(read.candidates, interpreter.catalog, rules)
    if read.crowded is not None:
        codes[read.crowded] = Code.BAD_VALUE
    clean = build_clean_batch(read.candidates, codes, interpreter.catalog)
    return PreparedBatch(
        blake2b(block.digest + interpreter.mapping.key, digest_size=32).digest(),
        read.candidates,
        codes,
        clean,
        FileRows(interpreter, block, read, rules),
        empty=read.empty,
        first_line=block.first_line,
        last_line=block.last_line,
    )


@contextmanager
def recorded_run(
    run: Run, source: Source, mapping: Mapping, by: FileOrigin
) -> Iterator[IngestReport]:
    """Note the run over the file, its end and its failure; yields the report to fill."""
    total = IngestReport(ignored_columns=mapping.ignored_columns)
    with run.db.dedicated(Role.INGEST, purpose="ingest") as holder:
        total.file_id = run.file_id = _start(run, source, mapping, by)
        holder.execute("SELECT pg_advisory_lock(%s, %s)", (RUN_LOCK, run.file_id))
        try:
            yield total
        except IngestStopped:
            _finish(run, "stopped", "")
            raise
        except Exception as error:
            _finish_after(run, error)
            raise
        _finish(run, "succeeded", "")


def _start(run: Run, source: Source, mapping: Mapping, by: FileOrigin) -> int:
    values = {
        "name": source.name,
        "origin": by.origin,
        "kind": source.kind,
        "size_bytes": source.size_bytes,
        "upload_id": by.upload_id,
        "mapping": json.dumps(mapping.to_dict()),
        "started_by": by.started_by,
    }
    with run.db.write() as connection:
        file_id: int = connection.execute(SQL["start_file"], values).scalar_one()
    return file_id


def _finish(run: Run, status: str, error: str) -> None:
    with run.db.write() as connection:
        values = {"file_id": run.file_id, "status": status, "error": error}
        connection.execute(SQL["finish_file"], values)


def _finish_after(run: Run, error: Exception) -> None:
    """Note the failure if the database still answers; the error itself matters more."""
    try:
        _finish(run, "failed", str(error))
    except HydroDiagError:
        return


def _tell(report: Progress | None, source: Source, done_bytes: int, total: IngestReport) -> None:
    if report:
        share = min(1.0, done_bytes / max(1, source.size_bytes))
        report(
            share,
            f"{done_bytes / 1e6:,.0f} of {source.size_bytes / 1e6:,.0f} MB: "
            f"{total.inserted:,} inserted, {total.already_there:,} already there, "
            f"{total.quarantined:,} quarantined",
        )
