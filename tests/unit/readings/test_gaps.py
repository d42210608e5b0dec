from datetime import timedelta

import numpy as np
import pandas as pd

from hydrodiag.readings.series import gaps

INTERVAL = timedelta(seconds=10)


def frame_at(*seconds: int, sensor_id: int = 1) -> pd.DataFrame:
    times = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(list(seconds), "s")
    values = np.arange(len(seconds), dtype=float)
    return pd.DataFrame(
        {
            "sensor_id": sensor_id,
            "time": times,
            "mean": values,
            "min": values,
            "max": values,
            "n": 1,
        }
    )


def test_a_line_breaks_where_readings_are_missing() -> None:
    broken = gaps(frame_at(0, 10, 20, 60, 70), INTERVAL)
    assert broken["mean"].isna().tolist() == [False, False, False, True, False, False]
    assert broken["time"].is_monotonic_increasing
    assert broken.loc[3, "time"] == pd.Timestamp("2026-01-01T00:00:30Z")


def test_up_to_three_intervals_are_no_gap() -> None:
    frame = frame_at(0, 10, 40, 70)
    assert gaps(frame, INTERVAL) is frame


def test_between_two_sensors_there_is_no_gap() -> None:
    frame = pd.concat([frame_at(500, 510), frame_at(0, 10, 100, sensor_id=2)], ignore_index=True)
    broken = gaps(frame, INTERVAL)
    assert broken.loc[broken["mean"].isna(), "sensor_id"].tolist() == [2]
    assert len(broken) == 6


def test_an_empty_frame_has_no_gaps() -> None:
    assert gaps(frame_at(), INTERVAL).empty
