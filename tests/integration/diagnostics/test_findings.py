"""What becomes of a finding: by the engine, by people, and never twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.db import Database
from hydrodiag.diagnostics.choices import list_check_settings, list_maintenance, note_maintenance
from hydrodiag.diagnostics.findings.applying import apply_assessment
from hydrodiag.diagnostics.findings.handling import (
    acknowledge_all,
    assign,
    attach,
    comment,
    decide_proposal,
    list_proposals,
    move_finding,
    snooze,
)
from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.findings.reading import (
    count_ongoing,
    list_attachments,
    list_events,
    list_findings,
    load_attachment,
)
from hydrodiag.diagnostics.findings.records import Finding, FindingFilter
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    Evidence,
    FindingDraft,
    FindingKey,
    Severity,
)
from hydrodiag.errors import InvalidInput, NotFound, Refused
from hydrodiag.fleet import SystemDraft, create_system
from tests.people import add_person

T0 = datetime(2026, 6, 1, tzinfo=UTC)
EMIL = Actor("emil", Role.ENGINEER, 1)
VERA = Actor("vera", Role.VIEWER, 2)
COOLER, TANK = FindingKey("cooler", "fouled"), FindingKey("tank", "overheating")
EVIDENCE = Evidence(
    "CLR-01",
    "cooler_effectiveness_pct",
    "Cooler effectiveness",
    "%",
    30.0,
    32.0,
    24.0,
    T0,
    T0,
    5,
    "100 (T_in - T_out) / (T_in - T_ambient)",
    "a test",
)


@pytest.fixture
def system_id(database: Database) -> int:
    return create_system(database, SystemDraft(code="p1", name="Press 1", kind="press")).id


def draft(severity: Severity, at: datetime, key: FindingKey = COOLER, **more: object):
    usual = FindingDraft(
        key, severity, Confidence.MEDIUM, "Cooler fouled", "It takes 30 %.", T0, at, (EVIDENCE,),
        ("Clean it.", "Check the fan."), "clean the cooler",
    )  # fmt: skip
    return replace(usual, **more)


def tell(database: Database, system_id: int, at: datetime, *drafts: FindingDraft):
    return apply_assessment(database, system_id, Assessment(drafts, (), ()), at)


def only(database: Database) -> Finding:
    [found] = list_findings(database)
    return found


def kinds(database: Database, finding: Finding) -> list[str]:
    return [each.kind for each in list_events(database, finding.id)]


def test_one_is_opened_updated_and_escalated_never_repeated(
    database: Database, system_id: int
) -> None:
    hour = timedelta(hours=1)
    assert tell(database, system_id, T0, draft(Severity.WARNING, T0)).opened == 1
    assert not tell(database, system_id, T0, draft(Severity.WARNING, T0))
    tell(database, system_id, T0 + hour, draft(Severity.WARNING, T0 + hour))
    tell(database, system_id, T0 + 2 * hour, draft(Severity.ALARM, T0 + 2 * hour))
    finding = only(database)
    assert (finding.severity, finding.last_seen_at) == (Severity.ALARM, T0 + 2 * hour)
    assert kinds(database, finding) == ["opened", "escalated"]
    assert count_ongoing(database) == {Severity.ALARM: 1}


def test_it_clears_at_once_but_ends_only_after_a_calm_day_and_comes_back_as_itself(
    database: Database, system_id: int
) -> None:
    def calm(hours: int) -> None:
        at = T0 + timedelta(hours=hours)
        tell(database, system_id, at, draft(Severity.NORMAL, at))

    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    calm(1)
    assert only(database).cleared_at is not None
    calm(20)
    assert only(database).status is Status.OPEN
    calm(26)
    finding = only(database)
    assert finding.status is Status.RESOLVED
    again = T0 + timedelta(days=3)
    tell(database, system_id, again, draft(Severity.WARNING, again))
    assert (only(database).id, only(database).status) == (finding.id, Status.OPEN)
    assert kinds(database, finding) == ["opened", "cleared", "resolved", "reopened"]
    late = again + timedelta(days=30)
    tell(database, system_id, late - timedelta(days=2), draft(Severity.NORMAL, late))
    tell(database, system_id, late, draft(Severity.NORMAL, late))
    later = late + timedelta(days=20)
    tell(database, system_id, later, draft(Severity.WARNING, later))
    assert len(list_findings(database)) == 2


def test_what_somebody_works_on_is_theirs_to_end(database: Database, system_id: int) -> None:
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    move_finding(database, EMIL, only(database).id, Status.IN_WORK)
    for day in (1, 3):
        at = T0 + timedelta(days=day)
        tell(database, system_id, at, draft(Severity.NORMAL, at))
    assert only(database).status is Status.IN_WORK
    move_finding(database, EMIL, only(database).id, Status.RESOLVED, "Fins cleaned.")
    assert only(database).status is Status.RESOLVED
    last = list_events(database, only(database).id)[-1]
    assert (last.author, last.kind, last.text) == ("emil", "resolved", "Fins cleaned.")


def test_what_follows_from_another_names_its_cause(database: Database, system_id: int) -> None:
    hot = draft(Severity.WARNING, T0, TANK, parent=COOLER, title="Oil too hot")
    tell(database, system_id, T0, hot, draft(Severity.ALARM, T0))
    cause, effect = list_findings(database)
    assert (cause.component, effect.component) == ("cooler", "tank")
    assert effect.parent_id == cause.id


def test_a_false_alarm_stays_quiet_and_only_proposes(database: Database, system_id: int) -> None:
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    finding = only(database)
    move_finding(database, EMIL, finding.id, Status.FALSE_ALARM, "A guest stood before it.")
    hour = T0 + timedelta(hours=1)
    tell(database, system_id, hour, draft(Severity.WARNING, hour))
    assert only(database).status is Status.FALSE_ALARM
    [proposal] = list_proposals(database)
    assert (proposal.check_id, proposal.proposed) == ("CLR-01", {"persist_steps": 5})
    assert list_check_settings(database) == []
    decide_proposal(database, EMIL, proposal.id, "declined")
    with pytest.raises(NotFound):
        decide_proposal(database, EMIL, proposal.id, "accepted")
    tell(database, system_id, hour, draft(Severity.ALARM, hour))
    assert only(database).status is Status.OPEN


def test_people_take_it_put_it_off_say_something_and_attach(
    database: Database, system_id: int
) -> None:
    user_id = add_person(database, "erna", Role.ENGINEER)
    erna = Actor("erna", Role.ENGINEER, user_id)
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    number = only(database).id
    assert acknowledge_all(database, erna, [number]) == 1
    assign(database, erna, number, user_id, "Erna")
    comment(database, VERA, number, "It is loud, too.")
    file_id = attach(database, erna, number, "../../etc/fan.jpg", b"\xff\xd8picture")
    [file] = list_attachments(database, number)
    assert "/" not in file.file_name
    assert load_attachment(database, file_id) == b"\xff\xd8picture"
    snooze(database, erna, number, datetime.now(UTC) + timedelta(days=1))
    assert list_findings(database, FindingFilter(is_quiet=False)) == []
    [mine] = list_findings(database, FindingFilter(assigned_to=user_id))
    assert mine.assigned_name == "Erna"
    assert kinds(database, mine) == [
        "opened", "acknowledged", "assigned", "comment", "attached", "put off",
    ]  # fmt: skip


def test_a_period_holds_what_began_before_its_end_and_was_not_over_at_its_start(
    database: Database, system_id: int
) -> None:
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    day = timedelta(days=1)
    assert list_findings(database, FindingFilter(from_at=T0 + 9 * day, until_at=T0 + 10 * day))
    assert list_findings(database, FindingFilter(from_at=T0 - day, until_at=T0)) == []
    move_finding(database, EMIL, only(database).id, Status.RESOLVED)
    resolved_at = only(database).resolved_at
    assert resolved_at is not None
    assert list_findings(database, FindingFilter(from_at=resolved_at))
    assert list_findings(database, FindingFilter(from_at=resolved_at + day)) == []


def test_maintenance_is_listed_of_a_period(database: Database, system_id: int) -> None:
    day = timedelta(days=1)
    for place in range(3):
        note_maintenance(database, EMIL, system_id, T0 + place * day, "repair", text=str(place))
    told = list_maintenance(database, system_id, 1, from_at=T0, until_at=T0 + 2 * day)
    assert [each.text for each in told] == ["1"]


def test_filters_find_and_percent_signs_are_no_wildcards(
    database: Database, system_id: int
) -> None:
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    assert list_findings(database, FindingFilter(words="COOLER"))
    assert list_findings(database, FindingFilter(system_code="p1", least=Severity.WARNING))
    for none in (
        FindingFilter(words="%"),
        FindingFilter(least=Severity.ALARM),
        FindingFilter(statuses=(Status.RESOLVED,)),
        FindingFilter(system_code="p2"),
    ):
        assert list_findings(database, none) == []


def test_who_may_only_look_changes_nothing(database: Database, system_id: int) -> None:
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    number = only(database).id
    for change in (
        lambda: move_finding(database, VERA, number, Status.RESOLVED),
        lambda: assign(database, VERA, number, 2, "vera"),
        lambda: snooze(database, VERA, number, datetime.now(UTC) + timedelta(days=1)),
        lambda: attach(database, VERA, number, "a", b"b"),
        lambda: note_maintenance(database, VERA, system_id, T0, "repair"),
    ):
        with pytest.raises(Refused):
            change()
    assert kinds(database, only(database)) == ["opened"]


def test_steps_that_there_are_not_are_refused(database: Database, system_id: int) -> None:
    tell(database, system_id, T0, draft(Severity.WARNING, T0))
    number = only(database).id
    move_finding(database, EMIL, number, Status.RESOLVED)
    with pytest.raises(InvalidInput, match="cannot become in work"):
        move_finding(database, EMIL, number, Status.IN_WORK)
    with pytest.raises(InvalidInput, match="no kind of maintenance"):
        note_maintenance(database, EMIL, system_id, T0, "party")
