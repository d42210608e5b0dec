"""Addresses that cannot be right are refused at the start, not by the page that needs them."""

import pytest
from pydantic import SecretStr, ValidationError

from hydrodiag.config import Settings


def test_a_redis_address_says_how_to_speak_to_it() -> None:
    with pytest.raises(ValidationError, match="redis://") as refused:
        Settings(redis_url=SecretStr(":secret-word@cache:6379/0"))
    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://:secret-word@cache:six/0", "redis://cache:99999"])
def test_a_port_of_redis_is_a_number(url: str) -> None:
    with pytest.raises(ValidationError, match="port") as refused:
        Settings(redis_url=SecretStr(url))
    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://cache:6379/0", "rediss://cache/0", "unix:///run/redis"])
def test_the_ways_to_speak_to_redis_are_taken(url: str) -> None:
    chosen = Settings(redis_url=SecretStr(url)).redis_url
    assert chosen is not None
    assert chosen.get_secret_value() == url
