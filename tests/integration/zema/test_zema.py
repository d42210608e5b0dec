import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import find_system, list_components, list_sensors
from hydrodiag.readings.zema import import_zema
from hydrodiag.readings.zema.rig import CHANNELS, TAGS

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "uci-hydraulic-1hz"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
CYCLES = 3

needs_real_data = pytest.mark.skipif(
    not REAL.exists(), reason="needs the rig readings in ../shared/data/uci-hydraulic-1hz"
)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """The set in its original layout, three cycles; values say where they belong."""
    folder = tmp_path / "set"
    folder.mkdir()
    for place, channel in enumerate(CHANNELS):
        width = channel.rate_hz * 60
        rows = [np.arange(width) / width + cycle + place for cycle in range(CYCLES)]
        lines = ["\t".join(f"{value:.3f}" for value in row) for row in rows]
        (folder / f"{channel.tag}.txt").write_text("\n".join(lines) + "\n")
    (folder / "profile.txt").write_text("3\t100\t0\t130\t1\n20\t90\t1\t115\t0\n100\t73\t2\t90\t0\n")
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"data/{file.name}")
    return path


def rows(database: Database, sql: str, **values: object) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def sensor_ids(database: Database) -> dict[str, int]:
    system = find_system(database, "zema-rig")
    assert system is not None
    return {sensor.tag: sensor.id for sensor in list_sensors(database, system.id)}


@pytest.mark.parametrize("form", [lambda path: path, zipped], ids=["folder", "zip"])
def test_the_original_layout_keeps_every_sample_at_its_own_rate(
    database: Database, original: Path, form: Callable[[Path], Path]
) -> None:
    done = import_zema(database, form(original), start_at=START)
    samples = sum(channel.rate_hz * 60 for channel in CHANNELS) * CYCLES
    assert (done.cycles, done.readings, done.inserted) == (CYCLES, samples, samples)
    ids = sensor_ids(database)
    assert set(ids) == set(TAGS)
    found = rows(
        database,
        "SELECT count(*), min(time), max(time) FROM sensor_data WHERE sensor_id = :id",
        id=ids["PS1"],
    )
    last = START + timedelta(minutes=CYCLES) - timedelta(milliseconds=10)
    assert found == [(18_000, START, last)]
    (value,) = rows(
        database,
        "SELECT value FROM sensor_data WHERE sensor_id = :id AND time = :at",
        id=ids["FS1"],
        at=START + timedelta(seconds=90),
    )[0]
    assert value == pytest.approx(7 + 1.5, abs=0.001)


def test_a_second_import_changes_nothing(database: Database, original: Path) -> None:
    first = import_zema(database, original, start_at=START)
    again = import_zema(database, original, start_at=START)
    assert (again.inserted, again.already_there) == (0, first.inserted)


def test_labels_are_kept_and_the_flag_is_turned_to_stable(
    database: Database, original: Path
) -> None:
    import_zema(database, original, start_at=START)
    found = rows(database, "SELECT start_at, end_at, labels FROM cycle_label ORDER BY start_at")
    assert found[1] == (
        START + timedelta(minutes=1),
        START + timedelta(minutes=2),
        {"cycle": 1, "cooler": 20, "valve": 90, "pump": 1, "accumulator": 115, "stable": True},
    )
    assert json.loads(json.dumps(found[0][2]))["stable"] is False


def test_fast_channels_can_be_averaged_down(database: Database, original: Path) -> None:
    done = import_zema(database, original, start_at=START, max_rate_hz=1)
    assert done.readings == len(CHANNELS) * 60 * CYCLES
    sensors = list_sensors(database, find_system(database, "zema-rig").id)  # type: ignore[union-attr]
    assert {sensor.sampling_interval_s for sensor in sensors} == {1.0}


def test_without_a_start_the_last_cycle_ends_now(database: Database, original: Path) -> None:
    done = import_zema(database, original)
    assert timedelta() <= datetime.now(UTC) - done.end_at < timedelta(minutes=2)


def test_a_start_that_leads_into_the_future_is_refused(database: Database, original: Path) -> None:
    with pytest.raises(InvalidInput, match="future"):
        import_zema(database, original, start_at=datetime.now(UTC))
    assert find_system(database, "zema-rig") is None


def break_off(folder: Path) -> None:
    path = folder / "TS1.txt"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))


def spoil(folder: Path) -> None:
    path = folder / "SE.txt"
    path.write_text(path.read_text().replace("\t", " x ", 1))


def shorten(folder: Path) -> None:
    path = folder / "VS1.txt"
    path.write_text(path.read_text().split("\t", 1)[1])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "CE.txt").unlink(), "lacks CE.txt"),
        (lambda folder: (folder / "profile.txt").unlink(), "lacks profile.txt"),
        (lambda folder: (folder / "profile.txt").write_text(""), "profile.txt is empty"),
        (break_off, "TS1.txt has 2 cycles, profile.txt has 3"),
        (spoil, "SE.txt, row 1: not only numbers"),
        (shorten, "VS1.txt, row 1: 59 values, not 60"),
    ],
)
def test_a_damaged_set_is_refused_with_the_place(
    database: Database, original: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(original)
    with pytest.raises(InvalidInput, match=message):
        import_zema(database, original, start_at=START)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken", b"PAR1broken"])
def test_another_file_is_refused(database: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "set.bin"
    path.write_bytes(content)
    (tmp_path / "labels.csv").write_text("cycle,cooler,valve,pump,accumulator,stable\n")
    with pytest.raises(InvalidInput, match=r"set\.bin"):
        import_zema(database, path, start_at=START)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    database: Database, original: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hydrodiag.readings.zema.original.LARGEST_SET_BYTES", 1000)
    with pytest.raises(InvalidInput, match="would unpack"):
        import_zema(database, zipped(original), start_at=START)


def test_a_cycle_with_missing_seconds_is_refused(database: Database, tmp_path: Path) -> None:
    frame = pl.DataFrame({"cycle": [0] * 59, "t_s": range(59)}).with_columns(
        pl.lit(1.0).alias(tag) for tag in TAGS
    )
    frame.write_parquet(tmp_path / "readings.parquet")
    (tmp_path / "labels.csv").write_text(
        "cycle,cooler,valve,pump,accumulator,stable\n0,3,100,0,130,1\n"
    )
    with pytest.raises(InvalidInput, match="cycle 0 does not have each"):
        import_zema(database, tmp_path, start_at=START)


@needs_real_data
def test_the_real_set_is_imported_whole(database: Database) -> None:
    done = import_zema(database, REAL)
    assert (done.cycles, done.readings) == (1473, 1473 * 60 * 17)
    assert done.inserted == done.readings
    system = find_system(database, "zema-rig")
    assert system is not None
    assert len(list_components(database, system.id)) == 6
    labels = rows(database, "SELECT labels FROM cycle_label ORDER BY start_at LIMIT 1")
    assert labels[0][0]["accumulator_run"] == 0  # type: ignore[index]


@needs_real_data
def test_real_values_come_back_exact_at_their_resolution(database: Database) -> None:
    done = import_zema(database, REAL)
    frame = pl.read_parquet(REAL / "readings.parquet").filter(pl.col("cycle") == 700)
    sql = (
        "SELECT value FROM sensor_data WHERE sensor_id = :id AND time >= :start "
        "AND time < CAST(:start AS timestamptz) + interval '1 minute' ORDER BY time"
    )
    start = done.start_at + timedelta(minutes=700)
    found = rows(database, sql, id=sensor_ids(database)["PS1"], start=start)
    stored = np.array([row[0] for row in found])
    assert np.abs(stored - frame.sort("t_s")["PS1"].to_numpy()).max() <= 0.0005
