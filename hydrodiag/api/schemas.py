"""What goes over the wire, as types: checked by them, and described by them in OpenAPI."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

Text = Annotated[StrictStr, Field(min_length=1, max_length=200)]
TimeUnit = Literal["s", "ms", "us", "ns"]
Precision = Literal["n", "ns", "u", "us", "ms", "s", "m", "h"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Reading(Strict):
    """One value of one sensor at one instant."""

    time: StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=64)] = Field(
        description="ISO 8601, UTC where it carries no offset; or a number since 1970 UTC "
        "in the request's time_unit."
    )
    sensor: Text = Field(description="Tag or name of a sensor, or SYSTEM/TAG.")
    value: (
        StrictInt | StrictFloat | StrictBool | Annotated[StrictStr, Field(max_length=100)] | None
    ) = Field(description="A number. true is 1, false is 0; what is no number goes to quarantine.")
    unit: Annotated[StrictStr, Field(max_length=40)] | None = Field(
        None, description="The value's unit; without one it is in the sensor's own."
    )
    system: Text | None = Field(None, description="Code of the system, if not the request's.")


class ReadingsBody(Strict):
    readings: list[Reading] = Field(description="50,000 at most.")
    system: Text | None = Field(None, description="Code of the system of all readings.")
    time_unit: TimeUnit | None = Field(None, description="Unit of times that are numbers.")


class ReadingsQuery(BaseModel):
    system: Text | None = Field(None, description="Code of the system of all rows.")
    time_unit: TimeUnit = Field("s", description="Unit of times that are numbers.")


class WriteQuery(BaseModel):
    precision: Precision = Field("ns", description="Unit of the timestamps.")
    system: Text | None = Field(None, description="System of lines without the tag `system`.")


class RefusedReading(BaseModel):
    row: int = Field(description="Which row of the request, from 1; in CSV after the header.")
    reason: str
    detail: str


class IngestAnswer(BaseModel):
    """rows = inserted + already_there + quarantined. The first 100 refused rows are told."""

    rows: int
    inserted: int
    already_there: int
    quarantined: int
    reasons: dict[str, int] = Field(description="Quarantined rows by reason.")
    refused: list[RefusedReading]
    first_at: datetime | None = Field(description="Earliest reading that was good.")
    last_at: datetime | None = Field(description="Latest reading that was good.")


class ErrorText(BaseModel):
    code: str
    message: str
    hint: str


class ErrorAnswer(BaseModel):
    error: ErrorText


class BadLine(BaseModel):
    line: int
    message: str


class WriteError(BaseModel):
    """In the form InfluxDB's clients read, with the malformed lines (the first 100)."""

    error: str
    code: str
    message: str
    hint: str
    lines: list[BadLine] = []


class SystemEntry(BaseModel):
    code: str
    name: str
    kind: str
    site: str
    description: str


class SystemsAnswer(BaseModel):
    systems: list[SystemEntry]


class SensorEntry(BaseModel):
    """Limits and resolution are in `unit`."""

    tag: str
    name: str
    quantity: str
    unit: str
    resolution: float | None
    valid_min: float | None
    valid_max: float | None
    warn_low: float | None
    warn_high: float | None
    critical_low: float | None
    critical_high: float | None
    sampling_interval_s: float | None
    is_key: bool


class SensorsAnswer(BaseModel):
    system: str
    sensors: list[SensorEntry]


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


class SeriesQuery(BaseModel):
    sensor: list[Text] = Field(
        min_length=1, max_length=20, description="SYSTEM/TAG, or a tag with `system`. Repeatable."
    )
    system: Text | None = Field(None, description="Code of the system of the sensors.")
    start: AwareDatetime | None = Field(None, description="Default: an hour before the end.")
    end: AwareDatetime | None = Field(None, description="Not included. Default: now.")
    max_points: int = Field(1000, ge=2, le=10_000, description="For each sensor.")


class SensorSeries(BaseModel):
    """Columns of equal length: start of the bucket, and mean, lowest, highest, count in it."""

    sensor: str
    unit: str
    time: list[datetime]
    mean: list[float]
    min: list[float]
    max: list[float]
    n: list[int]


class SeriesAnswer(BaseModel):
    """`bucket_s` null: readings as stored. `source`: raw, 1m, 1h or 1d."""

    start: datetime
    end: datetime
    source: str
    bucket_s: float | None
    is_exact: bool
    series: list[SensorSeries]


class FindingsQuery(BaseModel):
    system: Text | None = Field(None, description="Code of the system. Default: all of the key's.")
    status: Literal["going_on", "over", "all"] = Field("going_on", description="Which ones.")
    severity: Literal["advisory", "warning", "alarm", "danger"] = Field(
        "advisory", description="This and worse."
    )
    limit: int = Field(100, ge=1, le=500, description="The worst first.")


class EvidenceEntry(BaseModel):
    """`value`, `expected` (of the healthy machine) and limits are in `unit`."""

    check: str
    indicator: str
    unit: str
    value: float
    expected: float | None
    warn: float | None
    critical: float | None
    formula: str
    source: str


class FindingEntry(BaseModel):
    id: int
    system: str
    component: str
    mode: str
    severity: str
    status: str
    confidence: str
    title: str
    explanation: str
    steps: list[str]
    since: datetime
    last_seen: datetime
    resolved: datetime | None
    evidence: list[EvidenceEntry]


class FindingsAnswer(BaseModel):
    findings: list[FindingEntry]
