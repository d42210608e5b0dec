"""What every kind of file is read as: a source with columns, handing out blocks of rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Fields beyond the header's columns; no such column: all rows have their width.
OVERFLOW = "\x00overflow"
BLOCK_BYTES = 8_000_000


class Kind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class RowTexts(ABC):
    @abstractmethod
    def locate(self, rows: NDArray[np.int64]) -> list[tuple[int, str]]:
        """Line in the file and text of these rows of a block."""


@dataclass(frozen=True)
class Block:
    """Rows of a file. `digest` is of their content, `done_bytes` how far the file is read."""

    frame: pl.DataFrame
    digest: bytes
    done_bytes: int
    first_line: int
    last_line: int
    texts: RowTexts


class Source(ABC):
    """An opened file. `sample` holds rows from its start, its middle and its end."""

    kind: Kind
    name: str
    size_bytes: int
    columns: tuple[str, ...]
    sample: pl.DataFrame
    detail: str = ""
    block_bytes: int = BLOCK_BYTES

    @abstractmethod
    def blocks(self) -> Iterator[Block]: ...

    @abstractmethod
    def close(self) -> None:
        """Give back what the source holds; it cannot be read any more."""

    def __enter__(self) -> "Source":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True)
class FrameTexts(RowTexts):
    """Rows of files that are no text, written like a line of one."""

    frame: pl.DataFrame
    first_line: int

    def locate(self, rows: NDArray[np.int64]) -> list[tuple[int, str]]:
        written = self.frame[rows].write_csv(include_header=False, separator=";").splitlines()
        return [
            (self.first_line + row, text) for row, text in zip(rows.tolist(), written, strict=True)
        ]
