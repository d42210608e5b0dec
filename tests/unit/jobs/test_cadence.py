from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.jobs import parse_cadence

MONDAY = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
INSTANTS = st.datetimes(
    datetime(2020, 1, 1),
    datetime(2030, 1, 1),
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every 15s", datetime(2026, 3, 2, 12, 0, 45, tzinfo=UTC)),
        ("Every  5 m", datetime(2026, 3, 2, 12, 5, tzinfo=UTC)),
        ("every 2h", datetime(2026, 3, 2, 14, tzinfo=UTC)),
        ("daily 02:10", datetime(2026, 3, 3, 2, 10, tzinfo=UTC)),
        ("weekly sun 03:00", datetime(2026, 3, 8, 3, tzinfo=UTC)),
        ("cron 10 2 * * *", datetime(2026, 3, 3, 2, 10, tzinfo=UTC)),
        ("cron 0 3 * * 0", datetime(2026, 3, 8, 3, tzinfo=UTC)),
        ("cron 0 3 * * 7", datetime(2026, 3, 8, 3, tzinfo=UTC)),
        ("cron 0 3 * * 1-5", datetime(2026, 3, 3, 3, tzinfo=UTC)),
        ("cron 0 3 * * */2", datetime(2026, 3, 4, 3, tzinfo=UTC)),
    ],
)
def test_the_next_turn_is_where_a_person_expects_it(text: str, expected: datetime) -> None:
    assert parse_cadence(text).next_after(MONDAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "sometimes", "every 0s", "every 5 weeks", "every 9999999d"),
        *("daily 25:00", "daily 2", "weekly day 03:00"),
        *("cron * * *", "cron 61 * * * *", "cron 0 3 31 2 *", "cron 0 3 * * 9"),
    ],
)
def test_anything_else_is_refused_with_the_forms_to_use(text: str) -> None:
    with pytest.raises(InvalidInput, match="every 15s"):
        parse_cadence(text)


def test_clock_times_are_of_the_given_zone() -> None:
    following = parse_cadence("daily 02:10", "Europe/Berlin").next_after(MONDAY)
    assert following == datetime(2026, 3, 3, 1, 10, tzinfo=UTC)


@given(count=st.integers(1, 5000), unit=st.sampled_from("smh"), instant=INSTANTS)
def test_interval_turns_come_after_the_instant_within_one_interval(
    count: int, unit: str, instant: datetime
) -> None:
    cadence = parse_cadence(f"every {count}{unit}")
    span = timedelta(**{{"s": "seconds", "m": "minutes", "h": "hours"}[unit]: count})
    following = cadence.next_after(instant)
    assert following is not None
    assert instant < following <= instant + span


@given(first=INSTANTS, second=INSTANTS)
def test_schedulers_that_look_at_different_times_agree_on_the_turns(
    first: datetime, second: datetime
) -> None:
    cadence = parse_cadence("every 15s")
    early, late = cadence.next_after(first), cadence.next_after(second)
    assert early is not None
    assert late is not None
    assert (late - early) % timedelta(seconds=15) == timedelta()
