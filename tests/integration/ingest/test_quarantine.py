from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest import (
    QuarantineFilter,
    ReadingChange,
    count_quarantine,
    count_reasons,
    fix_quarantined,
    guess_mapping,
    ingest,
    list_quarantine,
    open_source,
    reject_quarantined,
    retry_quarantined,
)
from tests.integration.ingest.conftest import everything, stored_readings


@pytest.fixture
def refused_at(database: Database, catalog: SensorCatalog, start_at: datetime) -> datetime:
    """A file with one good and five bad rows was loaded."""
    at = start_at.isoformat()
    content = (
        "time,sensor,value,unit\n"
        f"{at},PS1,100,bar\n"
        f"{at},PS8,1,MPa\n"
        f"{at},PS9,2,bar\n"
        f"{at},PS2,x1,bar\n"
        f"{at},TS1,5,bar\n"
        "yesterday,PS1,5,bar\n"
    )
    with open_source(content.encode(), "odd.csv") as source:
        ingest(database, source, guess_mapping(source, catalog))
    return start_at


def add_sensor(database: Database, tag: str) -> None:
    insert = text(
        "INSERT INTO sensor (system_id, tag, name, quantity, unit) "
        "SELECT id, :tag, :tag, 'pressure', 'bar' FROM hydraulic_system"
    )
    with database.write() as connection:
        connection.execute(insert, {"tag": tag})
        bump_generation(connection, "fleet")


def only(database: Database, reason: str) -> int:
    (row,) = list_quarantine(database, QuarantineFilter(reason=reason))
    return row.id


def test_rows_are_found_by_reason_sensor_file_and_text(
    database: Database, refused_at: datetime
) -> None:
    assert count_reasons(database) == {
        "bad_time": 1,
        "bad_unit": 1,
        "bad_value": 1,
        "unknown_sensor": 2,
    }
    assert count_quarantine(database, QuarantineFilter(sensor="ps8")) == 1
    assert count_quarantine(database, QuarantineFilter(search="YESTERDAY")) == 1
    assert count_quarantine(database, QuarantineFilter(file_id=-1)) == 0
    first = list_quarantine(database, limit=1, offset=1)[0]
    assert (first.line, first.sensor_label, first.value) == (4, "PS9", 2.0)


def test_a_retry_after_creating_the_sensor_loads_its_rows(
    database: Database, refused_at: datetime
) -> None:
    add_sensor(database, "PS8")
    report = retry_quarantined(database, QuarantineFilter(reason="unknown_sensor"), by="anna")
    assert (report.rows, report.inserted, report.still_open) == (2, 1, 1)
    assert ("PS8", refused_at, 10.0) in stored_readings(database)
    (settled,) = list_quarantine(database, QuarantineFilter(status="retried"))
    assert (settled.sensor_label, settled.resolved_by) == ("PS8", "anna")


def test_a_repeated_retry_changes_nothing(database: Database, refused_at: datetime) -> None:
    add_sensor(database, "PS8")
    retry_quarantined(database, QuarantineFilter())
    before = everything(database)
    again = retry_quarantined(database, QuarantineFilter())
    assert (again.inserted, again.already_there, again.still_open) == (0, 0, 4)
    assert everything(database) == before


def test_a_fixed_row_is_loaded(database: Database, refused_at: datetime) -> None:
    change = ReadingChange(value=1.0)
    row_id = only(database, "bad_value")
    report = fix_quarantined(database, row_id, change, by="anna")
    assert report.inserted == 1
    assert ("PS2", refused_at, 1.0) in stored_readings(database)
    assert fix_quarantined(database, row_id, ReadingChange(value=2.0)).rows == 0
    assert ("PS2", refused_at, 1.0) in stored_readings(database)


def test_time_sensor_and_unit_can_be_fixed(
    database: Database, catalog: SensorCatalog, refused_at: datetime
) -> None:
    later = refused_at + timedelta(seconds=1)
    fix_quarantined(database, only(database, "bad_time"), ReadingChange(time=later))
    fix_quarantined(database, only(database, "bad_unit"), ReadingChange(unit="°F"))
    row = list_quarantine(database, QuarantineFilter(sensor="PS9"))[0]
    fix_quarantined(database, row.id, ReadingChange(sensor_id=catalog.match("PS2")[0].id))
    stored = {(tag, at): value for tag, at, value in stored_readings(database)}
    assert stored["PS1", later] == 5.0
    assert stored["TS1", refused_at] == -15.0
    assert stored["PS2", refused_at] == 2.0


def test_a_wrong_fix_says_why_and_stays_open(database: Database, refused_at: datetime) -> None:
    row_id = only(database, "bad_value")
    report = fix_quarantined(database, row_id, ReadingChange(value=999.0))
    assert report.reasons == {"out_of_range": 1}
    (row,) = list_quarantine(database, QuarantineFilter(reason="out_of_range"))
    assert (row.status, row.detail) == ("open", "999 bar is outside 0 to 400 bar of PS2.")


@pytest.mark.parametrize(
    "change",
    [
        ReadingChange(time=datetime(2026, 1, 1)),
        ReadingChange(sensor_id=10**6),
        ReadingChange(value=float("nan")),
        ReadingChange(value=1e200),
        ReadingChange(unit="foo"),
    ],
)
def test_an_impossible_fix_is_refused(
    database: Database, refused_at: datetime, change: ReadingChange
) -> None:
    before = everything(database)
    with pytest.raises(InvalidInput):
        fix_quarantined(database, only(database, "bad_value"), change)
    assert everything(database) == before


def test_an_unknown_row_is_not_found(database: Database, refused_at: datetime) -> None:
    with pytest.raises(NotFound):
        fix_quarantined(database, 10**9, ReadingChange())


def test_rejected_rows_stay_rejected(
    database: Database, catalog: SensorCatalog, refused_at: datetime
) -> None:
    assert reject_quarantined(database, QuarantineFilter(sensor="PS"), by="anna") == 4
    assert reject_quarantined(database, QuarantineFilter(sensor="PS"), by="bert") == 0
    add_sensor(database, "PS8")
    assert retry_quarantined(database, QuarantineFilter(sensor="PS")).rows == 0
    (row, *_) = list_quarantine(database, QuarantineFilter(status="rejected"))
    assert row.resolved_by == "anna"


def test_rows_are_chosen_by_their_numbers(database: Database, refused_at: datetime) -> None:
    row_id = only(database, "bad_time")
    assert reject_quarantined(database, [row_id]) == 1
    assert count_quarantine(database) == 4


def test_a_row_that_came_by_another_way_is_already_there(
    database: Database, refused_at: datetime
) -> None:
    row_id = only(database, "bad_time")
    report = fix_quarantined(database, row_id, ReadingChange(time=refused_at, value=100.0))
    assert (report.inserted, report.already_there) == (0, 1)
    assert count_quarantine(database, QuarantineFilter(status="retried")) == 1


def test_too_many_fields_are_never_guessed(
    database: Database, catalog: SensorCatalog, start_at: datetime
) -> None:
    rows = "".join(f"{start_at + timedelta(seconds=n)},PS1,{n}\n" for n in range(5))
    content = f"time,sensor,value\n{rows}{start_at},PS2,12,5\n".encode()
    with open_source(content, "comma.csv") as source:
        ingest(database, source, guess_mapping(source, catalog))
    report = retry_quarantined(database, QuarantineFilter())
    assert (report.rows, report.still_open) == (1, 1)
