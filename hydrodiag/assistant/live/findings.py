"""Tools about findings and what has been done to machines."""

from datetime import UTC

from hydrodiag.assistant.live.machines import find_machine
from hydrodiag.assistant.live.results import Cell, ToolResult
from hydrodiag.db import Database
from hydrodiag.diagnostics.choices import list_health, list_maintenance
from hydrodiag.diagnostics.findings.lifecycle import NAMES, ONGOING
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import FindingFilter

MOST_LISTED = 30
STEPS_TOLD = 4


def tell_findings(db: Database, system: str = "") -> ToolResult:
    """Findings that go on, of all machines or of one, with why and what to do."""
    code = find_machine(db, system).code if system else ""
    statuses = tuple(sorted(ONGOING))
    found = list_findings(db, FindingFilter(statuses=statuses, system_code=code), limit=MOST_LISTED)
    rows: list[tuple[Cell, ...]] = [
        (each.system_code, each.severity.name.lower(), each.title, NAMES[each.status],
         f"{each.since_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", each.explanation,
         "; ".join(each.action[:STEPS_TOLD]))
        for each in found
    ]  # fmt: skip
    columns = ("machine", "severity", "finding", "status", "since", "why", "what to do")
    where = f" on {code}" if code else ""
    title = f"{len(found) or 'No'} {'finding' if len(found) in {0, 1} else 'findings'}{where}"
    params = {"system": code} if code else {}
    return ToolResult("list_findings", title, columns, rows, page="Findings", params=params)


def tell_health(db: Database, system: str) -> ToolResult:
    """How well each component of a machine is: 100 healthy, 50 at the warning limit, 0 at alarm."""
    machine = find_machine(db, system)
    rows: list[tuple[Cell, ...]] = [
        (each.component, each.score, each.because) for each in list_health(db, machine.id)
    ]
    return ToolResult("component_health", f"Health of {machine.name}",
                      ("component", "score", "because"), rows, page="System",
                      params={"system": machine.code})  # fmt: skip


def tell_maintenance(db: Database, system: str) -> ToolResult:
    """What has been done to a machine, the newest first."""
    machine = find_machine(db, system)
    done = list_maintenance(db, machine.id, MOST_LISTED)
    rows: list[tuple[Cell, ...]] = [
        (f"{each.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", each.kind, each.component, each.text,
         each.author)
        for each in done
    ]  # fmt: skip
    columns = ("when", "what", "component", "note", "by")
    return ToolResult("maintenance_history", f"Maintenance of {machine.name}", columns, rows,
                      page="System", params={"system": machine.code},
                      note="" if done else "Nothing is noted.")  # fmt: skip
