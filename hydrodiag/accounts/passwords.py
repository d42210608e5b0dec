"""Passwords: what is accepted and how it is kept."""

from argon2 import PasswordHasher

from hydrodiag.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 256
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash of a password that is long enough."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput(
            f"The password has {len(password)} characters.",
            hint=f"Use {MIN_LENGTH} to {MAX_LENGTH}.",
        )
    return _hasher.hash(password)
