import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.accounts.view_params import MOST_BYTES, MOST_KEYS, write_params
from hydrodiag.errors import InvalidInput

KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(
    lambda key: key.lower() not in ("view", "embed", "embed_options")
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.dictionaries(KEYS, st.lists(TEXTS, max_size=4), min_size=1, max_size=8))
def test_any_parameter_of_an_address_is_kept_as_it_is(params: dict[str, list[str]]) -> None:
    assert json.loads(write_params(params)) == params


def test_equal_parameters_are_the_same_text_in_any_order() -> None:
    assert write_params({"a": ["1"], "b": ["2"]}) == write_params({"b": ["2"], "a": ["1"]})


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"": ["x"]},
        {"1a": ["x"]},
        {"a b": ["x"]},
        {"a" * 41: ["x"]},
        {"sensor\n": ["x"]},
        {"view": ["abcdefghij"]},
        {"View": ["abcdefghij"]},
        {"embed": ["true"]},
        {"system": ["a\0b"]},
        {"system": ["\ud800"]},
        {"system": "press-1"},
        {"system": [None]},
        {"formulas": ["x" * MOST_BYTES]},
        {"formulas": ["ü" * (MOST_BYTES // 2)]},
        {f"k{number}": ["x"] for number in range(MOST_KEYS + 1)},
    ],
)
def test_what_is_no_view_is_refused(params: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput):
        write_params(params)
