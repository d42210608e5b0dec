"""What a check is: who it is, what is right, what to do, and one function that looks."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

OK, WARNING, FAILING = "ok", "warning", "failing"


@dataclass(frozen=True)
class Verdict:
    """`hint` replaces that of the check where the finding tells more."""

    status: str
    value: str
    hint: str = ""


@dataclass(frozen=True)
class Check:
    id: str
    title: str
    limit: str
    hint: str
    judge: Callable[[Connection], Verdict]


def grade(is_failing: bool, is_warning: bool) -> str:
    return FAILING if is_failing else WARNING if is_warning else OK
