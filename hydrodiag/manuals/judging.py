"""How good the active index is, by questions whose answers are known."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import NotFound
from hydrodiag.manuals.chunks import each_chunk
from hydrodiag.manuals.documents import TOPIC
from hydrodiag.manuals.retrieval.evaluation import (
    Evaluation,
    EvaluationItem,
    Outcome,
    calibrate_floor,
    run_items,
    summarise,
)
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import ManualSearch

SQL = NamedQueries(__file__, "versions.sql")
LOOKED_AT = 5
MOST_FAILED = 100


def evaluate_active(
    db: Database, search: ManualSearch, items: Sequence[EvaluationItem], *, keep: bool
) -> Evaluation:
    """Kept, the figures stand with the version, and its floor follows the questions.

    Passages are named `title:page` in the questions. Raises NotFound without an index.
    """
    opened = search.open_active(db)
    if opened is None:
        raise NotFound("No manuals are indexed yet.", hint="Add some, and run the indexing.")
    version, index = opened
    outcomes = run_items(index, items, _name_chunks(db, version.revision_ids))
    figures = summarise(outcomes)
    if keep:
        floor = calibrate_floor(outcomes, version.chunk_count)
        values = {
            "id": version.id,
            "evaluation": json.dumps(
                {"questions": len(items), "failed": _list_failed(outcomes), **figures.as_json()},
                ensure_ascii=False,
            ),
            "settings": json.dumps({"floor": asdict(floor)}),
        }
        with db.write() as connection:
            connection.execute(SQL["note_evaluation"], values)
            bump_generation(connection, TOPIC)
    return figures


def _list_failed(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Questions whose page is not among the first five, and verdicts that are wrong."""
    failed = []
    for each in outcomes:
        is_refused = each.found.verdict is Verdict.NOT_IN_MANUALS
        if not each.item.relevant and not is_refused:
            why = "answered, though no manual does"
        elif each.item.relevant and is_refused:
            why = "refused as not in the manuals"
        elif each.item.relevant and (each.rank is None or each.rank >= LOOKED_AT):
            why = "its page is not among the first five"
        else:
            continue
        failed.append({"question": each.item.question, "why": why})
    return failed[:MOST_FAILED]


def _name_chunks(db: Database, revision_ids: Sequence[int]) -> Callable[[int], Iterable[str]]:
    names = {
        chunk.id: (f"{chunk.title}:{chunk.page}", f"{_stem(chunk.file_name)}:{chunk.page}")
        for chunk in each_chunk(db, revision_ids)
    }
    return lambda chunk_id: names.get(chunk_id, ())


def _stem(file_name: str) -> str:
    return file_name.rpartition(".")[0] or file_name
