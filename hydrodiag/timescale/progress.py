"""What a long piece of work tells its caller, and asks of it."""

from typing import Protocol


class Progress(Protocol):
    """The part of a job's context that lifecycle work needs."""

    def report(self, fraction: float | None, message: str) -> None: ...
    def should_stop(self) -> bool: ...


class Unwatched:
    def report(self, fraction: float | None, message: str) -> None:
        pass

    def should_stop(self) -> bool:
        return False


UNWATCHED = Unwatched()
