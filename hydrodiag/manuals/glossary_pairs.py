"""Pairs of words that engineers add to the glossary that comes with HydroDiag."""

from dataclasses import dataclass
from datetime import datetime

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.documents import TOPIC
from hydrodiag.manuals.retrieval.glossary import Glossary, build_glossary

SQL = NamedQueries(__file__, "versions.sql")
LONGEST = 80


@dataclass(frozen=True)
class GlossaryPair:
    id: int
    term: str
    meaning: str
    created_by: str
    created_at: datetime


def list_pairs(db: Database) -> list[GlossaryPair]:
    with db.read() as connection:
        return [GlossaryPair(**row._mapping) for row in connection.execute(SQL["list_glossary"])]


def load_glossary(db: Database) -> Glossary:
    """What comes with HydroDiag and what engineers have added."""
    return build_glossary((each.term, each.meaning) for each in list_pairs(db))


def add_pair(db: Database, user: str, term: str, meaning: str) -> None:
    """Holds from the next question on. Raises InvalidInput for what is no pair or known."""
    term, meaning = term.strip(), meaning.strip()
    if not term or not meaning or term.casefold() == meaning.casefold():
        raise InvalidInput("A pair needs two different terms.", hint="Such as pump and насос.")
    if max(len(term), len(meaning)) > LONGEST:
        raise InvalidInput(f"A term may have {LONGEST} characters.", hint="Use the bare term.")
    with db.write() as connection:
        values = {"term": term, "meaning": meaning, "created_by": user}
        if connection.execute(SQL["insert_pair"], values).scalar() is None:
            raise InvalidInput(f"{term} and {meaning} are a pair already.")
        bump_generation(connection, TOPIC)


def delete_pair(db: Database, pair_id: int) -> None:
    with db.write() as connection:
        connection.execute(SQL["delete_pair"], {"id": pair_id})
        bump_generation(connection, TOPIC)
