"""How many findings go on, for `/metrics`."""

from prometheus_client.core import GaugeMetricFamily

from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.reading import count_ongoing
from hydrodiag.diagnostics.records import Severity


def tell_ongoing(db: Database) -> GaugeMetricFamily:
    """Every severity from advisory on is there, also when nothing goes on."""
    gauge = GaugeMetricFamily(
        "hydrodiag_findings_going_on", "Findings that are not over.", labels=("severity",)
    )
    counts = count_ongoing(db)
    for severity in Severity:
        if severity is not Severity.NORMAL:
            gauge.add_metric((severity.name.lower(),), counts.get(severity, 0))
    return gauge
