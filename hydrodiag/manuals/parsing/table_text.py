"""Tables as text: one row a line, so that a row is never torn."""

from collections.abc import Sequence

from hydrodiag.manuals.parsed import Block, BlockKind

Rows = tuple[tuple[str, ...], ...]


def build_table(rows: Sequence[Sequence[str | None]]) -> Block | None:
    """None for what has no two cells with words. Cells span one line each."""
    cleaned = tuple(
        row
        for row in (tuple(" ".join((cell or "").split()) for cell in row) for row in rows)
        if any(row)
    )
    if sum(bool(cell) for row in cleaned for cell in row) < 2:
        return None
    return Block(BlockKind.TABLE, write_rows(cleaned), rows=cleaned)


def write_rows(rows: Rows) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
