from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hydrodiag.timescale import Edition, Policy
from hydrodiag.ui.database_figures import describe_ages, pick_working

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = Policy("sensor_data", DAY, 7 * DAY, 30 * DAY)
APACHE = Edition("apache", "2.19.3", "apache")


def test_an_edition_that_cannot_compress_is_not_said_to() -> None:
    assert describe_ages(pick_working(POLICY, APACHE), NOW) == (
        "The policy drops what ended before 2026-07-01."
    )


@pytest.mark.parametrize(
    ("policy", "edition"),
    [
        (POLICY, Edition("community", "2.19.3", "timescale")),
        (replace(POLICY, apache_mode="seal"), APACHE),
        (None, APACHE),
    ],
)
def test_else_the_policy_is_told_as_it_is(policy: Policy | None, edition: Edition) -> None:
    assert pick_working(policy, edition) == policy
