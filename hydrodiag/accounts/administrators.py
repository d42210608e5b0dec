"""Creating the first administrator."""

import re

from sqlalchemy import Connection

from hydrodiag.accounts.passwords import hash_password
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput

SQL = NamedQueries(__file__)
USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")


def create_administrator(db: Database, user_name: str, password: str, full_name: str = "") -> int:
    """Create an administrator and return the account's id.

    Raises InvalidInput for a bad name, a short password or a name that is taken.
    """
    if not USER_NAME.fullmatch(user_name):
        raise InvalidInput(
            f"{user_name!r} is no user name.",
            hint="Use 2 to 64 letters, digits and . _ @ -, starting with a letter or digit.",
        )
    password_hash = hash_password(password)
    with db.write() as connection:
        user_id = _insert(connection, user_name, password_hash, full_name)
    if user_id is None:
        raise InvalidInput(f"The user name {user_name!r} is taken.", hint="Choose another one.")
    return user_id


def _insert(
    connection: Connection, user_name: str, password_hash: str, full_name: str
) -> int | None:
    values = {"user_name": user_name, "password_hash": password_hash, "full_name": full_name}
    user_id: int | None = connection.execute(SQL["insert_administrator"], values).scalar()
    return user_id
