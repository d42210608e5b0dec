from itertools import pairwise

import pytest

from hydrodiag.accounts import ALLOWED, Actor, Permission, Role, allows, require
from hydrodiag.errors import Refused


def test_each_role_may_what_the_one_below_may_and_more() -> None:
    ladder = [Role.VIEWER, Role.ENGINEER, Role.OPERATOR, Role.ADMINISTRATOR]
    assert all(ALLOWED[below] < ALLOWED[above] for below, above in pairwise(ladder))
    assert set(ALLOWED) == set(Role)


def test_a_viewer_changes_nothing() -> None:
    assert ALLOWED[Role.VIEWER] == {Permission.READ, Permission.SEE_HEALTH}


def test_nobody_may_nothing() -> None:
    assert not any(allows(None, permission) for permission in Permission)


def test_a_refusal_says_who_may_not_what() -> None:
    with pytest.raises(Refused, match=r"vera \(viewer\) may not manage users"):
        require(Actor("vera", Role.VIEWER), Permission.MANAGE_USERS)
