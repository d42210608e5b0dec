"""Taking readings in: from files, uploads and programs, checked, converted and loaded once."""

from hydrodiag.readings.ingest.block import Kind, Source
from hydrodiag.readings.ingest.columns import load_columns
from hydrodiag.readings.ingest.files import IngestStopped, ingest
from hydrodiag.readings.ingest.guess import guess_mapping
from hydrodiag.readings.ingest.mapping import (
    Clock,
    ColumnUse,
    Form,
    Mapping,
    check_mapping,
    shape_of,
)
from hydrodiag.readings.ingest.outcome import REASON_TEXT, Reason
from hydrodiag.readings.ingest.report import IngestReport
from hydrodiag.readings.ingest.sources import open_source

__all__ = [
    "REASON_TEXT",
    "Clock",
    "ColumnUse",
    "Form",
    "IngestReport",
    "IngestStopped",
    "Kind",
    "Mapping",
    "Reason",
    "Source",
    "check_mapping",
    "guess_mapping",
    "ingest",
    "load_columns",
    "open_source",
    "shape_of",
]
