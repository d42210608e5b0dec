"""POST /readings: every row ends as inserted, already there or quarantined."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.db import Database
from hydrodiag.readings.ingest import list_quarantine, retry_quarantined
from tests.integration.api.conftest import ADA, BOTH
from tests.integration.ingest.conftest import add_system, rows, scalar, stored_readings

PATH = "/api/v1/readings"


def reading(at: datetime, value: Any = 150.0, sensor: str = "HPU1/PS1", **more: Any) -> Any:
    return {"time": at.isoformat(), "sensor": sensor, "value": value, **more}


def post(client: httpx.Client, readings: list[Any], **more: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"readings": readings, **more})
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    assert content["rows"] == len(readings)
    counts = (content["inserted"], content["already_there"], content["quarantined"])
    assert sum(counts) == len(readings)
    return content


def test_readings_are_stored_in_the_units_of_their_sensors(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    answer = post(
        client,
        [
            reading(start_at, 150),
            reading(start_at, 2, "PS2", unit="MPa", system="HPU1"),
            reading(start_at, "50.5", "Oil temperature"),
            reading(start_at, value=True, sensor="N1"),
        ],
    )
    assert (answer["inserted"], answer["refused"]) == (4, [])
    assert answer["first_at"] == answer["last_at"] == start_at.isoformat().replace("+00:00", "Z")
    assert [(tag, at, round(value, 3)) for tag, at, value in stored_readings(database)] == [
        ("N1", start_at, 1.0),
        ("PS1", start_at, 150.0),
        ("PS2", start_at, 20.0),
        ("TS1", start_at, 50.5),
    ]


def test_the_same_request_again_changes_nothing(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    batch = [reading(start_at + timedelta(seconds=n), n) for n in range(100)]
    batch.append(reading(start_at, "broken"))
    first, second = post(client, batch), post(client, batch)
    assert (first["inserted"], first["quarantined"]) == (100, 1)
    assert (second["inserted"], second["already_there"], second["quarantined"]) == (0, 100, 1)
    assert scalar(database, "SELECT count(*) FROM sensor_data") == 100
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 1
    assert scalar(database, "SELECT count(*) FROM ingest_batch WHERE origin = 'api'") == 1


def test_a_retry_that_is_cut_otherwise_doubles_nothing_in_quarantine_either(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    bad = [reading(start_at + timedelta(seconds=n), "x") for n in range(4)]
    post(client, bad)
    post(client, bad[2:])
    post(client, [reading(start_at, 1), *bad])
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 4


def test_readings_of_now_are_not_noted_as_an_import(
    client: httpx.Client, database: Database
) -> None:
    post(client, [reading(datetime.now(UTC))])
    assert scalar(database, "SELECT count(*) FROM ingest_batch") == 0


def test_what_is_refused_says_why_and_is_kept_as_it_was_sent(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    sent = [
        reading(start_at, 1, "HPU1/PS9"),
        reading(start_at, "broken"),
        reading(start_at, None),
        reading(start_at, 500),
        reading(start_at, 1, unit="°C"),
        {"time": "yesterday", "sensor": "PS1", "value": 1},
        {"time": 10**30, "sensor": "PS1", "value": 1},
        reading(datetime.now(UTC) + timedelta(days=1), 1),
        reading(start_at - timedelta(days=4000), 1),
        reading(start_at, 1, system="HPU9"),
    ]
    answer = post(client, sent)
    assert answer["reasons"] == {
        "bad_time": 2,
        "bad_unit": 1,
        "bad_value": 2,
        "in_future": 1,
        "older_than_retention": 1,
        "out_of_range": 1,
        "unknown_sensor": 2,
    }
    assert [each["row"] for each in answer["refused"]] == list(range(1, 11))
    assert "No sensor is called 'HPU1/PS9'" in answer["refused"][0]["detail"]
    kept = list_quarantine(database)
    assert sorted(each.raw for each in kept) == sorted(
        json.dumps(each, separators=(",", ":"), ensure_ascii=False) for each in sent
    )
    assert {each.file_name for each in kept} == {"api: gateway"}


def test_quarantined_rows_can_be_retried_once_the_sensor_is_there(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    post(client, [reading(start_at, 10, "PS7")], system="HPU1")
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sensor (system_id, tag, name, quantity, unit) "
            "SELECT id, 'PS7', 'Filter', 'pressure', 'bar' FROM hydraulic_system"
        )
        connection.exec_driver_sql(
            "UPDATE data_generation SET generation = generation + 1 WHERE topic = 'fleet'"
        )
    (row,) = list_quarantine(database)
    assert retry_quarantined(database, [row.id]).inserted == 1


def test_a_different_value_for_a_stored_instant_is_a_conflict(
    client: httpx.Client, start_at: datetime
) -> None:
    post(client, [reading(start_at, 1)])
    answer = post(client, [reading(start_at, 2)])
    assert answer["reasons"] == {"conflicting_value": 1}
    assert "1 bar is stored" in answer["refused"][0]["detail"]


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 1000), ("us", 10**6), ("ns", 10**9)])
def test_times_may_be_numbers(
    client: httpx.Client, database: Database, start_at: datetime, unit: str, factor: int
) -> None:
    at = int(start_at.timestamp()) * factor
    post(client, [{"time": at, "sensor": "PS1", "value": 1}], time_unit=unit)
    assert [at for _, at, _ in stored_readings(database)] == [start_at]


def test_times_with_an_offset_without_one_and_as_numbers_mix(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    second = timedelta(seconds=1)
    texts = [
        start_at.isoformat(),
        (start_at + second).strftime("%Y-%m-%dT%H:%M:%S"),
        (start_at + 2 * second).strftime("%Y-%m-%d %H:%M:%S.000"),
        (start_at + 3 * second + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00"),
        start_at.timestamp() + 4.5,
        str(int(start_at.timestamp()) + 5),
    ]
    post(client, [{"time": each, "sensor": "PS1", "value": 1} for each in texts])
    seconds = [(at - start_at).total_seconds() for _, at, _ in stored_readings(database)]
    assert seconds == [0, 1, 2, 3, 4.5, 5]


def test_a_name_of_several_systems_needs_the_system(
    client: httpx.Client, start_at: datetime, other_system: int
) -> None:
    answer = post(client, [reading(start_at, 1, "PS1")])
    assert "may be HPU1/PS1, HPU2/PS1" in answer["refused"][0]["detail"]
    assert post(client, [reading(start_at, 1, "PS1")], system="HPU2")["inserted"] == 1
    assert post(client, [reading(start_at, 1, "PS1", system="HPU1")])["inserted"] == 1


class TestKeysOfOneSystem:
    @pytest.fixture
    def client(self, client: httpx.Client, database: Database, system_id: int) -> httpx.Client:
        add_system(database, "HPU2")
        key = create_key(database, ADA, KeyDraft("mine", BOTH, system_id))
        client.headers["Authorization"] = f"Bearer {key}"
        return client

    def test_tags_need_no_system(self, client: httpx.Client, start_at: datetime) -> None:
        assert post(client, [reading(start_at, 1, "PS1")])["inserted"] == 1

    def test_rows_of_another_system_are_refused_and_stay_refused(
        self, client: httpx.Client, database: Database, start_at: datetime
    ) -> None:
        sent = [
            reading(start_at, 1, "PS1", system="HPU2"),
            reading(start_at, 1, "HPU2/PS1"),
        ]
        assert post(client, sent)["reasons"] == {"unknown_sensor": 2}
        ids = [each.id for each in list_quarantine(database)]
        assert retry_quarantined(database, ids).inserted == 0
        assert stored_readings(database) == []

    def test_a_request_for_another_system_is_refused(
        self, client: httpx.Client, start_at: datetime
    ) -> None:
        body = {"readings": [reading(start_at)], "system": "HPU2"}
        answer = client.post(PATH, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_csv_comes_in_with_its_columns_in_any_order(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    lines = [
        "Value,sensor,time,unit",
        f"150,PS1,{start_at.isoformat()},",
        f"2,PS2,{start_at.isoformat()},MPa",
        f'"150","PS1",{start_at.isoformat()},',
        f"1,PS1,{start_at.isoformat()},bar,5",
        f"1,PS1,{start_at.isoformat()}",
        f"1,PS 9,{start_at.isoformat()},",
    ]
    answer = client.post(
        f"{PATH}?system=HPU1",
        content="\ufeff" + "\r\n".join(lines),
        headers={"Content-Type": "text/csv; charset=utf-8"},
    ).json()
    assert (answer["rows"], answer["inserted"], answer["already_there"]) == (6, 2, 1)
    assert answer["reasons"] == {"bad_value": 2, "unknown_sensor": 1}
    assert [each["row"] for each in answer["refused"]] == [4, 5, 6]
    raw = rows(database, "SELECT raw FROM quarantined_reading ORDER BY raw")
    assert sorted(each for (each,) in raw) == sorted(lines[4:])


def test_gzip_is_unpacked(client: httpx.Client, start_at: datetime) -> None:
    body = json.dumps({"readings": [reading(start_at), reading(start_at, 1, "PS2")]}).encode()
    packed = gzip.compress(body[:20]) + gzip.compress(body[20:])
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post(PATH, content=packed, headers=headers).json()["inserted"] == 2


def test_no_rows_are_no_rows(client: httpx.Client) -> None:
    assert post(client, [])["rows"] == 0


def test_text_that_postgresql_cannot_hold_is_kept_without_it(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    row = {"time": "\0", "sensor": "\0PS1", "value": "a\0b", "unit": "b\0", "system": "\0"}
    assert post(client, [row])["quarantined"] == 1
    assert client.post(PATH, json={"readings": [], "system": "\0"}).status_code in (200, 404)


def test_a_key_that_may_only_read_writes_nothing(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    key = create_key(database, ADA, KeyDraft("reader", [Scope.READ]))
    headers = {"Authorization": f"Bearer {key}"}
    answer = client.post(PATH, json={"readings": [reading(start_at)]}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_many_clients_at_once_lose_and_double_nothing(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    add_system(database, "HPU3")
    batches = [
        [reading(start_at + timedelta(seconds=n), n % 300, f"HPU{1 + 2 * (n % 2)}/PS1")
         for n in range(start, start + 300)]
        for start in range(0, 1500, 150)
    ]  # fmt: skip
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda batch: post(client, batch), batches * 2))
    assert sum(each["inserted"] for each in answers) == 1650
    assert scalar(database, "SELECT count(*) FROM sensor_data") == 1650
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 0
