"""How severities and statuses look: sign, word and colour always together."""

from collections.abc import Mapping

from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.records import Severity
from hydrodiag.ui.overview_looks import StateLook

SEVERITIES: Mapping[Severity, StateLook] = {
    Severity.DANGER: StateLook("Danger", ":material/dangerous:", "red", "■"),
    Severity.ALARM: StateLook("Alarm", ":material/error:", "red", "▲"),
    Severity.WARNING: StateLook("Warning", ":material/warning:", "orange", "△"),
    Severity.ADVISORY: StateLook("Advisory", ":material/info:", "violet", "◇"),
    Severity.NORMAL: StateLook("Normal", ":material/check_circle:", "green", "●"),
}
STATUSES: Mapping[Status, str] = {
    Status.OPEN: "Open",
    Status.ACKNOWLEDGED: "Acknowledged",
    Status.IN_WORK: "In work",
    Status.RESOLVED: "Resolved",
    Status.FALSE_ALARM: "False alarm",
}
ONGOING = (Status.OPEN, Status.ACKNOWLEDGED, Status.IN_WORK)
