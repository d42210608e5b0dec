"""The scheduler's lifecycle jobs: every table with a policy in turn, failures told at the end."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hydrodiag.errors import (
    DatabaseUnavailable,
    HydroDiagError,
    InvalidInput,
    LockBusy,
    TimescaleError,
)
from hydrodiag.jobs import JobContext, JobSpec, Queue
from hydrodiag.timescale.compression import compress_old_chunks
from hydrodiag.timescale.health import timescale_health_check
from hydrodiag.timescale.partitions import ensure_partitions_for_range
from hydrodiag.timescale.policies import list_policies
from hydrodiag.timescale.reports import CleanupReport, CompressReport, PartitionPlan, Policy
from hydrodiag.timescale.retention import cleanup_old_partitions
from hydrodiag.timescale.stats import collect_samples

AHEAD = 3
MOST_A_RUN = 20
Outcome = PartitionPlan | CleanupReport | CompressReport
Work = Callable[[JobContext, Policy], Outcome | None]


def ensure_partitions(context: JobContext) -> Mapping[str, Any]:
    return _for_each_table(context, _ensure)


def compress(context: JobContext) -> Mapping[str, Any]:
    result = _for_each_table(context, _compress)
    states = {each["state"] for each in result["tables"]}
    return {"state": states.pop(), **result} if len(states) == 1 else result


def cleanup(context: JobContext) -> Mapping[str, Any]:
    return _for_each_table(context, _clean)


def check_health(context: JobContext) -> Mapping[str, Any]:
    report = timescale_health_check(context.database)
    conspicuous = [check for check in report.to_dict()["checks"] if check["status"] != "ok"]
    return {"state": report.status, "checked": len(report.checks), "checks": conspicuous}


def collect_stats(context: JobContext) -> Mapping[str, Any]:
    return {"size_bytes": collect_samples(context.database)}


def _ensure(context: JobContext, policy: Policy) -> Outcome:
    now = datetime.now(UTC)
    interval = policy.chunk_interval
    end = now + AHEAD * interval
    return ensure_partitions_for_range(
        context.database, policy.table_name, now, end, interval, dry_run=_is_dry(context)
    )


def _compress(context: JobContext, policy: Policy) -> Outcome | None:
    if policy.compress_after is None:
        return None
    return compress_old_chunks(
        context.database,
        policy.table_name,
        policy.compress_after,
        dry_run=_is_dry(context),
        max_chunks=MOST_A_RUN,
        progress=context,
    )


def _clean(context: JobContext, policy: Policy) -> Outcome | None:
    """On request `force` and `plan_key` (of the preview that was confirmed) may be given."""
    if policy.retain_for is None:
        return None
    return cleanup_old_partitions(
        context.database,
        policy.table_name,
        policy.retain_for,
        dry_run=_is_dry(context),
        force=context.params.get("force") is True,
        confirmed=context.params.get("plan_key"),
        progress=context,
    )


def _is_dry(context: JobContext) -> bool:
    return context.params.get("dry_run") is True


def _for_each_table(context: JobContext, work: Work) -> dict[str, Any]:
    """Every table gets its turn; what failed is raised at the end, all of it."""
    tables: list[dict[str, Any]] = []
    problems: list[str] = []
    busy = True
    for policy in _pick_policies(context):
        if context.should_stop():
            break
        context.report(None, policy.table_name)
        try:
            report = work(context, policy)
        except DatabaseUnavailable:
            raise
        except HydroDiagError as error:
            problems.append(f"{policy.table_name}: {error}")
            busy = busy and isinstance(error, LockBusy)
            continue
        if report is not None:
            tables.append(report.to_dict())
            problems.extend(_list_problems(report))
            busy = busy and not report.failed
    _raise_for(problems, only_busy=busy)
    return {"tables": tables}


def _pick_policies(context: JobContext) -> list[Policy]:
    policies = list_policies(context.database)
    wanted = context.params.get("table")
    chosen = [each for each in policies if wanted in (None, each.table_name)]
    if wanted and not chosen:
        raise InvalidInput(f"There is no lifecycle policy for {wanted!r}.")
    return chosen


def _list_problems(report: Outcome) -> Iterator[str]:
    if isinstance(report, PartitionPlan):
        for span in report.failed:
            yield f"{report.table} from {span.span.start:%Y-%m-%d %H:%M}: {span.error}"
        return
    yield from (f"{report.table} {each.chunk.name}: {each.error}" for each in report.failed)
    yield from (f"{report.table} {each.name}: in use by others." for each in report.busy)


def _raise_for(problems: list[str], *, only_busy: bool) -> None:
    """What only waits for others is tried again by the scheduler, the rest is not."""
    if not problems:
        return
    message = f"{len(problems)} failed, the others are done. {' '.join(problems)}"
    raise LockBusy(message) if only_busy else TimescaleError(message)


JOBS = (
    JobSpec(
        id="ensure_partitions",
        title="Make partitions ahead",
        description=f"Each hypertable has chunks for its next {AHEAD} intervals.",
        queue=Queue.MAINTENANCE,
        cadence="every 1h",
        run=ensure_partitions,
    ),
    JobSpec(
        id="compress_old_chunks",
        title="Compress old chunks",
        description="Closed chunks into columns after the policy's age; late rows are taken up.",
        queue=Queue.MAINTENANCE,
        cadence="daily 02:10",
        run=compress,
    ),
    JobSpec(
        id="cleanup_old_partitions",
        title="Drop chunks past retention",
        description="Never what is on hold, freshly imported or not rolled up.",
        queue=Queue.MAINTENANCE,
        cadence="daily 03:10",
        run=cleanup,
    ),
    JobSpec(
        id="timescale_health",
        title="Check the database",
        description="Extension, settings, chunks, jobs and sessions: ok, warning or failing.",
        queue=Queue.MAINTENANCE,
        cadence="every 1m",
        run=check_health,
        max_attempts=1,
    ),
    JobSpec(
        id="collect_hypertable_stats",
        title="Measure the hypertables",
        description="Stores their sizes, from which growth a day is computed.",
        queue=Queue.MAINTENANCE,
        cadence="every 10m",
        run=collect_stats,
    ),
)
