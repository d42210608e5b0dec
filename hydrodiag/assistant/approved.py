"""Answers that an engineer stands for, given instead of new ones while their sources stand."""

from collections.abc import Sequence

from hydrodiag.assistant.events import Answer, Source
from hydrodiag.assistant.feedback import (
    ApprovedAnswer,
    count_use,
    find_approved,
    list_approved,
)
from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__, "conversations.sql")
MOST_SUGGESTED = 5


def take_approved(db: Database, question: str) -> Answer | None:
    """Counts as given. None too where a manual that it cites is gone, or has a newer file."""
    approved = find_approved(db, question)
    if approved is None or not _pick_standing(db, [approved]):
        return None
    count_use(db, approved.id)
    notice = f"Approved by {approved.approved_by} on {approved.approved_at:%Y-%m-%d}."
    return Answer(approved.text, _read_sources(approved), (), "complete", "approved", notice)


def list_suggested(db: Database, most: int = MOST_SUGGESTED) -> list[str]:
    """Questions with an approved answer that still holds, the most asked first."""
    return [each.question for each in _pick_standing(db, list_approved(db))[:most]]


def list_with_standing(db: Database) -> list[tuple[ApprovedAnswer, bool]]:
    """All of them, each with whether it still holds."""
    answers = list_approved(db)
    standing = {each.id for each in _pick_standing(db, answers)}
    return [(each, each.id in standing) for each in answers]


def _pick_standing(db: Database, answers: Sequence[ApprovedAnswer]) -> list[ApprovedAnswer]:
    cited = {each.id: _list_cited(each) for each in answers}
    with db.read() as connection:
        values = {"ids": sorted(set().union(*cited.values()))}
        standing = set(connection.execute(SQL["list_standing"], values).scalars())
    return [each for each in answers if cited[each.id] <= standing]


def _list_cited(approved: ApprovedAnswer) -> set[int]:
    return {int(each["chunk_id"]) for each in approved.detail.get("sources", ())}


def _read_sources(approved: ApprovedAnswer) -> tuple[Source, ...]:
    return tuple(
        Source(**{**each, "heading_path": tuple(each["heading_path"])})
        for each in approved.detail.get("sources", ())
    )
