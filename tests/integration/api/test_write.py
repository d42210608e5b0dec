"""POST /write: line protocol as Telegraf and InfluxDB's clients send it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hydrodiag.accounts.api_keys import KeyDraft, create_key
from hydrodiag.db import Database
from hydrodiag.readings.ingest import list_quarantine
from tests.integration.api.conftest import ADA, BOTH
from tests.integration.ingest.conftest import scalar, stored_readings

PATH = "/api/v1/write"
# As Telegraf's plugins write them (their documentation), with our machine's names.
RECORDED = r"""
modbus,host=gateway,name=HPU1,slave_id=1,system=HPU1,type=holding_register PS1=151.2,TS1=48.3 {ns}
opcua,host=gateway,id=ns\=3;s\=Press04.Flow,system=HPU1 FS1=79.0,Quality="OK (0x0)" {ns}
opcua,host=gateway,id=ns\=3;s\=Press04.Speed,system=HPU1 N1=1480i,DataType="Int16" {ns}
mqtt_consumer,host=pop-os,topic=plant/HPU1/PS2 value=45i {ns}
"""


def write(client: httpx.Client, lines: str, path: str = PATH, **query: str) -> httpx.Response:
    return client.post(path, content=lines.encode(), params=query)


def counts(answer: httpx.Response) -> list[int]:
    return [int(answer.headers[f"HydroDiag-{each}"])
            for each in ("Inserted", "Already-There", "Quarantined")]  # fmt: skip


def nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * 10**9


def test_what_telegraf_writes_comes_in(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    lines = RECORDED.format(ns=nanoseconds(start_at))
    answer = write(client, lines)
    assert (answer.status_code, answer.content) == (204, b"")
    assert counts(answer) == [5, 0, 0]
    assert [(tag, round(value, 1)) for tag, _, value in stored_readings(database)] == [
        ("FS1", 79.0), ("N1", 1480.0), ("PS1", 151.2), ("PS2", 45.0), ("TS1", 48.3),
    ]  # fmt: skip
    assert counts(write(client, lines)) == [0, 5, 0]


@pytest.mark.parametrize("path", [PATH, "/api/v2/write"])
@pytest.mark.parametrize(
    ("precision", "per_second"),
    [("ns", 10**9), ("n", 10**9), ("us", 10**6), ("u", 10**6), ("ms", 1000), ("s", 1)],
)
def test_the_precision_of_both_versions_is_understood(
    client: httpx.Client, database: Database, start_at: datetime,
    path: str, precision: str, per_second: int,
) -> None:  # fmt: skip
    line = f"m,system=HPU1 PS1=1 {int(start_at.timestamp()) * per_second}"
    query = {"db": "telegraf", "org": "plant", "bucket": "hydraulics", "precision": precision}
    answer = write(client, line, path, **query)
    assert answer.status_code == 204
    assert [at for _, at, _ in stored_readings(database)] == [start_at]


def test_the_token_scheme_of_influxdb_is_a_key_too(client: httpx.Client, key: str) -> None:
    client.headers["Authorization"] = f"Token {key}"
    assert write(client, "m,system=HPU1 PS1=1").status_code == 204


def test_a_line_without_a_time_is_of_now(client: httpx.Client, database: Database) -> None:
    before = datetime.now(UTC)
    write(client, "m,system=HPU1 PS1=1")
    ((_, at, _),) = stored_readings(database)
    assert before - timedelta(milliseconds=1) <= at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("m,system=HPU1,sensor=PS1 value=1", "PS1"),
        ("m,system=HPU1,sensor=PS mean=1", None),
        ("m,system=HPU1,topic=x/y/PS2 value=1", "PS2"),
        ("m,topic=x/HPU1/PS2 value=1", "PS2"),
        ("ps,system=HPU1 1=1", "PS1"),
        ("PS2,system=HPU1 value=1", "PS2"),
        ("PS2 value=1", "PS2"),
        ("m PS1=1", "PS1"),
        ("m,system=HPU9 PS1=1", None),
        ("m,system=hpu-1 Pump\\ pressure=1", "PS1"),
    ],
)
def test_a_field_finds_its_sensor_by_the_documented_names(
    client: httpx.Client, database: Database, line: str, tag: str | None
) -> None:
    assert write(client, line).status_code == 204
    assert [each[0] for each in stored_readings(database)] == ([tag] if tag else [])
    assert len(list_quarantine(database)) == (0 if tag else 1)


def test_the_unit_tag_converts(client: httpx.Client, database: Database) -> None:
    write(client, "m,system=HPU1,unit=MPa PS1=2")
    assert [value for _, _, value in stored_readings(database)] == [pytest.approx(20)]


def test_switches_count_and_texts_of_sensors_are_quarantined(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    answer = write(
        client, f'm,system=HPU1 N1=true,PS1="high",note="by hand" {nanoseconds(start_at)}'
    )
    assert counts(answer) == [1, 0, 1]
    (row,) = list_quarantine(database)
    assert (row.reason, row.sensor_label, row.value_text) == ("bad_value", "HPU1/PS1", "high")


def test_malformed_lines_are_told_and_kept_and_the_others_stored(
    client: httpx.Client, database: Database, start_at: datetime
) -> None:
    ns = nanoseconds(start_at)
    lines = "\n".join(
        [
            "# a comment",
            f"m,system=HPU1 PS1=1 {ns}",
            f"m,system=HPU1 PS2= {ns}",
            "broken",
            f"m,system=HPU1 TS1=1 {ns}",
        ]
    )
    answer = write(client, lines)
    assert answer.status_code == 400
    content = answer.json()
    assert content["error"].startswith("partial write: unable to parse line 3: there is no field")
    assert content["code"] == "invalid"
    assert [each["line"] for each in content["lines"]] == [3, 4]
    assert [tag for tag, _, _ in stored_readings(database)] == ["PS1", "TS1"]
    kept = {each.raw: each.reason for each in list_quarantine(database)}
    assert kept == {f"m,system=HPU1 PS2= {ns}": "bad_value", "broken": "bad_value"}
    assert counts(write(client, lines)) == [0, 2, 2]
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 2


def test_absurd_times_are_quarantined(client: httpx.Client, database: Database) -> None:
    lines = "m,system=HPU1 PS1=1 9223372036854775807\nm,system=HPU1 PS1=1 -9223372036854775807"
    for precision in ("ns", "h"):
        assert write(client, lines, precision=precision).status_code == 204
    assert {each.reason for each in list_quarantine(database)} >= {"in_future", "bad_time"}
    assert stored_readings(database) == []


def test_a_key_of_one_system_needs_no_system_tag_and_writes_no_other(
    client: httpx.Client, database: Database, system_id: int, other_system: int
) -> None:
    key = create_key(database, ADA, KeyDraft("mine", BOTH, system_id))
    client.headers["Authorization"] = f"Bearer {key}"
    assert counts(write(client, "m PS1=1")) == [1, 0, 0]
    assert counts(write(client, "m,system=HPU2 PS1=1")) == [0, 0, 1]
    assert write(client, "m PS1=1", system="HPU2").status_code == 403


def test_nothing_written_is_well(client: httpx.Client) -> None:
    assert write(client, "\n# nothing\n").status_code == 204


def test_what_is_refused_now_and_later_is_kept_twice(
    client: httpx.Client, database: Database
) -> None:
    for _ in range(2):
        assert counts(write(client, "m,system=HPU1 PS9=1")) == [0, 0, 1]
    assert scalar(database, "SELECT count(*) FROM quarantined_reading") == 2
