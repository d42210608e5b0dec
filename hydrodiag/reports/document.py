"""A report as plain texts, numbers and charts: what both forms lay out."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hydrodiag import __version__
from hydrodiag.diagnostics.catalogue.checks import BY_ID
from hydrodiag.diagnostics.choices import StoredHealth
from hydrodiag.diagnostics.findings.lifecycle import NAMES as STATUSES
from hydrodiag.diagnostics.records import Evidence, Severity
from hydrodiag.fleet import System
from hydrodiag.reports.charts import draw_evidence, draw_sensor
from hydrodiag.reports.content import Report, ToldEvidence, ToldFinding, ToldSensor

NAMES = {
    Severity.NORMAL: "normal", Severity.ADVISORY: "advisory", Severity.WARNING: "warning",
    Severity.ALARM: "alarm", Severity.DANGER: "danger",
}  # fmt: skip
NOTHING = "–"
GOOD = 80.0
THIN_SPACE = "\u202f"

Document = dict[str, Any]


def build_document(report: Report) -> Document:
    """JSON-like; its charts are SVG documents."""
    system = report.system
    names = {each.kind: each.name for each in report.components}
    return {
        "title": f"{system.name} ({system.code})",
        "subtitle": " · ".join(filter(None, (system.kind, system.site, system.description))),
        "period": f"{_day(report.start)} to {_last_day(report.end)}",
        "made": f"Made {_instant(report.made_at)} UTC by {report.made_by}, HydroDiag "
                f"{__version__}. All times are UTC.",
        "verdict": _sum_up(report),
        "health": [
            {"component": names.get(each.component, each.component),
             "score": NOTHING if each.score is None else f"{each.score:.0f}",
             "because": _explain(each), "at": _instant(each.at)}
            for each in sorted(report.health, key=lambda e: 101 if e.score is None else e.score)
        ],
        "findings": [_write_finding(each, names) for each in report.findings],
        "more_findings": report.more_findings,
        "forecasts": [
            {"title": BY_ID[each.check_id].title, "limit": each.limit_kind,
             "about": _day(each.reaches_at), "earliest": _day(each.earliest_at),
             "latest": _day(each.latest_at) if each.latest_at else NOTHING}
            for each in report.forecasts if each.check_id in BY_ID
        ],
        "sensors": [_write_sensor(each) for each in report.sensors],
        "maintenance": [
            {"at": _instant(each.at), "kind": each.kind, "text": each.text, "author": each.author,
             "component": names.get(each.component, each.component or "machine")}
            for each in report.maintenance
        ],
        "skipped": [
            {"check": each.check_id, "reason": each.reason,
             "title": BY_ID[each.check_id].title if each.check_id in BY_ID else ""}
            for each in report.skipped
        ],
    }  # fmt: skip


def _explain(health: StoredHealth) -> str:
    """Nothing drives what is good."""
    is_worn = health.score is not None and health.score < GOOD
    return health.because if is_worn and health.because else NOTHING


def name_file(system: System, start: datetime, end: datetime, ending: str) -> str:
    """Letters, digits and dashes only, whatever the machine is called; `end` is not included."""
    code = "".join(each if each.isalnum() else "-" for each in system.code)
    return f"report-{code}-{_day(start)}-{_last_day(end)}.{ending}"


def _sum_up(report: Report) -> str:
    """Of the period's findings; those that go on do so now."""
    many = len(report.findings) + report.more_findings
    if not many:
        return "No finding in this period."
    told = f"{many} findings" if many > 1 else "One finding"
    ongoing = [each.finding for each in report.findings if each.finding.resolved_at is None]
    if not ongoing:
        return f"{told} in this period; {report.going_on or 'none'} going on now."
    worst = max(ongoing, key=lambda each: each.severity)
    return (f"{told} in this period; {report.going_on} going on now, "
            f"the worst is “{worst.title}” ({NAMES[worst.severity]}).")  # fmt: skip


def _write_finding(told: ToldFinding, names: Mapping[str, str]) -> Document:
    finding = told.finding
    return {
        "title": finding.title,
        "severity": NAMES[finding.severity],
        "status": STATUSES[finding.status],
        "component": names.get(finding.component, finding.component.removeprefix("sensor:")),
        "span": f"since {_instant(finding.since_at)}, last seen {_instant(finding.last_seen_at)}",
        "confidence": finding.confidence,
        "assigned": finding.assigned_name,
        "explanation": finding.explanation,
        "steps": list(finding.action),
        "evidence": [_write_evidence(each) for each in told.evidence],
        "events": [
            {
                "at": _instant(each.at),
                "author": each.author,
                "kind": each.kind.replace("_", " "),
                "text": each.text,
            }
            for each in told.events
        ],
    }


def _write_evidence(told: ToldEvidence) -> Document:
    evidence = told.evidence
    return {
        "check": evidence.check_id,
        "name": evidence.indicator_name,
        "at": _instant(evidence.end_at),
        "numbers": list(_list_numbers(evidence)),
        "formula": f"{evidence.indicator_name} = {evidence.formula}" if evidence.formula else "",
        "source": evidence.source,
        "chart": draw_evidence(told),
    }


def _list_numbers(evidence: Evidence) -> Iterator[dict[str, str]]:
    named = (
        ("Measured", evidence.value), ("Healthy machine, same conditions", evidence.expected),
        ("Warning limit", evidence.warn), ("Alarm limit", evidence.critical),
    )  # fmt: skip
    for name, value in named:
        if value is not None:
            yield {"name": name, "value": f"{format_number(value)} {evidence.unit}".rstrip()}
    for fact in evidence.facts:
        yield {"name": fact.label, "value": f"{format_number(fact.value)} {fact.unit}".rstrip()}


def _write_sensor(told: ToldSensor) -> Document:
    sensor, figures = told.sensor, told.figures
    numbers = {name: format_number(figures[name]) for name in ("min", "mean", "max", "last")}
    return {"tag": sensor.tag, "name": sensor.name, "unit": sensor.unit,
            "n": f"{int(figures['n']):,}".replace(",", THIN_SPACE), **numbers,
            "chart": draw_sensor(told)}  # fmt: skip


def format_number(value: float) -> str:
    """Four digits that count, never less than the whole number; a dash where there is none."""
    if not math.isfinite(value):
        return NOTHING
    if 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}".replace(",", THIN_SPACE)
    return f"{value:.4g}"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


def _last_day(end: datetime) -> str:
    """The last one of which something is in the period."""
    return _day(end - timedelta(microseconds=1))


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"
