"""Conversations: each its user's own. The user's id comes from the session, never from a page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "conversations.sql")
LONGEST_TITLE = 120
GONE = "This conversation has been deleted."


@dataclass(frozen=True)
class Scope:
    """Where to search; empty: everywhere."""

    document_ids: tuple[int, ...] = ()
    system_code: str = ""
    language: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "document_ids": list(self.document_ids),
            "system_code": self.system_code,
            "language": self.language,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scope":
        return cls(
            tuple(values.get("document_ids", ())),
            str(values.get("system_code", "")),
            str(values.get("language", "")),
        )


@dataclass(frozen=True)
class Conversation:
    id: int
    title: str
    scope: Scope
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Message:
    """`role` is question or answer; `detail` holds sources, tool results and timings as shown.

    `is_helpful` is None until its user has judged it.
    """

    id: int
    role: str
    text: str
    state: str
    detail: Mapping[str, Any]
    created_at: datetime
    is_helpful: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class NewMessage:
    role: str
    text: str
    state: str = "complete"
    detail: Mapping[str, Any] = field(default_factory=dict)


def start_conversation(db: Database, user_id: int, scope: Scope = Scope()) -> int:
    with db.write() as connection:
        values = {"user_id": user_id, "scope": json.dumps(scope.to_dict())}
        return int(connection.execute(SQL["insert_conversation"], values).scalar_one())


def list_conversations(
    db: Database, user_id: int, words: str = "", limit: int = 200
) -> list[Conversation]:
    """Newest first; `words` is looked for in titles and messages."""
    escaped = words.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values = {
        "user_id": user_id, "words": words.strip(), "pattern": f"%{escaped}%", "limit": limit,
    }  # fmt: skip
    with db.write() as connection:
        return [_build(row) for row in connection.execute(SQL["list_conversations"], values)]


def find_conversation(db: Database, user_id: int, conversation_id: int) -> Conversation | None:
    """None also for somebody else's."""
    with db.write() as connection:
        values = {"id": conversation_id, "user_id": user_id}
        row = connection.execute(SQL["find_conversation"], values).one_or_none()
    return _build(row) if row else None


def rename_conversation(db: Database, user_id: int, conversation_id: int, title: str) -> None:
    if not title.strip():
        raise InvalidInput("A conversation needs a title.")
    values = {"title": title.strip()[:LONGEST_TITLE]}
    _change(db, "rename_conversation", user_id, conversation_id, values)


def scope_conversation(db: Database, user_id: int, conversation_id: int, scope: Scope) -> None:
    values = {"scope": json.dumps(scope.to_dict())}
    _change(db, "scope_conversation", user_id, conversation_id, values)


def delete_conversation(db: Database, user_id: int, conversation_id: int) -> None:
    _change(db, "delete_conversation", user_id, conversation_id, {})


def list_messages(db: Database, user_id: int, conversation_id: int) -> list[Message]:
    """Oldest first; none of somebody else's conversation."""
    with db.write() as connection:
        values = {"id": conversation_id, "user_id": user_id}
        rows = connection.execute(SQL["list_messages"], values)
        return [Message(**{**row._mapping, "reason": row.reason or ""}) for row in rows]


def add_message(db: Database, user_id: int, conversation_id: int, message: NewMessage) -> int:
    """The new message's id. Raises NotFound where the conversation is gone."""
    values = {
        "conversation_id": conversation_id,
        "user_id": user_id,
        "role": message.role,
        "text": message.text,
        "state": message.state,
        "detail": json.dumps(message.detail, default=str),
    }
    with db.write() as connection:
        message_id: int | None = connection.execute(SQL["insert_message"], values).scalar()
    if message_id is None:
        raise NotFound(GONE)
    return message_id


def count_questions(db: Database, user_id: int, within: timedelta) -> int:
    """How many this user has asked lately: what the rate limit counts."""
    with db.write() as connection:
        values = {"user_id": user_id, "since": datetime.now(UTC) - within}
        return int(connection.execute(SQL["count_questions"], values).scalar_one())


def export_markdown(conversation: Conversation, messages: list[Message]) -> str:
    """The conversation as Markdown, each answer with its sources."""
    lines = [f"# {conversation.title}", ""]
    for message in messages:
        who = "Question" if message.role == "question" else "Answer"
        lines += [f"## {who}, {message.created_at:%Y-%m-%d %H:%M} UTC", "", message.text, ""]
        for source in message.detail.get("sources", ()):
            where = f"{source['title']}, page {source['page']}"
            lines.append(f"- [{source['number']}] {where}")
        lines.append("")
    return "\n".join(lines)


def _change(
    db: Database, block: str, user_id: int, conversation_id: int, values: Mapping[str, Any]
) -> None:
    with db.write() as connection:
        wanted = {"id": conversation_id, "user_id": user_id, **values}
        if connection.execute(SQL[block], wanted).scalar() is None:
            raise NotFound(GONE)


def _build(row: Any) -> Conversation:
    return Conversation(**{**row._mapping, "scope": Scope.from_dict(row.scope)})
