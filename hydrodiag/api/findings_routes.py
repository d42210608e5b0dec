"""GET findings: what is wrong with the machines that a key may see."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from hydrodiag.accounts.api_keys import KeyHolder, Scope
from hydrodiag.api.answers import ApiError
from hydrodiag.api.checking import parse_query
from hydrodiag.api.desk import Desk
from hydrodiag.api.schemas import EvidenceEntry, FindingEntry, FindingsAnswer, FindingsQuery
from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import Finding, FindingFilter
from hydrodiag.diagnostics.records import Evidence, Severity
from hydrodiag.fleet.systems import list_systems

ONGOING = (Status.OPEN, Status.ACKNOWLEDGED, Status.IN_WORK)
STATUSES = {"going_on": ONGOING, "over": (Status.RESOLVED, Status.FALSE_ALARM), "all": ()}


async def get_findings(desk: Desk, request: Request) -> Response:
    holder = await desk.admit(request, Scope.READ)
    query = parse_query(request, FindingsQuery)
    answer = await desk.read(partial(_list, holder, query))
    return Response(answer.model_dump_json(), media_type="application/json")


def _list(holder: KeyHolder, query: FindingsQuery, db: Database) -> FindingsAnswer:
    wanted = FindingFilter(
        statuses=STATUSES[query.status], system_code=_find_code(holder, query, db),
        least=Severity[query.severity.upper()],
    )  # fmt: skip
    found = list_findings(db, wanted, limit=query.limit)
    return FindingsAnswer(findings=[_write(each) for each in found])


def _find_code(holder: KeyHolder, query: FindingsQuery, db: Database) -> str:
    """The one system that is asked about, or that the key is for; empty: all."""
    if query.system is None and holder.system_id is None:
        return ""
    for each in list_systems(db):
        if holder.system_id in (None, each.id) and query.system in (None, each.code):
            return each.code
    raise ApiError(
        404, "unknown_system", f"There is no system {query.system!r} for this key.",
        "GET /api/v1/systems lists them.",
    )  # fmt: skip


def _write(finding: Finding) -> FindingEntry:
    return FindingEntry(
        id=finding.id, system=finding.system_code, component=finding.component, mode=finding.mode,
        severity=finding.severity.name.lower(), status=finding.status,
        confidence=finding.confidence, title=finding.title, explanation=finding.explanation,
        steps=list(finding.action), since=finding.since_at, last_seen=finding.last_seen_at,
        resolved=finding.resolved_at, evidence=[_write_evidence(e) for e in finding.evidence],
    )  # fmt: skip


def _write_evidence(evidence: Evidence) -> EvidenceEntry:
    return EvidenceEntry(
        check=evidence.check_id, indicator=evidence.indicator_name, unit=evidence.unit,
        value=evidence.value, expected=evidence.expected, warn=evidence.warn,
        critical=evidence.critical, formula=evidence.formula, source=evidence.source,
    )  # fmt: skip
