"""How long statements take and how full the pools are, for `/metrics`."""

import time
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import QueuePool

from hydrodiag.metrics import QUERY_FAILURES, QUERY_SECONDS, REGISTRY

_pool_names: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def measure_engine(engine: Engine, pool: str) -> None:
    """`pool` names it in the labels, such as `app/read`."""
    _pool_names[engine] = pool
    seconds, failures = QUERY_SECONDS.labels(pool), QUERY_FAILURES.labels(pool)

    def before(_c: object, _cursor: object, _s: object, _p: object, context: Any, _m: bool) -> None:
        context.started_s = time.perf_counter()

    def after(_c: object, _cursor: object, _s: object, _p: object, context: Any, _m: bool) -> None:
        seconds.observe(time.perf_counter() - context.started_s)

    def failed(_context: ExceptionContext) -> None:
        failures.inc()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)


class PoolCollector(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily(
            "hydrodiag_db_pool_connections", "Connections of a pool.", labels=("pool", "state")
        )
        for engine, name in list(_pool_names.items()):
            if isinstance(engine.pool, QueuePool):
                gauge.add_metric((name, "in_use"), engine.pool.checkedout())
                gauge.add_metric((name, "idle"), engine.pool.checkedin())
        yield gauge


REGISTRY.register(PoolCollector())
