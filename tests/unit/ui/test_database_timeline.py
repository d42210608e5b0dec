from datetime import timedelta

import pytest

from hydrodiag.timescale import Policy
from hydrodiag.timescale.reports import KeptChunk
from hydrodiag.ui.database_chunks import ChunkState, ShownChunk, classify_chunks
from hydrodiag.ui.database_timeline import (
    build_timeline,
    describe_timeline,
    find_extent,
    list_lines,
)
from tests.unit.ui.chunks import DAY, NOW, chunk_of_day, cleanup_of

COLOUR = "#1d2b33"
POLICY = Policy("sensor_data", DAY, 7 * DAY, 30 * DAY)


def shown_days(*days_ago: int) -> list[ShownChunk]:
    return classify_chunks([chunk_of_day(day) for day in days_ago], None, NOW)


@pytest.mark.parametrize(
    ("policy", "labels"),
    [
        (None, ["now"]),
        (POLICY, ["now", "compress", "retain"]),
        (Policy("t", DAY, None, 30 * DAY), ["now", "retain"]),
        (Policy("t", DAY, 7 * DAY, None), ["now", "compress"]),
    ],
)
def test_lines_stand_for_what_the_policy_does(policy: Policy | None, labels: list[str]) -> None:
    assert [label for _, label in list_lines(policy, NOW)] == labels


def test_lines_stand_as_far_back_as_the_policy_says() -> None:
    assert {label: NOW - at for at, label in list_lines(POLICY, NOW)} == {
        "now": timedelta(),
        "compress": 7 * DAY,
        "retain": 30 * DAY,
    }


def test_the_extent_holds_all_chunks_and_now_with_some_room() -> None:
    old = shown_days(10, 9)
    start, end = find_extent(old, NOW)
    assert start < old[0].chunk.start
    assert end > NOW


def test_the_extent_reaches_chunks_made_ahead() -> None:
    ahead = shown_days(1, -3)
    assert find_extent(ahead, NOW)[1] > ahead[-1].chunk.end


def test_each_chunk_is_drawn_by_size_and_in_the_lane() -> None:
    figure = build_timeline(shown_days(1), None, NOW, COLOUR)
    sizes, lane = figure.data
    assert (sizes.y, lane.y) == ((25.0,), (1,))
    assert (sizes.width, lane.width) == ((86_400_000.0,),) * 2


def test_an_empty_chunk_still_shows_in_the_lane() -> None:
    shown = classify_chunks([chunk_of_day(1, size_bytes=0)], None, NOW)
    sizes, lane = build_timeline(shown, None, NOW, COLOUR).data
    assert (sizes.y, lane.y) == ((0.0,), (1,))


def test_the_legend_names_each_state_once_and_no_other() -> None:
    figure = build_timeline(shown_days(2, 1, 0), None, NOW, COLOUR)
    named = [trace.name for trace in figure.data if trace.showlegend]
    assert named == [ChunkState.OPEN.value, ChunkState.CLOSED.value]


def test_a_broken_range_does_not_stretch_the_picture() -> None:
    broken = chunk_of_day(0, start=NOW - 100_000 * DAY, has_broken_range=True)
    shown = [ShownChunk(broken, ChunkState.CLOSED), *shown_days(1)]
    figure = build_timeline(shown, None, NOW, COLOUR)
    assert len(figure.data) == 2
    assert figure.layout.xaxis.range[0] > NOW - 3 * DAY


def test_only_lines_within_the_picture_are_drawn() -> None:
    figure = build_timeline(shown_days(10, 9), POLICY, NOW, COLOUR)
    assert [note.text for note in figure.layout.annotations] == ["now", "compress"]
    assert {shape.line.color for shape in figure.layout.shapes} == {COLOUR}


def test_a_touch_tells_what_a_chunk_is_and_why_it_stays() -> None:
    chunk = chunk_of_day(40)
    shown = classify_chunks([chunk], cleanup_of(kept=(KeptChunk(chunk, "held: case"),)), NOW)
    text = build_timeline(shown, None, NOW, COLOUR).data[0].text[0]
    assert text.split("<br>") == [
        "<b>_hyper_1_60_chunk</b>",
        "2026-06-21 00:00:00 to 2026-06-22 00:00:00 UTC",
        "25.0 MB, about 1\u202f230\u202f000 rows",
        "held: case",
    ]


def test_a_table_without_chunks_has_an_empty_picture() -> None:
    assert build_timeline([], POLICY, NOW, COLOUR).data == ()


def test_the_picture_is_told_in_words() -> None:
    assert describe_timeline(shown_days(2, 1, 0)) == (
        "3 chunks over time: 1 open: receives readings now, 2 closed"
    )
