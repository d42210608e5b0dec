import io
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hydrodiag.config import Settings, load_settings
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest import (
    find_remembered_mapping,
    forget_uploads,
    guess_mapping,
    list_batches,
    list_files,
    list_uploads,
    open_source,
    open_upload,
    preview,
    store_upload,
)
from hydrodiag.readings.ingest.ingest_jobs import JOBS
from tests.integration.ingest.conftest import everything, scalar


@dataclass
class Context:
    """What a scheduler would give to a job."""

    database: Database
    params: MappingOf[str, Any]
    stops: bool = False
    run_id: int = 1
    settings: Settings = field(default_factory=load_settings)
    told: list[tuple[float | None, str]] = field(default_factory=list)

    def report(self, fraction: float | None, message: str) -> None:
        self.told.append((fraction, message))

    def should_stop(self) -> bool:
        return self.stops


def csv_file(start_at: datetime, count: int = 5) -> bytes:
    rows = (f"{start_at + timedelta(seconds=n)},PS1,{n}\n" for n in range(count))
    return ("time,sensor,value\n" + "".join(rows)).encode()


def run(job_id: str, context: Context) -> MappingOf[str, Any]:
    (job,) = [job for job in JOBS if job.id == job_id]
    return job.run(context)


def test_an_upload_comes_back_as_it_was_in_parts(
    database: Database, monkeypatch: pytest.MonkeyPatch, start_at: datetime
) -> None:
    monkeypatch.setattr("hydrodiag.readings.ingest.uploads.PART_BYTES", 50)
    content = csv_file(start_at, 30)
    upload_id = store_upload(database, "a.csv", io.BytesIO(content), uploaded_by="anna")
    assert scalar(database, "SELECT count(*) FROM upload_part") > 10
    with open_upload(database, upload_id) as source:
        assert (source.name, source.size_bytes) == ("a.csv", len(content))
        assert sum(block.frame.height for block in source.blocks()) == 30
    assert list_uploads(database)[0].uploaded_by == "anna"


def test_an_empty_upload_leaves_nothing(database: Database) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        store_upload(database, "a.csv", io.BytesIO(b""))
    assert scalar(database, "SELECT count(*) FROM upload") == 0


def test_an_unknown_upload_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        open_upload(database, 1)


def test_a_job_loads_an_upload_and_remembers_its_mapping(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    upload_id = store_upload(database, "a.csv", io.BytesIO(csv_file(start_at)))
    with open_upload(database, upload_id) as source:
        mapping = guess_mapping(source, catalog)
        assert find_remembered_mapping(database, source) is None
    context = Context(database, {"upload_id": upload_id, "mapping": mapping.to_dict()})
    result = run("ingest_upload", context)
    assert (result["rows"], result["inserted"]) == (5, 5)
    assert context.told[-1][0] == 1.0
    with open_source(csv_file(start_at), "other.csv") as source:
        remembered = find_remembered_mapping(database, source)
    assert remembered is not None
    assert remembered.key == mapping.key
    (file,) = list_files(database)
    assert (file.state, file.upload_id, file.inserted) == ("succeeded", upload_id, 5)
    (batch,) = list_batches(database, file.id)
    assert (batch.inserted, batch.first_line, batch.last_line) == (5, 2, 6)


def test_a_stopped_job_says_so_and_can_go_on(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    upload_id = store_upload(database, "a.csv", io.BytesIO(csv_file(start_at)))
    with open_upload(database, upload_id) as source:
        mapping = guess_mapping(source, catalog)
    params = {"upload_id": upload_id, "mapping": mapping.to_dict()}
    assert run("ingest_upload", Context(database, params, stops=True))["state"] == "stopped"
    assert list_files(database)[0].state == "stopped"
    assert run("ingest_upload", Context(database, params))["inserted"] == 5


def test_a_job_without_an_upload_says_what_it_needs(database: Database) -> None:
    with pytest.raises(InvalidInput, match="upload"):
        run("ingest_upload", Context(database, {}))


def test_loaded_uploads_are_forgotten_after_two_days(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    ids = [store_upload(database, "a.csv", io.BytesIO(csv_file(start_at))) for _ in range(3)]
    age = text("UPDATE upload SET created_at = now() - CAST(:age AS interval) WHERE id = :id")
    loaded = text("INSERT INTO ingest_file (name, upload_id, status) VALUES ('a', :id, :status)")
    with database.write() as connection:
        for upload_id, days in zip(ids, ("3 days", "3 days", "15 days"), strict=True):
            connection.execute(age, {"id": upload_id, "age": days})
        connection.execute(loaded, {"id": ids[0], "status": "succeeded"})
        connection.execute(loaded, {"id": ids[1], "status": "failed"})
    assert forget_uploads(database)[0] == 2
    assert [each.id for each in list_uploads(database)] == [ids[1]]
    assert run("forget_uploads", Context(database, {})) == {"forgotten": 0, "bytes": 0}


def test_a_preview_counts_and_writes_nothing(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    content = csv_file(start_at) + b"never,PS1,1\n"
    before = everything(database)
    with open_source(content, "a.csv") as source:
        mapping = guess_mapping(source, catalog)
        seen = preview(source, mapping, catalog)
        checked = preview(source, mapping, catalog, db=database)
    assert (seen.report.inserted, seen.report.quarantined, seen.is_partial) == (5, 1, False)
    assert checked.report.reasons == {"bad_time": 1}
    assert seen.good["sensor"].to_list() == ["HPU1/PS1"] * 5
    assert (seen.refused[0].line, seen.refused[0].raw) == (7, "never,PS1,1")
    assert everything(database) == before


def test_a_preview_with_a_database_tells_what_is_stored(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    upload_id = store_upload(database, "a.csv", io.BytesIO(csv_file(start_at)))
    with open_upload(database, upload_id) as source:
        mapping = guess_mapping(source, catalog)
    run("ingest_upload", Context(database, {"upload_id": upload_id, "mapping": mapping.to_dict()}))
    other = csv_file(start_at, 7).replace(b"PS1,4\n", b"PS1,5\n")
    with open_source(other, "b.csv") as source:
        report = preview(source, mapping, catalog, db=database).report
    assert (report.inserted, report.already_there) == (2, 4)
    assert report.reasons == {"conflicting_value": 1}


def test_a_preview_of_a_large_file_is_partial(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    with open_source(csv_file(start_at, 60_000), "a.csv") as source:
        seen = preview(source, guess_mapping(source, catalog), catalog, max_rows=20_000)
    assert seen.is_partial
    assert 20_000 <= seen.read_rows < 60_000
