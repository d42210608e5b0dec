"""What has been asked lately and how it was answered: where the assistant is weak."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hydrodiag.accounts import Actor, Permission, require
from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__, "conversations.sql")
WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class AskedQuestion:
    """`outcome` says for people how it went; `total_ms` is None where it was not measured."""

    user_name: str
    question: str
    asked_at: datetime
    outcome: str
    method: str
    tools: tuple[str, ...]
    sources: int
    total_ms: int | None


def list_asked(
    db: Database, actor: Actor, *, only_weak: bool = False, limit: int = 200
) -> list[AskedQuestion]:
    require(actor, Permission.MANAGE_MANUALS)
    values = {"since": datetime.now(UTC) - WITHIN, "only_weak": only_weak, "limit": limit}
    with db.write() as connection:
        return [_build(row) for row in connection.execute(SQL["list_asked"], values)]


def _build(row: Any) -> AskedQuestion:
    detail = row.detail
    return AskedQuestion(
        user_name=row.user_name,
        question=row.question,
        asked_at=row.asked_at,
        outcome=_judge(row.state, detail, row.is_helpful),
        method=detail.get("method", ""),
        tools=tuple(each["tool"] for each in detail.get("calls", ())),
        sources=len(detail.get("sources", ())),
        total_ms=detail.get("total_ms"),
    )


def _judge(state: str, detail: Mapping[str, Any], is_helpful: bool | None) -> str:
    if detail.get("is_refusal"):
        return "not in the manuals"
    if is_helpful is False:
        return "judged unhelpful"
    if state != "complete":
        return state
    unsupported = detail.get("unsupported", 0)
    if not unsupported:
        return "answered"
    return f"{unsupported} sentence{'s' * (unsupported > 1)} without a source"
