"""What each chunk is, for the timeline and the table of chunks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pandas as pd

from hydrodiag.timescale import Chunk, CleanupReport
from hydrodiag.ui.theme import Tone
from hydrodiag.ui.wording import format_bytes, format_estimate, format_instant, format_span


class ChunkState(StrEnum):
    """The first that applies; the values are what people read."""

    LEAVES = "Goes with the next retention run"
    HELD = "Past retention, kept for a reason"
    COMPRESSED = "Compressed"
    SEALED = "Sealed (ordered, not compressed)"
    FUTURE = "Made ahead"
    OPEN = "Open: receives readings now"
    CLOSED = "Closed"


@dataclass(frozen=True)
class ChunkLook:
    """The pattern says what the colour says."""

    colour: str
    pattern: str


CHUNK_LOOK: Mapping[ChunkState, ChunkLook] = {
    ChunkState.LEAVES: ChunkLook(Tone.CRITICAL, "x"),
    ChunkState.HELD: ChunkLook(Tone.WARNING, "."),
    ChunkState.COMPRESSED: ChunkLook(Tone.GOOD, "/"),
    ChunkState.SEALED: ChunkLook(Tone.GOOD, "-"),
    ChunkState.FUTURE: ChunkLook(Tone.MUTED, "\\"),
    ChunkState.OPEN: ChunkLook(Tone.PRIMARY, "+"),
    ChunkState.CLOSED: ChunkLook(Tone.PRIMARY, ""),
}


@dataclass(frozen=True)
class ShownChunk:
    """`reason`: why a chunk past retention stays."""

    chunk: Chunk
    state: ChunkState
    reason: str = ""


def classify_chunks(
    chunks: Sequence[Chunk], cleanup: CleanupReport | None, now: datetime
) -> list[ShownChunk]:
    """Each chunk with its state; `cleanup` is a dry run of retention, None without a policy."""
    leaves = {each.name for each in cleanup.dropped} if cleanup else set()
    kept = {each.chunk.name: each.reason for each in cleanup.kept} if cleanup else {}
    return [
        ShownChunk(chunk, _find_state(chunk, leaves, kept, now), kept.get(chunk.name, ""))
        for chunk in chunks
    ]


def build_chunk_frame(shown: Sequence[ShownChunk]) -> pd.DataFrame:
    """A row a chunk, newest first."""
    columns = ["Chunk", "From (UTC)", "To (UTC)", "State", "Size", "Rows, about", "Why it stays"]
    return pd.DataFrame([_chunk_row(each) for each in reversed(shown)], columns=columns)


def build_plan_frame(chunks: Sequence[Chunk], now: datetime) -> pd.DataFrame:
    """Chunks that a run takes: Chunk, From, To, Age, Size, Rows."""
    columns = ["Chunk", "From (UTC)", "To (UTC)", "Age", "Size", "Rows, about"]
    return pd.DataFrame([_plan_row(chunk, now) for chunk in chunks], columns=columns)


def short_name(chunk: Chunk) -> str:
    """Without the schema, which is the same for all."""
    return chunk.name.rpartition(".")[2]


def _find_state(
    chunk: Chunk, leaves: set[str], kept: Mapping[str, str], now: datetime
) -> ChunkState:
    facts = (
        (chunk.name in leaves, ChunkState.LEAVES),
        (chunk.name in kept, ChunkState.HELD),
        (chunk.is_compressed, ChunkState.COMPRESSED),
        (chunk.is_sealed, ChunkState.SEALED),
        (chunk.start > now, ChunkState.FUTURE),
        (chunk.end > now, ChunkState.OPEN),
    )
    return next((state for applies, state in facts if applies), ChunkState.CLOSED)


def _chunk_row(shown: ShownChunk) -> tuple[str, ...]:
    chunk = shown.chunk
    return (
        short_name(chunk), format_instant(chunk.start), format_instant(chunk.end),
        shown.state.value,
        format_bytes(chunk.size_bytes), format_estimate(chunk.approx_rows), shown.reason,
    )  # fmt: skip


def _plan_row(chunk: Chunk, now: datetime) -> tuple[str, ...]:
    return (
        short_name(chunk), format_instant(chunk.start), format_instant(chunk.end),
        format_span(now - chunk.end), format_bytes(chunk.size_bytes),
        format_estimate(chunk.approx_rows),
    )  # fmt: skip
