import io
from datetime import datetime, timedelta

import pandas as pd
import pyarrow.parquet as pq

from hydrodiag.db import Database
from hydrodiag.readings.export import export_csv, export_parquet
from hydrodiag.readings.windows import TimeWindow
from tests.integration.series.conftest import FEED


def load_export(database: Database, sensor_ids: list[int], window: TimeWindow) -> pd.DataFrame:
    content = b"".join(export_csv(database, sensor_ids, window))
    return pd.read_csv(io.BytesIO(content))


def test_an_export_holds_every_reading_with_tag_unit_and_iso_time(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    frames = [feed(each, start_at, timedelta(days=3)) for each in sensor_ids[:2]]
    window = TimeWindow(start_at + timedelta(hours=1), start_at + timedelta(days=2))
    table = load_export(database, sensor_ids[:2], window)
    assert list(table) == ["time", "system", "sensor", "value", "unit"]
    assert set(table["system"]) == {"PRESS-1"}
    times = pd.to_datetime(table["time"], utc=True)
    assert times.is_monotonic_increasing
    for tag, unit, readings in zip(["PS1", "TS1"], ["bar", "degC"], frames, strict=True):
        inside = readings["time"].between(window.start, window.end, inclusive="left")
        own = table["sensor"] == tag
        assert set(table.loc[own, "unit"]) == {unit}
        assert times[own].tolist() == readings.loc[inside, "time"].tolist()
        assert table.loc[own, "value"].tolist() == readings.loc[inside, "value"].tolist()


def test_values_are_written_at_the_resolution_of_their_sensor(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    feed(sensor_ids[0], start_at, timedelta(seconds=10), spikes={timedelta(0): 123.47})
    window = TimeWindow(start_at, start_at + timedelta(minutes=1))
    text = b"".join(export_csv(database, sensor_ids, window)).decode()
    stamp = start_at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert text.splitlines() == [
        "time,system,sensor,value,unit",
        f"{stamp},PRESS-1,PS1,123.47,bar",
    ]


def test_an_export_without_readings_is_a_header(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    window = TimeWindow(start_at, start_at + timedelta(days=400))
    assert list(export_csv(database, sensor_ids, window)) == [b"time,system,sensor,value,unit\n"]


def test_parquet_holds_the_rows_and_columns_of_the_csv(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    for each in sensor_ids[:2]:
        feed(each, start_at, timedelta(days=3))
    window = TimeWindow(start_at + timedelta(hours=1), start_at + timedelta(days=2))
    target = io.BytesIO()
    count = export_parquet(database, sensor_ids[:2], window, target)
    table = pq.read_table(target)
    expected = load_export(database, sensor_ids[:2], window)
    assert count == table.num_rows == len(expected)
    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
    assert table["time"].to_pandas().tolist() == pd.to_datetime(expected["time"]).tolist()
    for name in ("system", "sensor", "value", "unit"):
        assert table[name].to_pylist() == expected[name].tolist()


def test_parquet_without_readings_has_its_columns(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    target = io.BytesIO()
    window = TimeWindow(start_at, start_at + timedelta(days=1))
    assert export_parquet(database, sensor_ids, window, target) == 0
    assert pq.read_table(target).column_names == ["time", "system", "sensor", "value", "unit"]
