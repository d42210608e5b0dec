"""Answers that an engineer stands for, given instead of new ones while their sources stand."""

from hydrodiag.assistant.events import Answer, Source
from hydrodiag.assistant.feedback import ApprovedAnswer, count_use, find_approved
from hydrodiag.db import Database
from hydrodiag.manuals.chunks import find_chunks


def take_approved(db: Database, question: str) -> Answer | None:
    """Counts as given. None too where a chunk that it cites is gone."""
    approved = find_approved(db, question)
    if approved is None or not _still_holds(db, approved):
        return None
    count_use(db, approved.id)
    notice = f"Approved by {approved.approved_by} on {approved.approved_at:%Y-%m-%d}."
    return Answer(approved.text, _read_sources(approved), (), "complete", "approved", notice)


def _still_holds(db: Database, approved: ApprovedAnswer) -> bool:
    cited = {int(each["chunk_id"]) for each in approved.detail.get("sources", ())}
    return len(find_chunks(db, list(cited))) == len(cited)


def _read_sources(approved: ApprovedAnswer) -> tuple[Source, ...]:
    return tuple(
        Source(**{**each, "heading_path": tuple(each["heading_path"])})
        for each in approved.detail.get("sources", ())
    )
