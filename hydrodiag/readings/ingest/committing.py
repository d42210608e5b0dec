"""Several batches on their way into the database at once, with the outcome of one by one.

One PostgreSQL backend is the bottleneck of a load, so two work side by side. Batches that
may hold the same instants are never in flight together: of different values for one
instant, the first in the file is the one that is stored.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hydrodiag.readings.ingest.batch import CleanBatch, Int
from hydrodiag.readings.ingest.commit import PreparedBatch, Run, commit_batch
from hydrodiag.readings.ingest.report import IngestReport

T = TypeVar("T")
IN_FLIGHT = 2
Pending = deque[tuple[T, PreparedBatch, Future[IngestReport]]]


def commit_in_order(
    run: Run, batches: Iterable[tuple[T, PreparedBatch]]
) -> Iterator[tuple[T, IngestReport]]:
    """The tag and the report of each batch, in the order of the batches."""
    pending: Pending[T] = deque()
    with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="ingest-commit") as pool:
        for tag, batch in batches:
            while _must_wait(pending, batch):
                yield _settle(pending)
            pending.append((tag, batch, pool.submit(commit_batch, run, batch)))
        while pending:
            yield _settle(pending)


def _settle(pending: Pending[T]) -> tuple[T, IngestReport]:
    tag, _, coming = pending.popleft()
    return tag, coming.result()


def _must_wait(pending: Pending[T], batch: PreparedBatch) -> bool:
    if len(pending) >= IN_FLIGHT:
        return True
    return any(may_share_instants(batch.clean, other.clean) for _, other, _ in pending)


def may_share_instants(one: CleanBatch, other: CleanBatch) -> bool:
    """Whether the spans of any sensor in both batches overlap."""
    if not (len(one) and len(other)):
        return False
    spans = [_spans(each) for each in (one, other)]
    _, left, right = np.intersect1d(spans[0][0], spans[1][0], return_indices=True)
    (_, from_a, to_a), (_, from_b, to_b) = spans
    return bool(np.any((from_a[left] <= to_b[right]) & (from_b[right] <= to_a[left])))


def _spans(batch: CleanBatch) -> tuple[NDArray[np.int32], Int, Int]:
    """Sensors with their first and last instant."""
    ends = batch.sensor_ends
    starts = np.append(0, ends[:-1] + 1)
    return batch.sensor_ids[ends], batch.times_us[starts], batch.times_us[ends]
