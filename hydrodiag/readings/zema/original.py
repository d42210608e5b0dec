"""The original layout: one text file a channel, one row a cycle, values separated by tabs."""

import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.zema.layout import CycleBlock
from hydrodiag.readings.zema.rig import CYCLE_S, LABELS, TAGS, Channel

BLOCK_SAMPLES = 1_000_000
PROFILE = "profile.txt"
LARGEST_FILE_BYTES = 1 << 30
LARGEST_SET_BYTES = 4 << 30
LONGEST_LINE_BYTES = 1 << 20
HINT = "The set consists of one text file for each channel (PS1.txt …) and profile.txt."


class Folder(ABC):
    """Where the text files are."""

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """Raises InvalidInput where the file is missing."""


class DiskFolder(Folder):
    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self._path / name).open("rb")
        except FileNotFoundError:
            raise InvalidInput(f"{self._path} lacks {name}.", hint=HINT) from None


class ZipFolder(Folder):
    """Files inside a ZIP, wherever in it they lie. Sizes are checked before anything is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise InvalidInput(f"{path} is no readable ZIP file.", hint="Load it anew.") from None
        self._members = {PurePosixPath(each.filename).name: each for each in self._zip.infolist()}
        wanted = [self._members[name] for name in self._names() if name in self._members]
        sizes = [each.file_size for each in wanted]
        if sum(sizes) > LARGEST_SET_BYTES or max(sizes, default=0) > LARGEST_FILE_BYTES:
            raise InvalidInput(
                f"{path} would unpack to {sum(sizes) / 1e9:.1f} GB.",
                hint="The original set has 0.6 GB. Unpack it and import the folder.",
            )

    def open(self, name: str) -> IO[bytes]:
        if name not in self._members:
            raise InvalidInput(f"{self._path} lacks {name}.", hint=HINT)
        return self._zip.open(self._members[name])

    @staticmethod
    def _names() -> list[str]:
        return [PROFILE, *(f"{tag}.txt" for tag in TAGS)]


class OriginalLayout:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._labels = self._read_labels()

    def labels(self) -> Mapping[int, Mapping[str, Any]]:
        return self._labels

    def blocks(self, channel: Channel) -> Iterator[CycleBlock]:
        width = channel.rate_hz * CYCLE_S
        name = f"{channel.tag}.txt"
        rows: list[np.ndarray[Any, np.dtype[np.float64]]] = []
        first = 0
        for number, values in enumerate(self._rows(name, width)):
            rows.append(values)
            if len(rows) * width >= BLOCK_SAMPLES:
                yield _build_block(first, rows)
                first, rows = number + 1, []
        if rows:
            yield _build_block(first, rows)
        self._check_count(name, first + len(rows))

    def _read_labels(self) -> dict[int, dict[str, Any]]:
        """profile.txt: the four conditions, and 1 where static conditions may not be reached."""
        labels = {}
        for cycle, values in enumerate(self._rows(PROFILE, len(LABELS) + 1)):
            *conditions, unstable = values
            known = {name: int(value) for name, value in zip(LABELS, conditions, strict=True)}
            labels[cycle] = {**known, "stable": not unstable}
        if not labels:
            raise InvalidInput(f"{PROFILE} is empty.", hint=HINT)
        return labels

    def _rows(self, name: str, width: int) -> Iterator[np.ndarray[Any, np.dtype[np.float64]]]:
        with self._folder.open(name) as file:
            number = 0
            while line := file.readline(LONGEST_LINE_BYTES):
                number += 1
                if line.strip():
                    yield _parse(name, number, line, width)

    def _check_count(self, name: str, count: int) -> None:
        if count != len(self._labels):
            raise InvalidInput(
                f"{name} has {count} cycles, {PROFILE} has {len(self._labels)}.",
                hint="The files are not of one set, or one is cut off.",
            )


def _parse(
    name: str, number: int, line: bytes, width: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        values = np.array(line.split(), np.float64)
    except ValueError:
        raise InvalidInput(f"{name}, row {number}: not only numbers.", hint=HINT) from None
    if len(values) != width:
        raise InvalidInput(f"{name}, row {number}: {len(values)} values, not {width}.", hint=HINT)
    return values


def _build_block(first: int, rows: list[np.ndarray[Any, np.dtype[np.float64]]]) -> CycleBlock:
    return CycleBlock(np.arange(first, first + len(rows), dtype=np.int64), np.vstack(rows))
