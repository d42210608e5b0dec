import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.accounts import passwords
from hydrodiag.accounts.passwords import (
    check_password,
    hash_password,
    needs_new_hash,
    verify_password,
)
from hydrodiag.errors import InvalidInput

GOOD = "correct horse battery"


@pytest.mark.parametrize(
    "password", ["correct horse battery", "Гидравлика пресса 7", "x7!kq92-mmz4#"]
)
def test_a_good_password_is_accepted(password: str) -> None:
    check_password(password, user_name="anna")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven char", "12 to 256"),
        ("x" * 257, "12 to 256"),
        ("password1234", "common"),
        ("Password!!!!!", "common"),
        ("qwerty123456", "common"),
        ("123456123456", "common"),
        ("aaaaaaaaaaaaaa", "common"),
        ("abcabcabcabcabc", "common"),
        ("1234-5678-9012", "common"),
        ("anna.petrova.1", "user name"),
        ("ANNA.PETROVA", "user name"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        check_password(password, user_name="anna.petrova")


def test_only_the_right_password_fits_its_hash() -> None:
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$")
    assert verify_password(GOOD, stored)
    assert not verify_password(GOOD + " ", stored)
    assert not needs_new_hash(stored)
    assert needs_new_hash("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43)


@given(st.text(max_size=40))
def test_without_a_hash_nothing_fits(password: str) -> None:
    assert not verify_password(password, "not a hash at all")


def test_an_account_without_a_password_fits_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "NOBODYS_HASH", hash_password(GOOD))
    assert not verify_password(GOOD, None)
