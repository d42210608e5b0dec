"""GET systems, sensors and series: what a key may see, as it is stored."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.db import Database
from hydrodiag.fleet.catalog import load_catalog
from hydrodiag.readings.ingest import load_columns
from tests.integration.api.conftest import ADA, BOTH
from tests.integration.ingest.conftest import add_system

SERIES = "/api/v1/series"


@pytest.fixture
def measured(database: Database, system_id: int, start_at: datetime) -> datetime:
    """A reading of PS1 a second for an hour, with one peak; the first instant."""
    sensor = load_catalog(database).match("PS1", system_id)[0]
    times = int(start_at.timestamp()) * 10**6 + np.arange(3600) * 10**6
    values = 150 + 0.01 * (np.arange(3600) % 7)
    values[1234] = 333.33
    load_columns(database, np.full(3600, sensor.id), times, values, origin="test")
    return start_at


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_systems_and_their_sensors_are_listed(client: httpx.Client, database: Database) -> None:
    add_system(database, "HPU/ 2ä")
    systems = get(client, "/api/v1/systems")["systems"]
    assert [each["code"] for each in systems] == ["HPU/ 2ä", "HPU1"]
    answer = get(client, "/api/v1/systems/HPU1/sensors")
    assert answer["system"] == "HPU1"
    assert [each["tag"] for each in answer["sensors"]] == ["FS1", "N1", "PS1", "PS2", "TS1"]
    assert answer["sensors"][2]["unit"] == "bar"
    assert client.get("/api/v1/systems/HPU9/sensors").status_code == 404


def test_a_key_of_one_system_sees_no_other(
    client: httpx.Client, database: Database, other_system: int, measured: datetime
) -> None:
    key = create_key(database, ADA, KeyDraft("theirs", BOTH, other_system))
    client.headers["Authorization"] = f"Bearer {key}"
    assert [each["code"] for each in get(client, "/api/v1/systems")["systems"]] == ["HPU2"]
    assert client.get("/api/v1/systems/HPU1/sensors").status_code == 404
    for query in ({"sensor": "HPU1/PS1"}, {"sensor": "PS1", "system": "HPU1"}):
        assert client.get(SERIES, params=query).status_code == 404
    assert get(client, SERIES, sensor="PS1")["series"][0]["sensor"] == "HPU2/PS1"


def test_a_series_keeps_the_peak_in_few_points(client: httpx.Client, measured: datetime) -> None:
    end = measured + timedelta(hours=1)
    answer = get(client, SERIES, sensor="HPU1/PS1", start=measured.isoformat(),
                 end=end.isoformat(), max_points=100)  # fmt: skip
    (line,) = answer["series"]
    assert (line["sensor"], line["unit"], answer["is_exact"]) == ("HPU1/PS1", "bar", True)
    assert 2 <= len(line["time"]) <= 100
    assert max(line["max"]) == 333.33
    assert min(line["min"]) == 150
    assert sum(line["n"]) == 3600
    assert datetime.fromisoformat(line["time"][0]) == measured
    assert {len(line[name]) for name in ("time", "mean", "min", "max", "n")} == {len(line["n"])}


def test_a_short_series_is_the_readings_as_they_were_sent(
    client: httpx.Client, measured: datetime
) -> None:
    answer = get(client, SERIES, sensor=["PS1", "PS2"], system="HPU1", start=measured.isoformat(),
                 end=(measured + timedelta(seconds=10)).isoformat())  # fmt: skip
    first, second = answer["series"]
    assert (answer["source"], answer["bucket_s"]) == ("raw", None)
    assert first["mean"] == [
        150,
        150.01,
        150.02,
        150.03,
        150.04,
        150.05,
        150.06,
        150,
        150.01,
        150.02,
    ]
    assert (second["sensor"], second["time"]) == ("HPU1/PS2", [])


def test_without_a_window_it_is_the_last_hour(client: httpx.Client) -> None:
    answer = get(client, SERIES, sensor="HPU1/PS1")
    span = datetime.fromisoformat(answer["end"]) - datetime.fromisoformat(answer["start"])
    assert span == timedelta(hours=1)


def test_a_window_of_all_times_is_answered(client: httpx.Client, measured: datetime) -> None:
    answer = get(client, SERIES, sensor="HPU1/PS1", start="0001-01-01T00:00:00+14:00",
                 end="9999-12-31T23:59:59-14:00", max_points=2)  # fmt: skip
    assert sum(answer["series"][0]["n"]) == 3600


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"sensor": ["PS1"] * 21}, 422),
        ({"sensor": "PS9"}, 404),
        ({"sensor": "PS1\0", "system": "\0"}, 404),
        ({"sensor": "PS1", "system": "HPU9"}, 404),
        ({"sensor": "PS1", "start": "yesterday"}, 422),
        ({"sensor": "PS1", "start": "2026-01-01T00:00:00"}, 422),
        ({"sensor": "PS1", "start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}, 422),
        ({"sensor": "PS1", "max_points": "1"}, 422),
        ({"sensor": "PS1", "max_points": "10001"}, 422),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    client: httpx.Client, query: dict[str, Any], status: int
) -> None:
    answer = client.get(SERIES, params=query)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_tag_of_several_systems_needs_the_system(client: httpx.Client, other_system: int) -> None:
    answer = client.get(SERIES, params={"sensor": "PS1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "ambiguous_sensor")


def test_a_key_that_may_only_write_reads_nothing(client: httpx.Client, database: Database) -> None:
    key = create_key(database, ADA, KeyDraft("writer", [Scope.WRITE]))
    client.headers["Authorization"] = f"Bearer {key}"
    for path in ("/api/v1/systems", "/api/v1/systems/HPU1/sensors", SERIES):
        assert client.get(path).status_code == 403
