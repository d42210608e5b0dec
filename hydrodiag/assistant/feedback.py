"""What people think of answers, and the answers that engineers stand for."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hydrodiag.accounts import Actor, Permission, require
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "conversations.sql")
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Feedback:
    message_id: int
    question: str
    answer: str
    detail: Mapping[str, Any]
    is_helpful: bool
    reason: str
    user_name: str
    created_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None


@dataclass(frozen=True)
class ApprovedAnswer:
    id: int
    question: str
    text: str
    detail: Mapping[str, Any]
    approved_by: str
    approved_at: datetime
    used: int


@dataclass(frozen=True)
class FrequentQuestion:
    question: str
    times: int


def keep_feedback(
    db: Database, user_id: int, message_id: int, *, is_helpful: bool, reason: str = ""
) -> None:
    """Of one's own conversations only; a second judgement replaces the first."""
    values = {
        "message_id": message_id, "user_id": user_id, "is_helpful": is_helpful,
        "reason": reason.strip()[:LONGEST_REASON],
    }  # fmt: skip
    with db.write() as connection:
        if connection.execute(SQL["keep_feedback"], values).scalar() is None:
            raise NotFound("This answer has been deleted.")


def list_feedback(
    db: Database, actor: Actor, *, only_open: bool = True, limit: int = 100
) -> list[Feedback]:
    require(actor, Permission.MANAGE_MANUALS)
    with db.write() as connection:
        values = {"only_open": only_open, "limit": limit}
        rows = connection.execute(SQL["list_feedback"], values)
        return [Feedback(**row._mapping) for row in rows]


def note_review(db: Database, actor: Actor, message_id: int) -> None:
    require(actor, Permission.MANAGE_MANUALS)
    with db.write() as connection:
        values = {"message_id": message_id, "reviewed_by": actor.name}
        connection.execute(SQL["note_review"], values)


def approve_answer(
    db: Database, actor: Actor, question: str, text: str, detail: Mapping[str, Any]
) -> None:
    """From now on this question gets this answer, until the manuals it cites change.

    Raises InvalidInput for one that tells live data: it would be out of date at once.
    """
    require(actor, Permission.MANAGE_MANUALS)
    if detail.get("results"):
        raise InvalidInput(
            "This answer tells live data, which change from hour to hour.",
            hint="Approve answers from manuals; live data are asked anew each time.",
        )
    values = {
        "question": question.strip(),
        "question_key": build_question_key(question),
        "text": text.strip(),
        "detail": json.dumps(detail, default=str),
        "approved_by": actor.name,
    }
    with db.write() as connection:
        connection.execute(SQL["keep_approved"], values)


def find_approved(db: Database, question: str) -> ApprovedAnswer | None:
    with db.read() as connection:
        values = {"question_key": build_question_key(question)}
        row = connection.execute(SQL["find_approved"], values).one_or_none()
    return ApprovedAnswer(**row._mapping) if row else None


def count_use(db: Database, answer_id: int) -> None:
    with db.write() as connection:
        connection.execute(SQL["count_use"], {"id": answer_id})


def list_approved(db: Database) -> list[ApprovedAnswer]:
    with db.read() as connection:
        return [ApprovedAnswer(**row._mapping) for row in connection.execute(SQL["list_approved"])]


def delete_approved(db: Database, actor: Actor, answer_id: int) -> None:
    require(actor, Permission.MANAGE_MANUALS)
    with db.write() as connection:
        connection.execute(SQL["delete_approved"], {"id": answer_id})


def list_frequent(
    db: Database, actor: Actor, within: timedelta = timedelta(days=90), limit: int = 20
) -> list[FrequentQuestion]:
    require(actor, Permission.MANAGE_MANUALS)
    with db.write() as connection:
        values = {"since": datetime.now(UTC) - within, "limit": limit}
        return [
            FrequentQuestion(**row._mapping)
            for row in connection.execute(SQL["list_frequent"], values)
        ]


def build_question_key(question: str) -> str:
    """Alike but for case, punctuation and spaces is the same question."""
    return " ".join(re.findall(r"\w+", question.lower().replace("ё", "е")))
