"""Counters and durations of this process; `/metrics` writes them in Prometheus' text form.

Nothing is sent anywhere: Prometheus comes and reads. Labels come from short, fixed lists.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LONG_S = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

REQUESTS = Counter(
    "hydrodiag_http_requests", "HTTP requests answered.", ("area", "method", "status"),
    registry=REGISTRY,
)  # fmt: skip
REQUEST_SECONDS = Histogram(
    "hydrodiag_http_request_seconds", "Time to answer a request, streamed bodies included.",
    ("area",), buckets=QUICK_S, registry=REGISTRY,
)  # fmt: skip
PAGE_SECONDS = Histogram(
    "hydrodiag_page_run_seconds", "Time a page's script runs.", ("page",),
    buckets=QUICK_S, registry=REGISTRY,
)  # fmt: skip
PAGE_FAILURES = Counter(
    "hydrodiag_page_failures", "Pages that ended in an unexpected error.", registry=REGISTRY
)
QUERY_SECONDS = Histogram(
    "hydrodiag_db_query_seconds", "Time of a statement in the database.", ("pool",),
    buckets=QUICK_S, registry=REGISTRY,
)  # fmt: skip
QUERY_FAILURES = Counter(
    "hydrodiag_db_query_failures", "Statements and connections that failed.", ("pool",),
    registry=REGISTRY,
)  # fmt: skip
JOB_SECONDS = Histogram(
    "hydrodiag_job_run_seconds", "Time a job runs.", ("job",), buckets=LONG_S, registry=REGISTRY
)
JOB_RUNS = Counter(
    "hydrodiag_job_runs", "Runs of jobs by how they ended.", ("job", "outcome"), registry=REGISTRY
)
INGEST_ROWS = Counter(
    "hydrodiag_ingest_rows", "Readings taken in, by what became of them.", ("outcome",),
    registry=REGISTRY,
)  # fmt: skip
SIGN_INS = Counter(
    "hydrodiag_sign_ins", "Attempts to sign in with a password.", ("outcome",), registry=REGISTRY
)
CACHE_LOOKUPS = Counter(
    "hydrodiag_cache_lookups", "Results looked up in the cache: hit, miss, unreadable.",
    ("region", "outcome"), registry=REGISTRY,
)  # fmt: skip
