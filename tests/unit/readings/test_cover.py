from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.readings.cover import (
    LEVEL_NAMES,
    LEVELS,
    RAW,
    Span,
    build_cover,
    merge,
    subtract,
)
from hydrodiag.readings.windows import DAY_US, HOUR_US, MINUTE_US

INSTANTS = st.integers(0, 40 * DAY_US)


WINDOWS = st.builds(lambda lo, span: (lo, lo + span), INSTANTS, st.integers(1, 3 * DAY_US))
SPANS = st.lists(WINDOWS, max_size=6)
PENDING = st.fixed_dictionaries({name: SPANS for name in LEVEL_NAMES})


@given(WINDOWS, PENDING, st.sampled_from([RAW, *LEVEL_NAMES]))
def test_a_cover_is_the_whole_window_and_no_part_twice(
    window: Span, pending: dict[str, list[Span]], coarsest: str
) -> None:
    parts = sorted(
        part for found in build_cover(window, pending, coarsest).values() for part in found
    )
    assert merge(parts) == [window]
    assert sum(hi - lo for lo, hi in parts) == window[1] - window[0]


@given(WINDOWS, PENDING, st.sampled_from(LEVEL_NAMES))
def test_no_rollup_answers_for_what_it_has_not_taken_up(
    window: Span, pending: dict[str, list[Span]], coarsest: str
) -> None:
    cover = build_cover(window, pending, coarsest)
    stale: list[Span] = []
    for level in LEVELS:
        stale = merge([*stale, *pending[level.name]])
        found = cover.get(level.name, [])
        assert subtract(found, stale) == found
        assert all(lo % level.width_us == hi % level.width_us == 0 for lo, hi in found)


def test_edges_come_from_finer_rollups_and_the_newest_part_from_raw() -> None:
    start = DAY_US - HOUR_US - MINUTE_US - 1
    end = 3 * DAY_US + 2 * HOUR_US
    newest = (3 * DAY_US + HOUR_US + 30, 3 * DAY_US + HOUR_US + 40)
    cover = build_cover((start, end), {"1m": [newest]}, "1d")
    assert cover == {
        "1d": [(DAY_US, 3 * DAY_US)],
        "1h": [(DAY_US - HOUR_US, DAY_US), (3 * DAY_US, 3 * DAY_US + HOUR_US)],
        "1m": [
            (DAY_US - HOUR_US - MINUTE_US, DAY_US - HOUR_US),
            (3 * DAY_US + HOUR_US + MINUTE_US, end),
        ],
        RAW: [
            (start, DAY_US - HOUR_US - MINUTE_US),
            (3 * DAY_US + HOUR_US, 3 * DAY_US + HOUR_US + MINUTE_US),
        ],
    }
