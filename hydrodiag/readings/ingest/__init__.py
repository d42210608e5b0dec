"""Taking readings in: from files, uploads and programs, checked, converted and loaded once."""

from hydrodiag.readings.ingest.columns import load_columns
from hydrodiag.readings.ingest.outcome import REASON_TEXT, Reason
from hydrodiag.readings.ingest.report import IngestReport

__all__ = ["REASON_TEXT", "IngestReport", "Reason", "load_columns"]
