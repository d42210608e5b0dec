"""What an ingest did, in numbers that add up to the rows of the file."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class IngestReport:
    """`rows` = `inserted` + `already_there` + `quarantined` + `empty`.

    A row is a reading: a line of a file in long form, a cell of a file in wide form. Cells
    without a value are `empty`. `reasons` counts the quarantined rows by reason.
    """

    rows: int = 0
    inserted: int = 0
    already_there: int = 0
    quarantined: int = 0
    empty: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    ignored_columns: tuple[str, ...] = ()
    file_id: int | None = None

    def add(self, other: "IngestReport") -> None:
        for name in ("rows", "inserted", "already_there", "quarantined", "empty", "batches"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons = dict(sorted((Counter(self.reasons) + Counter(other.reasons)).items()))
        starts = [each for each in (self.first_at, other.first_at) if each]
        ends = [each for each in (self.last_at, other.last_at) if each]
        self.first_at, self.last_at = min(starts, default=None), max(ends, default=None)

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self)
        for name in ("first_at", "last_at"):
            values[name] = values[name].isoformat() if values[name] else None
        return values
