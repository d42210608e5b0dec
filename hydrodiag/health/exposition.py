"""/metrics in Prometheus' text form, for who has the token or the right role."""

import hmac
from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hydrodiag.accounts import Permission, allows
from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.health.probes import State, probe_all
from hydrodiag.jobs.queue_depth import count_waiting, list_successes
from hydrodiag.metrics import REGISTRY

REFUSED = "Send `Authorization: Bearer` with the token of HYDRODIAG_METRICS_TOKEN.\n"
# Asked at each reading, with the five seconds a statement of `Database.read`.
Gauge = Callable[[Database], GaugeMetricFamily]
VALUES = {State.OK: 1.0, State.WARNING: 0.5, State.FAILING: 0.0}


def build_metrics_route(
    settings: Settings, open_database: Callable[[], Database], gauges: Sequence[Gauge]
) -> Route:
    looked_up = CollectorRegistry(auto_describe=False)
    looked_up.register(LookedUp(settings, open_database, gauges))

    def metrics(request: Request) -> Response:
        """Runs in a thread: it asks the database."""
        if not _may_read(request, settings):
            return PlainTextResponse(REFUSED, 401, {"WWW-Authenticate": "Bearer"})
        text = generate_latest(REGISTRY) + generate_latest(looked_up)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)


def _may_read(request: Request, settings: Settings) -> bool:
    session = getattr(request.state, "session", None)
    if session is not None and allows(session.role, Permission.SEE_HEALTH):
        return True
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    return (
        bool(token)
        and scheme.lower() == "bearer"
        and hmac.compare_digest(given.strip().encode(), token.encode())
    )


class LookedUp(Collector):
    """What stands in the database or is asked at other parts, at each reading."""

    def __init__(
        self, settings: Settings, open_database: Callable[[], Database], gauges: Sequence[Gauge]
    ) -> None:
        self._settings = settings
        self._open_database = open_database
        self._gauges = (_count_runs, _tell_successes, *gauges)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing, so that registering it asks nobody."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield self._ask_parts()
        try:
            db = self._open_database()
            for gauge in self._gauges:
                yield gauge(db)
        except HydroDiagError:
            return

    def _ask_parts(self) -> GaugeMetricFamily:
        parts = GaugeMetricFamily(
            "hydrodiag_part_state", "1: fine, 0.5: warning, 0: failing.", labels=("part",)
        )
        for probe in probe_all(self._open_database, self._settings):
            parts.add_metric((probe.name,), VALUES[probe.state])
        return parts


def _count_runs(db: Database) -> GaugeMetricFamily:
    runs = GaugeMetricFamily(
        "hydrodiag_job_queue_runs", "Runs that wait or run now.", labels=("queue", "state")
    )
    for labels, count in count_waiting(db).items():
        runs.add_metric(labels, count)
    return runs


def _tell_successes(db: Database) -> GaugeMetricFamily:
    successes = GaugeMetricFamily(
        "hydrodiag_job_last_success_timestamp_seconds",
        "When the newest successful run of a job ended.",
        labels=("job",),
    )
    for job_id, finished_at in list_successes(db):
        successes.add_metric((job_id,), finished_at.timestamp())
    return successes
