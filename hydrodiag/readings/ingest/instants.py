"""Instants as whole microseconds since 1970 UTC, the form they have in arrays."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NO_TIME = -(2**63)
# The table's own limits: a broken clock outside them would poison the chunks' ranges.
STORABLE_FROM_US = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
STORABLE_TO_US = (datetime(2100, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
# PostgreSQL counts from 2000.
POSTGRES_EPOCH_US = STORABLE_FROM_US


DATABLE_FROM_US = (datetime(1, 1, 2, tzinfo=UTC) - EPOCH) // MICROSECOND
DATABLE_TO_US = (datetime(9999, 12, 30, tzinfo=UTC) - EPOCH) // MICROSECOND


def to_us(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def from_us(microseconds: int) -> datetime:
    return EPOCH + int(microseconds) * MICROSECOND


def find_instant(microseconds: int) -> datetime | None:
    """The instant, or None where a datetime cannot hold it."""
    datable = DATABLE_FROM_US <= microseconds <= DATABLE_TO_US
    return from_us(microseconds) if datable else None
