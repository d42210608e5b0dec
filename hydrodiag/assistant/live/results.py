"""What a tool gives: a table, perhaps a chart, and where the page shows the same."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Cell = str | float | int | None


@dataclass(frozen=True)
class ToolResult:
    """`rows` hold a cell a column, numbers in the unit that the column names.

    `chart` is None or {sensor_id, system_code, tag, start, end} (ISO instants); `page` and
    `params` lead to the same on a page.
    """

    tool: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    chart: Mapping[str, Any] | None = None
    page: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ToolResult":
        return cls(**values)

    def to_text(self, most_rows: int = 30) -> str:
        """For a language model: small, and as plain as a table can be."""
        lines = [self.title, "| " + " | ".join(self.columns) + " |"]
        for row in self.rows[:most_rows]:
            cells = ("" if cell is None else str(cell) for cell in row)
            lines.append("| " + " | ".join(cells) + " |")
        if len(self.rows) > most_rows:
            lines.append(f"({len(self.rows) - most_rows} more rows)")
        if self.note:
            lines.append(self.note)
        return "\n".join(lines)
