"""Parquet files, read a part of a row group at a time."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.block import Block, FrameTexts, Kind, Source

BYTES_A_CELL = 8
MAX_BLOCK_ROWS = 500_000
SAMPLE_ROWS = 1000


class ParquetSource(Source):
    kind = Kind.PARQUET

    def __init__(self, raw: BinaryIO, name: str, size_bytes: int) -> None:
        self._raw = raw
        self.name = name
        self.size_bytes = size_bytes
        self._file = _open(raw, name)
        self._rows = self._file.metadata.num_rows
        if not self._rows:
            raise InvalidInput(f"{name} has no rows.", hint="Export the readings again.")
        self.columns = tuple(self._file.schema_arrow.names)
        self.detail = f"{self._rows:,} rows"
        self.sample = self._sample()

    def blocks(self) -> Iterator[Block]:
        cell_rows = self.block_bytes // (BYTES_A_CELL * len(self.columns))
        count = max(1, min(MAX_BLOCK_ROWS, cell_rows))
        start = 0
        for batch in self._batches(count):
            frame = _as_frame(batch)
            start_row, start = start, start + frame.height
            done = self.size_bytes * start // self._rows
            texts = FrameTexts(frame, start_row + 1)
            yield Block(frame, _digest(batch), done, start_row + 1, start, texts)

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    def _batches(self, count: int) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._file.iter_batches(count)
        except (pa.ArrowException, OSError) as error:
            raise InvalidInput(
                f"{self.name} is damaged: {error}.", hint="Export it again."
            ) from error

    def _sample(self) -> pl.DataFrame:
        first = _as_frame(next(self._batches(SAMPLE_ROWS)))
        last_group = self._file.num_row_groups - 1
        if not last_group:
            return first
        last = next(self._file.iter_batches(SAMPLE_ROWS, row_groups=[last_group]))
        return pl.concat([first, _as_frame(last)])


def _open(raw: BinaryIO, name: str) -> pq.ParquetFile:
    raw.seek(0)
    try:
        return pq.ParquetFile(raw, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise InvalidInput(
            f"{name} cannot be read as Parquet: {error}.", hint="Export it again."
        ) from error


def _as_frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 (narrows the type)
    return frame.with_columns(
        pl.col(name).cast(pl.String)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Categorical | pl.Enum)
    )


def _digest(batch: pa.RecordBatch) -> bytes:
    digest = blake2b(digest_size=32)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    digest.update(memoryview(sink.getvalue()))
    return digest.digest()
