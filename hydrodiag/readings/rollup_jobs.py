"""The jobs that keep the rollups up to date, and look whether they are true."""

from collections.abc import Mapping
from typing import Any

from hydrodiag.jobs import JobContext, JobSpec, Queue
from hydrodiag.readings.rollup_audit import audit_rollups
from hydrodiag.readings.rollups import refresh_rollups


def run_refresh(context: JobContext) -> Mapping[str, Any]:
    report = refresh_rollups(
        context.database, report=context.report, should_stop=context.should_stop
    )
    return report.to_dict()


def run_audit(context: JobContext) -> Mapping[str, Any]:
    report = audit_rollups(context.database)
    report.check()
    return report.to_dict()


JOBS = (
    JobSpec(
        id="refresh_rollups",
        title="Refresh rollups",
        description="Takes new, late and corrected readings up into minutes, hours and days.",
        queue=Queue.MAINTENANCE,
        cadence="every 15s",
        run=run_refresh,
    ),
    JobSpec(
        id="audit_rollups",
        title="Audit rollups",
        description="Recomputes a random sample of minutes, hours and days; any fault fails.",
        queue=Queue.MAINTENANCE,
        cadence="every 1h",
        run=run_audit,
    ),
)
