"""The layout by the second: readings.parquet (cycle, t_s, channels) and labels.csv beside it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.zema.layout import CycleBlock
from hydrodiag.readings.zema.rig import CYCLE_S, LABELS, TAGS, Channel

READINGS, LABEL_FILE = "readings.parquet", "labels.csv"
HINT = f"{READINGS} has the columns cycle, t_s and the 17 channels; {LABEL_FILE} lies beside it."


class ColumnLayout:
    """Means over one second; cycles may be missing, each has its 60 seconds."""

    def __init__(self, readings: Path) -> None:
        self._path = readings
        self._labels = _read_labels(readings.with_name(LABEL_FILE))
        self._cycles = self._read_cycles()

    def labels(self) -> Mapping[int, Mapping[str, Any]]:
        return {cycle: self._labels[cycle] for cycle in self._cycles.tolist()}

    def blocks(self, channel: Channel) -> Iterator[CycleBlock]:
        frame = pl.read_parquet(self._path, columns=["cycle", "t_s", channel.tag])
        values = frame.sort("cycle", "t_s")[channel.tag].cast(pl.Float64).to_numpy()
        yield CycleBlock(self._cycles, values.reshape(-1, CYCLE_S))

    def _read_cycles(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        frame = _read(self._path)
        counts = frame.group_by("cycle").agg(pl.col("t_s").n_unique().alias("seconds"), pl.len())
        broken = counts.filter((pl.col("seconds") != CYCLE_S) | (pl.col("len") != CYCLE_S))
        if len(broken):
            cycle = broken["cycle"].sort().to_list()[0]
            raise InvalidInput(
                f"{self._path.name}: cycle {cycle} does not have each of its 60 seconds once.",
                hint=HINT,
            )
        cycles = counts["cycle"].cast(pl.Int64).sort()
        unlabelled = sorted(set(cycles.to_list()) - set(self._labels))
        if unlabelled:
            raise InvalidInput(f"{LABEL_FILE} lacks cycle {unlabelled[0]}.", hint=HINT)
        return cycles.to_numpy()


def _read(path: Path) -> pl.DataFrame:
    """The places of all samples, after a check that every channel is there."""
    try:
        names = pl.read_parquet_schema(path)
        missing = [name for name in ("cycle", "t_s", *TAGS) if name not in names]
        if missing:
            raise InvalidInput(f"{path.name} lacks the column {missing[0]}.", hint=HINT)
        return pl.read_parquet(path, columns=["cycle", "t_s"])
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InvalidInput(f"{path} is no readable Parquet file: {error}", hint=HINT) from None


def _read_labels(path: Path) -> dict[int, dict[str, Any]]:
    try:
        frame = pl.read_csv(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}", hint=HINT) from None
    missing = [name for name in ("cycle", *LABELS, "stable") if name not in frame.columns]
    if missing:
        raise InvalidInput(f"{path.name} lacks the column {missing[0]}.", hint=HINT)
    rows = frame.to_dicts()
    return {row.pop("cycle"): {**row, "stable": bool(row["stable"])} for row in rows}
