from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest import IngestReport, guess_mapping, ingest, open_source
from tests.integration.ingest.conftest import everything, rows, scalar, stored_readings

Load = Callable[..., IngestReport]


def adds_up(report: IngestReport) -> bool:
    parts = report.inserted + report.already_there + report.quarantined + report.empty
    return report.rows == parts and sum(report.reasons.values()) == report.quarantined


@pytest.fixture
def load(database: Database, catalog: SensorCatalog) -> Load:
    def load_text(text: str | bytes, name: str = "file.csv", **options: object) -> IngestReport:
        content = text.encode() if isinstance(text, str) else text
        with open_source(content, name) as source:
            source.block_bytes = int(str(options.pop("block_bytes", source.block_bytes)))
            mapping = guess_mapping(source, catalog, **options)  # type: ignore[arg-type]
            report = ingest(database, source, mapping)
        assert adds_up(report)
        return report

    return load_text


def long_csv(start_at: datetime, count: int = 10) -> str:
    lines = ["time,sensor,value"]
    for second in range(count):
        at = (start_at + timedelta(seconds=second)).isoformat()
        lines += [f"{at},PS1,{100 + second}", f"{at},TS1,{20 + second / 10}"]
    return "\n".join(lines) + "\n"


def test_a_long_file_is_loaded(load: Load, database: Database, start_at: datetime) -> None:
    report = load(long_csv(start_at))
    assert (report.rows, report.inserted, report.batches) == (20, 20, 1)
    assert (report.first_at, report.last_at) == (start_at, start_at + timedelta(seconds=9))
    readings = stored_readings(database)
    assert readings[0] == ("PS1", start_at, 100.0)
    assert scalar(database, "SELECT status FROM ingest_file") == "succeeded"


def test_a_wide_file_counts_cells(load: Load, database: Database, start_at: datetime) -> None:
    day = f"{start_at:%d.%m.%Y}"
    hour = f"{start_at:%H}"
    report = load(
        f"Gerät: HPU;;;\n\nZeit;PS1 [MPa];TS1 [°C];Bemerkung\n"
        f"{day} {hour}:00:00;12,5;40,1;ok\n{day} {hour}:00:01;;40,2;\n"
    )
    assert (report.rows, report.inserted, report.empty) == (4, 3, 1)
    assert report.ignored_columns == ("Bemerkung",)
    assert stored_readings(database)[0] == ("PS1", start_at, 125.0)


def test_a_second_upload_changes_nothing(
    load: Load, database: Database, start_at: datetime
) -> None:
    text = long_csv(start_at) + f"{start_at.isoformat()},PS9,1\nno time,PS1,5\n"
    first = load(text)
    before = everything(database)
    second = load(text, name="another name.csv")
    assert (first.inserted, first.quarantined) == (20, 2)
    assert (second.inserted, second.already_there, second.quarantined) == (0, 20, 2)
    assert everything(database) == before


def test_quarantine_keeps_the_row_its_file_line_and_reason(
    load: Load, database: Database, start_at: datetime
) -> None:
    at = start_at.isoformat()
    text = (
        "time,sensor,value,unit\n"
        f"{at},PS1,100,bar\n"
        "\n"
        "31.02.2026 10:00,PS1,1,bar\n"
        f"{at},PS9,1,bar\n"
        f"{at},PS2,1 bar,bar\n"
        f"{at},PS2,5,l/min\n"
        f"{at},PS2,500,bar\n"
        f"{at},PS1,101,bar\n"
        f"{at},PS2,5,bar,7\n"
        "2019-01-01T00:00:00Z,PS2,5,bar\n"
        "2090-01-01T00:00:00Z,PS2,5,bar\n"
    )
    report = load(text, name="odd.csv")
    assert (report.rows, report.inserted) == (10, 1)
    found = rows(
        database, "SELECT file_name, line, reason, raw FROM quarantined_reading ORDER BY line"
    )
    assert [each[:3] for each in found] == [
        ("odd.csv", 4, "bad_time"),
        ("odd.csv", 5, "unknown_sensor"),
        ("odd.csv", 6, "bad_value"),
        ("odd.csv", 7, "bad_unit"),
        ("odd.csv", 8, "out_of_range"),
        ("odd.csv", 9, "conflicting_value"),
        ("odd.csv", 10, "bad_value"),
        ("odd.csv", 11, "older_than_retention"),
        ("odd.csv", 12, "in_future"),
    ]
    assert found[0][3] == "31.02.2026 10:00,PS1,1,bar"


def test_any_block_size_loads_the_same(load: Load, database: Database, start_at: datetime) -> None:
    text = long_csv(start_at, 200)
    report = load(text, block_bytes=500)
    assert report.inserted == 400
    assert report.batches > 10
    assert load(text).already_there == 400


def test_a_grown_file_adds_its_new_rows_only(
    load: Load, database: Database, start_at: datetime
) -> None:
    load(long_csv(start_at, 10) + "x,PS1,1\n")
    report = load(long_csv(start_at, 15))
    assert (report.inserted, report.already_there) == (10, 20)


def test_readings_that_were_deleted_come_back_with_the_same_file(
    load: Load, database: Database, start_at: datetime
) -> None:
    text = long_csv(start_at)
    load(text)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM sensor_data WHERE value > 105")
    report = load(text)
    assert (report.inserted, report.already_there) == (4, 16)
    assert len(stored_readings(database)) == 20


def test_nothing_is_written_for_a_file_that_cannot_be_used(load: Load, database: Database) -> None:
    with pytest.raises(InvalidInput, match="no column with times"):
        load("a,PS1\n1,2\n3,4\n")
    assert scalar(database, "SELECT count(*) FROM ingest_file") == 0


def test_two_columns_for_one_sensor_are_refused(load: Load, start_at: datetime) -> None:
    with pytest.raises(InvalidInput, match="all assigned to sensor PS1"):
        load(f"time,PS1,PS1\n{start_at.isoformat()},1,2\n")


def test_progress_is_told_by_bytes(
    database: Database, catalog: SensorCatalog, start_at: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(long_csv(start_at, 100))
    told: list[tuple[float | None, str]] = []
    with open_source(path) as source:
        source.block_bytes = 1000
        mapping = guess_mapping(source, catalog)
        ingest(database, source, mapping, report=lambda *each: told.append(each))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert shares[-1] == 1.0
    assert len(told) > 3


def test_local_times_are_read_in_the_chosen_zone(load: Load, database: Database) -> None:
    day = datetime.now(UTC).date() - timedelta(days=3)
    load(f"time,PS1\n{day} 12:00:00,1\n", zone="Asia/Tokyo")
    ((_, at, _),) = stored_readings(database)
    assert at == datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
