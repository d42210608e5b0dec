"""Taking readings in: from files, uploads and programs, checked, converted and loaded once."""

from hydrodiag.readings.ingest.block import Kind, Source
from hydrodiag.readings.ingest.columns import load_columns
from hydrodiag.readings.ingest.files import IngestStopped, ingest
from hydrodiag.readings.ingest.guess import guess_mapping
from hydrodiag.readings.ingest.history import Batch, FileRun, list_batches, list_files
from hydrodiag.readings.ingest.mapping import (
    Clock,
    ColumnUse,
    Form,
    Mapping,
    check_mapping,
    shape_of,
)
from hydrodiag.readings.ingest.outcome import REASON_TEXT, Reason
from hydrodiag.readings.ingest.preview import Preview, preview
from hydrodiag.readings.ingest.quarantine import (
    QuarantinedRow,
    QuarantineFilter,
    count_quarantine,
    count_reasons,
    list_quarantine,
    reject_quarantined,
)
from hydrodiag.readings.ingest.refused import RefusedRow
from hydrodiag.readings.ingest.remembered import find_remembered_mapping, remember_mapping
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.retry import (
    ReadingChange,
    RetryReport,
    fix_quarantined,
    retry_quarantined,
)
from hydrodiag.readings.ingest.sources import open_source
from hydrodiag.readings.ingest.uploads import (
    Upload,
    forget_uploads,
    list_uploads,
    open_upload,
    store_upload,
)

__all__ = [
    "REASON_TEXT",
    "Batch",
    "Clock",
    "ColumnUse",
    "FileRun",
    "Form",
    "IngestReport",
    "IngestStopped",
    "Kind",
    "Mapping",
    "Preview",
    "QuarantineFilter",
    "QuarantinedRow",
    "ReadingChange",
    "Reason",
    "RefusedRow",
    "RetryReport",
    "Source",
    "Upload",
    "check_mapping",
    "count_quarantine",
    "count_reasons",
    "find_remembered_mapping",
    "fix_quarantined",
    "forget_uploads",
    "guess_mapping",
    "ingest",
    "list_batches",
    "list_files",
    "list_quarantine",
    "list_uploads",
    "load_columns",
    "open_source",
    "open_upload",
    "preview",
    "reject_quarantined",
    "remember_mapping",
    "retry_quarantined",
    "shape_of",
    "store_upload",
]
