import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from hydrodiag.accounts import create_administrator
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput

PASSWORD = "a long enough password"


def test_the_password_is_kept_as_an_argon2id_hash(database: Database) -> None:
    create_administrator(database, "anna", PASSWORD)
    with database.maintain() as connection:
        row = connection.execute(text("SELECT role, password_hash FROM app_user")).one()
    assert row.role == "administrator"
    assert row.password_hash.startswith("$argon2id$")
    assert PasswordHasher().verify(row.password_hash, PASSWORD)


def test_a_name_is_taken_whatever_its_case(database: Database) -> None:
    create_administrator(database, "anna", PASSWORD)
    with pytest.raises(InvalidInput, match="taken"):
        create_administrator(database, "Anna", PASSWORD)


@pytest.mark.parametrize("name", ["", "a", "an na", "-anna", "a" * 65, "anna\n"])
def test_a_bad_name_is_refused(database: Database, name: str) -> None:
    with pytest.raises(InvalidInput, match="user name"):
        create_administrator(database, name, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_a_password_of_a_bad_length_is_refused(database: Database, password: str) -> None:
    with pytest.raises(InvalidInput, match="12 to 256"):
        create_administrator(database, "anna", password)


def test_pages_cannot_read_password_hashes(database: Database) -> None:
    with pytest.raises(Exception, match="permission denied"), database.read() as connection:
        connection.execute(text("SELECT password_hash FROM app_user"))
