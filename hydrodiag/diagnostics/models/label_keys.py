"""Which labels the working cycles of the machines bear: what a model can be trained on."""

from dataclasses import dataclass

from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.models.judging import sort_labels
from hydrodiag.diagnostics.models.verdicts import name_label

SQL = NamedQueries(__file__, "labelled.sql")
MOST_VALUES = 200


@dataclass(frozen=True)
class LabelKey:
    """A label of a machine's cycles; `values` as texts, the first 200 of `values_n`."""

    system_id: int
    code: str
    key: str
    cycles: int
    values_n: int
    values: tuple[str, ...]


def list_label_keys(db: Database) -> list[LabelKey]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_keys"], {"most": MOST_VALUES})
        return [
            LabelKey(row.system_id, row.code, row.key, row.cycles, row.values_n,
                     tuple(sort_labels(name_label(each) for each in row.values)))
            for row in rows
        ]  # fmt: skip
