"""What people do with findings: each allowed or refused, and kept as an event with its author."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hydrodiag.accounts import Actor, Permission, require
from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.findings.applying import note_event
from hydrodiag.diagnostics.findings.lifecycle import ENDED, NAMES, Status, check_move
from hydrodiag.diagnostics.findings.reading import find_finding
from hydrodiag.diagnostics.findings.records import TOPIC, Finding
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "findings.sql")
LONGEST_TEXT = 4000
LARGEST_FILE_BYTES = 20_000_000
MORE_STEPS = 2
EVENTS = {
    Status.OPEN: "reopened", Status.ACKNOWLEDGED: "acknowledged", Status.IN_WORK: "work started",
    Status.RESOLVED: "resolved", Status.FALSE_ALARM: "called a false alarm",
}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """What a false alarm suggests to change; nobody but a person does."""

    id: int
    system_id: int
    system_code: str
    check_id: str
    finding_id: int | None
    proposed: dict[str, Any]
    reason: str
    created_at: datetime


def move_finding(
    db: Database, actor: Actor, finding_id: int, status: Status, text: str = ""
) -> None:
    """Raises Refused, NotFound, and InvalidInput for a step that there is not."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    finding = _find(db, finding_id)
    if finding.status is status:
        return
    check_move(finding.status, status)
    now = datetime.now(UTC)
    values = {
        "id": finding_id, "status": str(status), "resolved_at": now if status in ENDED else None,
        "cleared_at": None if status is Status.OPEN else finding.cleared_at,
    }  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["move_finding"], values)
        detail = {"from": NAMES[finding.status], "to": NAMES[status]}
        note_event(connection, finding_id, actor.name, EVENTS[status], _trim(text), detail)
        if status is Status.FALSE_ALARM:
            for check_id, proposed, reason in _propose(finding):
                connection.execute(SQL["insert_proposal"], {
                    "system_id": finding.system_id, "check_id": check_id,
                    "finding_id": finding_id, "proposed": json.dumps(proposed), "reason": reason,
                })  # fmt: skip
        bump_generation(connection, TOPIC)


def acknowledge_all(db: Database, actor: Actor, finding_ids: Sequence[int]) -> int:
    """Those that are open; how many they were."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    done = 0
    for finding_id in finding_ids:
        if _find(db, finding_id).status is Status.OPEN:
            move_finding(db, actor, finding_id, Status.ACKNOWLEDGED)
            done += 1
    return done


def assign(db: Database, actor: Actor, finding_id: int, user_id: int | None, name: str) -> None:
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    text = f"to {name}" if user_id is not None else "to nobody"
    values = {"assigned_to": user_id, "assigned_name": name if user_id is not None else ""}
    _change(db, actor, finding_id, "assign_finding", values, "assigned", text)


def snooze(db: Database, actor: Actor, finding_id: int, until_at: datetime | None) -> None:
    """Left out of the inbox until then; one that gets worse comes back by its new severity."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    if until_at is not None and until_at <= datetime.now(UTC):
        raise InvalidInput("This time is over.", hint="Choose a later one.")
    text = f"until {until_at:%Y-%m-%d %H:%M} UTC" if until_at else "back in the list"
    _change(db, actor, finding_id, "snooze_finding", {"until_at": until_at}, "put off", text)


def comment(db: Database, actor: Actor, finding_id: int, text: str) -> None:
    """Everybody who may read may say something."""
    require(actor, Permission.READ)
    if not text.strip():
        raise InvalidInput("A comment needs words.")
    _find(db, finding_id)
    with db.write() as connection:
        note_event(connection, finding_id, actor.name, "comment", _trim(text), {})
        bump_generation(connection, TOPIC)


def attach(db: Database, actor: Actor, finding_id: int, file_name: str, content: bytes) -> int:
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    if not content or len(content) > LARGEST_FILE_BYTES:
        raise InvalidInput(
            f"{file_name} has {len(content) / 1e6:.1f} MB.",
            hint=f"A file may have up to {LARGEST_FILE_BYTES // 1_000_000} MB, and not be empty.",
        )
    _find(db, finding_id)
    name = re.sub(r"[^\w .()-]", "_", file_name).strip(" .")[:120] or "file"
    values = {"finding_id": finding_id, "file_name": name, "size_bytes": len(content),
              "content": content, "uploaded_by": actor.name}  # fmt: skip
    with db.write() as connection:
        number = int(connection.execute(SQL["insert_attachment"], values).scalar_one())
        note_event(connection, finding_id, actor.name, "attached", name, {"attachment": number})
        bump_generation(connection, TOPIC)
    return number


def list_proposals(db: Database) -> list[Proposal]:
    with db.read() as connection:
        return [Proposal(**row._mapping) for row in connection.execute(SQL["list_proposals"])]


def decline_proposal(db: Database, actor: Actor, proposal_id: int) -> None:
    decide_proposal(db, actor, proposal_id, "declined")


def decide_proposal(
    db: Database, actor: Actor, proposal_id: int, decision: str
) -> tuple[int, str, dict[str, Any], str]:
    """The machine, the check, what is proposed and why; NotFound where somebody was faster."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    values = {"id": proposal_id, "decision": decision, "decided_by": actor.name}
    with db.write() as connection:
        row = connection.execute(SQL["decide_proposal"], values).one_or_none()
        if row is None:
            raise NotFound("This proposal has been decided about.")
        bump_generation(connection, TOPIC)
    return row.system_id, row.check_id, row.proposed, row.reason


def _propose(finding: Finding) -> list[tuple[str, dict[str, Any], str]]:
    """Longer persistence, and the limit just beyond what was no fault."""
    proposals = []
    for evidence in finding.evidence:
        if evidence.check_id.startswith("DQ-"):
            continue
        proposed: dict[str, Any] = {"persist_steps": 3 + MORE_STEPS}
        reason = (
            f"Finding {finding.id}, {finding.title}, was called a false alarm at "
            f"{evidence.value:.3g} {evidence.unit}."
        )
        proposals.append((evidence.check_id, proposed, reason))
    return proposals


def _change(
    db: Database,
    actor: Actor,
    finding_id: int,
    block: str,
    values: dict[str, Any],
    kind: str,
    text: str,
) -> None:
    with db.write() as connection:
        if connection.execute(SQL[block], {"id": finding_id, **values}).scalar() is None:
            raise NotFound(f"There is no finding {finding_id}.")
        note_event(connection, finding_id, actor.name, kind, text, {})
        bump_generation(connection, TOPIC)


def _find(db: Database, finding_id: int) -> Finding:
    found = find_finding(db, finding_id)
    if found is None:
        raise NotFound(f"There is no finding {finding_id}.", hint="It may have been deleted.")
    return found


def _trim(text: str) -> str:
    return text.strip()[:LONGEST_TEXT]
