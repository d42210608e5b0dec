"""Passwords: what is accepted and how it is kept."""

import gzip
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hydrodiag.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 256
SHORTEST_WORD = 5
# The 19,640 most common passwords (Royce Williams' list as Django ships it, BSD-3-Clause).
COMMON = Path(__file__).with_name("common_passwords.txt.gz")
DECORATION = "0123456789!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ "
# RFC 9106's second recommended option: 64 MiB, three passes.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# Of no password that anybody knows. Written down, as to hash one would show in the time of the
# first answer that needs it.
NOBODYS_HASH = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)


def hash_password(password: str, *, user_name: str = "") -> str:
    """The argon2id hash of an acceptable password; raises InvalidInput for any other."""
    check_password(password, user_name=user_name)
    return _hasher.hash(password)


def check_password(password: str, *, user_name: str = "") -> None:
    """Raises InvalidInput for one that is too short, too long, common or the user's own name."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput(
            f"The password has {len(password)} characters.",
            hint=f"Use {MIN_LENGTH} to {MAX_LENGTH}; a few words are easier to keep in mind.",
        )
    lower = password.lower()
    bare = lower.strip(DECORATION)
    names = {user_name.lower(), user_name.lower().split("@")[0]} - {""}
    if bare in names or lower in names:
        raise InvalidInput("The password is the user name.", hint="Choose another one.")
    if {lower, bare} & _common_words() or _repeats_itself(lower) or len(bare) < SHORTEST_WORD:
        raise InvalidInput(
            "The password is a common one, or one with a few digits or signs added.",
            hint="Use several unrelated words.",
        )


def verify_password(password: str, password_hash: str | None) -> bool:
    """Does the same work where there is no hash to compare with."""
    try:
        return _hasher.verify(password_hash or NOBODYS_HASH, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _common_words() -> frozenset[str]:
    with gzip.open(COMMON, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines) - {""}


def _repeats_itself(text: str) -> bool:
    """`abcabcabcabc`: at most a third of it is its own."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 3))
