import pytest

from hydrodiag.timescale import Chunk
from hydrodiag.timescale.reports import KeptChunk
from hydrodiag.ui.database_chunks import (
    CHUNK_LOOK,
    ChunkState,
    ShownChunk,
    build_chunk_frame,
    build_plan_frame,
    classify_chunks,
    short_name,
)
from hydrodiag.ui.wording import NOTHING
from tests.unit.ui.chunks import DAY, NOW, chunk_of_day, cleanup_of


@pytest.mark.parametrize(
    ("chunk", "state"),
    [
        (chunk_of_day(0), ChunkState.OPEN),
        (chunk_of_day(-1), ChunkState.FUTURE),
        (chunk_of_day(1), ChunkState.CLOSED),
        (chunk_of_day(1, is_compressed=True), ChunkState.COMPRESSED),
        (chunk_of_day(1, is_sealed=True), ChunkState.SEALED),
        (chunk_of_day(1, is_compressed=True, is_sealed=True), ChunkState.COMPRESSED),
        (chunk_of_day(0, start=NOW - DAY, end=NOW), ChunkState.CLOSED),
        (chunk_of_day(0, start=NOW, end=NOW + DAY), ChunkState.OPEN),
    ],
)
def test_a_chunk_has_the_first_state_that_applies(chunk: Chunk, state: ChunkState) -> None:
    assert [each.state for each in classify_chunks([chunk], None, NOW)] == [state]


def test_retention_counts_more_than_compression() -> None:
    leaving, held, other = (chunk_of_day(day, is_compressed=True) for day in (40, 39, 38))
    cleanup = cleanup_of((leaving,), (KeptChunk(held, "held: legal case"),))
    assert classify_chunks([leaving, held, other], cleanup, NOW) == [
        ShownChunk(leaving, ChunkState.LEAVES),
        ShownChunk(held, ChunkState.HELD, "held: legal case"),
        ShownChunk(other, ChunkState.COMPRESSED),
    ]


def test_no_chunks_make_no_states() -> None:
    assert classify_chunks([], cleanup_of(), NOW) == []


def test_every_state_looks_different_without_its_colour() -> None:
    assert set(CHUNK_LOOK) == set(ChunkState)
    assert len({look.pattern for look in CHUNK_LOOK.values()}) == len(ChunkState)


@pytest.mark.parametrize("name", ["_timescaledb_internal._hyper_1_7_chunk", "_hyper_1_7_chunk"])
def test_a_short_name_has_no_schema(name: str) -> None:
    assert short_name(chunk_of_day(0, name=name)) == "_hyper_1_7_chunk"


def test_a_chunk_is_told_in_words() -> None:
    shown = ShownChunk(chunk_of_day(40), ChunkState.HELD, "held: legal case")
    assert build_chunk_frame([shown]).loc[0].to_dict() == {
        "Chunk": "_hyper_1_60_chunk",
        "From (UTC)": "2026-06-21 00:00:00",
        "To (UTC)": "2026-06-22 00:00:00",
        "State": "Past retention, kept for a reason",
        "Size": "25.0 MB",
        "Rows, about": "1\u202f230\u202f000",
        "Why it stays": "held: legal case",
    }


def test_the_newest_chunk_stands_first() -> None:
    shown = classify_chunks([chunk_of_day(day) for day in (3, 2, 1)], None, NOW)
    starts = build_chunk_frame(shown)["From (UTC)"].tolist()
    assert starts == sorted(starts, reverse=True)


def test_a_plan_keeps_its_order_and_tells_the_age_of_the_newest_row() -> None:
    frame = build_plan_frame([chunk_of_day(40), chunk_of_day(1)], NOW)
    assert frame["Age"].tolist() == ["39 d 12 h", "12 h"]


def test_rows_that_were_never_counted_are_a_dash() -> None:
    frame = build_plan_frame([chunk_of_day(1, approx_rows=None, size_bytes=0)], NOW)
    assert frame.loc[0, ["Size", "Rows, about"]].tolist() == ["0 B", NOTHING]


def test_without_chunks_the_columns_stay() -> None:
    assert len(build_chunk_frame([]).columns) == 7
    assert len(build_plan_frame([], NOW).columns) == 6
