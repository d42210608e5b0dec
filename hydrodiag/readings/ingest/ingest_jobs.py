"""Ingest as jobs of the scheduler."""

from collections.abc import Mapping as MappingOf
from typing import Any

from hydrodiag.errors import InvalidInput
from hydrodiag.jobs import JobContext, JobSpec, Queue
from hydrodiag.readings.ingest.files import IngestStopped, ingest
from hydrodiag.readings.ingest.mapping import Mapping
from hydrodiag.readings.ingest.remembered import remember_mapping
from hydrodiag.readings.ingest.uploads import forget_uploads, open_upload


def run_ingest_upload(context: JobContext) -> MappingOf[str, Any]:
    """`params`: upload_id, mapping (as of Mapping.to_dict), perhaps sheet and started_by."""
    params = context.params
    if "upload_id" not in params or "mapping" not in params:
        raise InvalidInput(
            "Loading an upload needs its number and a mapping.", hint="Start it from page Data."
        )
    mapping = Mapping.from_dict(params["mapping"])
    upload_id = int(params["upload_id"])
    with open_upload(context.database, upload_id, sheet=params.get("sheet")) as source:
        try:
            report = ingest(
                context.database,
                source,
                mapping,
                origin="upload",
                report=context.report,
                started_by=str(params.get("started_by", "")),
                upload_id=upload_id,
                should_stop=context.should_stop,
            )
        except IngestStopped as stopped:
            return {"state": "stopped", **stopped.so_far.to_dict()}
        remember_mapping(context.database, source, mapping)
    return report.to_dict()


def run_forget_uploads(context: JobContext) -> MappingOf[str, Any]:
    count, size_bytes = forget_uploads(context.database)
    return {"forgotten": count, "bytes": size_bytes}


JOBS: tuple[JobSpec, ...] = (
    JobSpec(
        id="ingest_upload",
        title="Load an uploaded file",
        description="Reads an uploaded file by its mapping and loads its readings.",
        queue=Queue.USERS,
        cadence=None,
        run=run_ingest_upload,
    ),
    JobSpec(
        id="forget_uploads",
        title="Forget loaded uploads",
        description="Deletes uploaded files 2 days after loading, any after 14 days.",
        queue=Queue.MAINTENANCE,
        cadence="daily 04:20",
        run=run_forget_uploads,
    ),
)
