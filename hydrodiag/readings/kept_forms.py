"""Series and tables as bytes for a cache that several processes share: data alone, never code."""

import json
from datetime import timedelta

import pandas as pd
import pyarrow as pa

from hydrodiag.readings.buckets import COLUMNS
from hydrodiag.readings.series import Series
from hydrodiag.readings.statistics import ENDS, FIGURES

# To be raised with each change of what is kept: processes of two versions may share a cache.
FORM = 1
ABOUT = b"series"
FIGURE_COLUMNS = ("sensor_id", *FIGURES, *ENDS)


def encode_series(shown: Series) -> bytes:
    about = {
        "source": shown.source,
        "bucket_s": None if shown.bucket is None else shown.bucket.total_seconds(),
        "pending": shown.pending,
        "is_exact": shown.is_exact,
    }
    return _write(shown.frame, {ABOUT: json.dumps(about).encode()})


def decode_series(content: bytes) -> Series:
    """Raises ValueError, KeyError, TypeError or OSError for what `encode_series` did not write."""
    table = _read(content, COLUMNS)
    about = json.loads(table.schema.metadata[ABOUT])
    bucket_s = about["bucket_s"]
    bucket = None if bucket_s is None else timedelta(seconds=bucket_s)
    frame = table.to_pandas()
    return Series(frame, about["source"], bucket, about["pending"], about["is_exact"])


def encode_figures(figures: pd.DataFrame) -> bytes:
    return _write(figures, {})


def decode_figures(content: bytes) -> pd.DataFrame:
    """Raises ValueError or OSError for what `encode_figures` did not write."""
    figures: pd.DataFrame = _read(content, FIGURE_COLUMNS).to_pandas()
    return figures


def _write(frame: pd.DataFrame, about: dict[bytes, bytes]) -> bytes:
    table = pa.Table.from_pandas(frame)
    table = table.replace_schema_metadata({**table.schema.metadata, **about})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read(content: bytes, columns: tuple[str, ...]) -> pa.Table:
    table = pa.ipc.open_stream(content).read_all()
    if tuple(table.column_names) != columns:
        raise ValueError(f"expected the columns {', '.join(columns)}")
    return table
