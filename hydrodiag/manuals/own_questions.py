"""The users' own questions whose answers are known: what their index is judged by."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.documents import TOPIC, list_documents
from hydrodiag.manuals.retrieval.evaluation import EvaluationItem
from hydrodiag.manuals.retrieval.questions import guess_language

SQL = NamedQueries(__file__, "own_questions.sql")
LONGEST = 500
MOST_LINES = 2000
FORM = '{"question": "…", "pages": [{"doc": "HP-200", "page": 18}]}, or "pages": [] for none'


@dataclass(frozen=True)
class OwnQuestion:
    """`title` is that of the manual with the answer; None: the manuals do not answer it."""

    id: int
    question: str
    document_id: int | None
    title: str | None
    pages: tuple[int, ...]
    created_by: str
    created_at: datetime

    def to_item(self) -> EvaluationItem:
        relevant = frozenset(f"{self.title}:{page}" for page in self.pages if self.title)
        kind = guess_language(self.question) if relevant else "none"
        return EvaluationItem(self.question, relevant, kind)

    def to_line(self) -> str:
        pages = [{"doc": self.title, "page": page} for page in self.pages if self.title]
        return json.dumps({"question": self.question, "pages": pages}, ensure_ascii=False)


@dataclass(frozen=True)
class Imported:
    """`refused` say which line, why, and what to do."""

    added: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


def list_questions(db: Database) -> list[OwnQuestion]:
    with db.read() as connection:
        return [
            OwnQuestion(**{**row._mapping, "pages": tuple(row.pages)})
            for row in connection.execute(SQL["list_questions"])
        ]


def load_items(db: Database) -> list[EvaluationItem]:
    return [each.to_item() for each in list_questions(db)]


def add_question(
    db: Database, user: str, question: str, document_id: int | None, pages: Sequence[int]
) -> bool:
    """Whether it was new. Raises InvalidInput for what is no question with an answer."""
    question = question.strip()
    if not question or len(question) > LONGEST:
        raise InvalidInput(f"A question has 1 to {LONGEST} characters.", hint="Write it as asked.")
    if (document_id is None) != (not pages) or any(page < 1 for page in pages):
        raise InvalidInput(
            "A manual and the pages that answer belong together.",
            hint="Name both, or neither for a question that no manual answers.",
        )
    values = {
        "question": question,
        "language": guess_language(question),
        "document_id": document_id,
        "pages": sorted(set(pages)),
        "created_by": user,
    }
    with db.write() as connection:
        is_new = connection.execute(SQL["insert_question"], values).scalar() is not None
        if is_new:
            bump_generation(connection, TOPIC)
    return is_new


def delete_question(db: Database, question_id: int) -> None:
    with db.write() as connection:
        connection.execute(SQL["delete_question"], {"id": question_id})
        bump_generation(connection, TOPIC)


def import_lines(db: Database, user: str, text: str) -> Imported:
    """JSON lines in the form of `hydrodiag manuals evaluate`; a bad line stops no other."""
    documents = {each.title.casefold(): each.id for each in list_documents(db)}
    added = known = 0
    refused: list[str] = []
    for number, line in _each_line(text):
        try:
            question, document_id, pages = _read_line(line, documents)
            is_new = add_question(db, user, question, document_id, pages)
            added, known = added + is_new, known + (not is_new)
        except InvalidInput as error:
            refused.append(f"Line {number}: {error}")
    return Imported(added, known, refused)


def _each_line(text: str) -> Iterator[tuple[int, str]]:
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"The list has {len(lines)} lines, more than {MOST_LINES}.")
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _read_line(line: str, documents: dict[str, int]) -> tuple[str, int | None, list[int]]:
    try:
        row: dict[str, Any] = json.loads(line)
        places = [(str(each["doc"]), int(each["page"])) for each in row["pages"]]
        question = str(row["question"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("This is no question.", hint=f"Write {FORM}.") from error
    names = sorted({name for name, _ in places})
    if len(names) > 1:
        raise InvalidInput("Pages of two manuals.", hint="Write a line for each manual.")
    if names and names[0].casefold() not in documents:
        raise InvalidInput(f"There is no manual {names[0]!r}.", hint="Use its title.")
    return question, documents[names[0].casefold()] if names else None, [p for _, p in places]
