import pytest

from hydrodiag.db import normalise_url, redact_url
from hydrodiag.errors import InvalidInput


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_all_spellings_of_postgresql_are_one_url(scheme: str) -> None:
    url = normalise_url(f"{scheme}://me:secret@db:6432/plant?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database) == ("db", 6432, "plant")
    assert url.query["sslmode"] == "require"


@pytest.mark.parametrize("bad", ["mysql://db/plant", "plant", "", "http://db:5432"])
def test_another_url_is_refused_with_the_form_to_use(bad: str) -> None:
    with pytest.raises(InvalidInput, match="postgresql://user:password@host"):
        normalise_url(bad)


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_url("mysql://me:topsecret@db/plant")
    assert "topsecret" not in str(refused.value)


def test_a_redacted_url_hides_the_password() -> None:
    assert redact_url("postgres://me:topsecret@db/plant") == "postgresql://me:***@db/plant"
