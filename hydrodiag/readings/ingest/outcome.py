"""What becomes of a row: inserted, already there, or quarantined for one of these reasons."""

from enum import IntEnum, StrEnum


class Reason(StrEnum):
    BAD_TIME = "bad_time"
    BAD_VALUE = "bad_value"
    UNKNOWN_SENSOR = "unknown_sensor"
    BAD_UNIT = "bad_unit"
    OUT_OF_RANGE = "out_of_range"
    IN_FUTURE = "in_future"
    OLDER_THAN_RETENTION = "older_than_retention"
    CONFLICTING_VALUE = "conflicting_value"


class Code(IntEnum):
    """The verdict on a row as a number in arrays; the first that applies counts."""

    GOOD = 0
    BAD_TIME = 1
    BAD_VALUE = 2
    UNKNOWN_SENSOR = 3
    BAD_UNIT = 4
    OUT_OF_RANGE = 5
    IN_FUTURE = 6
    OLDER_THAN_RETENTION = 7
    CONFLICTING_VALUE = 8

    @property
    def reason(self) -> Reason:
        return Reason[self.name]


REASON_TEXT = {
    Reason.BAD_TIME: "Time cannot be read",
    Reason.BAD_VALUE: "Value cannot be read",
    Reason.UNKNOWN_SENSOR: "Sensor is not known",
    Reason.BAD_UNIT: "Unit does not fit the sensor",
    Reason.OUT_OF_RANGE: "Outside the sensor's physical range",
    Reason.IN_FUTURE: "In the future by more than 5 minutes",
    Reason.OLDER_THAN_RETENTION: "Older than the database keeps readings",
    Reason.CONFLICTING_VALUE: "Another value is stored for the same instant",
}
