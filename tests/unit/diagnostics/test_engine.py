"""From a frame to an assessment: what is found, what is not, and what cannot be told."""

from dataclasses import replace

import numpy as np
import pytest

from hydrodiag.diagnostics.baseline import Baseline, learn_baseline
from hydrodiag.diagnostics.catalogue.checks import CHECKS
from hydrodiag.diagnostics.engine import CheckOverride, Setup, assess, compute_steps
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.records import Assessment, FindingKey, Frame, Severity
from hydrodiag.errors import InvalidInput

from .frames import channels, frame

COOLER = FindingKey("cooler", "fouled")
PUMP = FindingKey("pump", "internal leakage")
TANK = FindingKey("tank", "overheating")


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return learn_baseline(compute_steps(frame(72), channels(frame(1)), {}))


def judge(given: Frame, baseline: Baseline | None, **more: object) -> Assessment:
    told = channels(given)
    steps = compute_steps(given, told, {})
    return assess(steps, Setup(told, baseline, **more))  # type: ignore[arg-type]


def severities(assessment: Assessment) -> dict[FindingKey, Severity]:
    return {each.key: each.severity for each in assessment.findings if each.severity}


def fouled(hours: float, effectiveness: float) -> Frame:
    healthy = frame(hours, seed=2)
    inlet, ambient = healthy.mean["t_cooler_in"], healthy.mean["t_ambient"]
    return frame(hours, seed=2, t_cooler_out=inlet - effectiveness * (inlet - ambient))


def test_a_healthy_machine_has_no_findings(baseline: Baseline) -> None:
    assert severities(judge(frame(48, seed=3), baseline)) == {}


@pytest.mark.parametrize(
    ("effectiveness", "severity"),
    [(0.39, None), (0.30, Severity.WARNING), (0.22, Severity.ALARM)],
)
def test_a_cooler_is_judged_by_how_far_it_fell(
    baseline: Baseline, effectiveness: float, severity: Severity | None
) -> None:
    found = severities(judge(fouled(24, effectiveness), baseline))
    assert found.get(COOLER) == severity


def test_a_finding_says_why_in_numbers_that_can_be_recomputed(baseline: Baseline) -> None:
    [finding] = [e for e in judge(fouled(24, 0.3), baseline).findings if e.key == COOLER]
    [evidence] = finding.evidence
    assert evidence.expected == pytest.approx(40, abs=0.5)
    assert evidence.value == pytest.approx(30, abs=0.5)
    assert evidence.warn == pytest.approx(0.8 * evidence.expected)
    assert evidence.critical == pytest.approx(0.6 * evidence.expected)
    assert "30 %" in finding.explanation
    assert "-25 %" in finding.explanation


def test_witnesses_of_one_fault_make_one_finding_of_high_confidence(baseline: Baseline) -> None:
    leaking = frame(24, seed=4, q_pump=70.0)
    found = {each.key: each for each in judge(leaking, baseline).findings if each.severity}
    assert set(found) == {PUMP}
    assert {each.check_id for each in found[PUMP].evidence} == {"PMP-01", "PMP-02"}
    assert found[PUMP].confidence == "high"


def test_a_short_excursion_raises_nothing_and_a_lasting_one_does(baseline: Baseline) -> None:
    hot = np.full(1440, 45.0)
    hot[-25:] = 70.0
    assert TANK not in severities(judge(frame(24, t_tank=hot), baseline))
    hot[-60:] = 70.0
    assert severities(judge(frame(24, t_tank=hot), baseline))[TANK] is Severity.ALARM


def test_danger_comes_from_a_hard_limit_alone(baseline: Baseline) -> None:
    assert severities(judge(frame(24, t_tank=85.0), baseline))[TANK] is Severity.DANGER


def test_a_level_is_left_only_well_below_its_limit(baseline: Baseline) -> None:
    ongoing = {TANK: Severity.WARNING}
    just_below = frame(24, t_tank=59.0)
    assert severities(judge(just_below, baseline, ongoing=ongoing))[TANK] is Severity.WARNING
    assert TANK not in severities(judge(just_below, baseline))
    assert TANK not in severities(judge(frame(24, t_tank=45.0), baseline, ongoing=ongoing))


def test_a_missing_sensor_and_a_missing_baseline_are_said() -> None:
    reasons = {each.check_id: each.reason for each in judge(frame(24), None).skipped}
    assert reasons["PMP-03"] == "no sensor for case drain flow"
    assert reasons["CLR-01"] == "no healthy span is confirmed yet"
    assert reasons["VLV-02"] == "the machine is not diagnosed by working cycles"
    assert "TMP-01" not in reasons


def test_a_stuck_sensor_is_a_finding_and_what_rests_on_it_is_not_judged(
    baseline: Baseline,
) -> None:
    good = frame(24)
    stuck = np.array(good.mean["t_cooler_out"])
    stuck[480:] = 20.0
    spoilt = {**good.mean, "t_cooler_out": stuck}
    given = replace(good, mean=spoilt, low=spoilt, high=spoilt)
    assessment = judge(given, baseline)
    found = severities(assessment)
    assert FindingKey("sensor:T_COOLER_OUT", "is stuck") in found
    assert COOLER not in found
    reasons = {each.check_id: each.reason for each in assessment.skipped}
    assert "T_COOLER_OUT cannot be believed" in reasons["CLR-01"]


def test_a_silent_sensor_is_found_and_a_machine_that_rests_is_not(baseline: Baseline) -> None:
    good = frame(24)
    silent = np.array(good.mean["q_pump"])
    silent[-90:] = np.nan
    assessment = judge(replace(good, mean={**good.mean, "q_pump": silent}), baseline)
    assert FindingKey("sensor:Q_PUMP", "is silent") in severities(assessment)
    resting = frame(24, p_pump=0.0, q_pump=0.0, power=0.0)
    assert severities(judge(resting, baseline)) == {}


def test_a_person_s_limits_and_switches_count(baseline: Baseline) -> None:
    given = fouled(24, 0.3)
    lax = {"CLR-01": CheckOverride(warn=-40.0, critical=-60.0)}
    assert severities(judge(given, baseline, settings=lax)) == {}
    off = {"CLR-01": CheckOverride(is_enabled=False)}
    assessment = judge(given, baseline, settings=off)
    assert severities(assessment) == {}
    reasons = {each.check_id: each.reason for each in assessment.skipped}
    assert reasons["CLR-01"] == "switched off"


def test_health_is_half_at_the_warning_limit_and_none_at_the_alarm_limit(
    baseline: Baseline,
) -> None:
    def score(effectiveness: float) -> float:
        assessment = judge(fouled(24, effectiveness), baseline)
        [cooler] = [each for each in assessment.health if each.component == "cooler"]
        assert cooler.score is not None
        return cooler.score

    assert score(0.40) == pytest.approx(100, abs=3)
    assert score(0.32) == pytest.approx(50, abs=3)
    assert score(0.24) == pytest.approx(0, abs=3)


def test_a_baseline_survives_being_written_down(baseline: Baseline) -> None:
    steps = compute_steps(frame(24), channels(frame(1)), {})
    again = Baseline.from_dict(baseline.to_dict())
    for name in baseline.expectations:
        np.testing.assert_allclose(again.expect(name, steps), baseline.expect(name, steps))


@pytest.mark.parametrize(
    ("hours", "tank", "why"), [(10, None, "fewer than 96"), (72, 45.0, "between 4")]
)
def test_a_span_that_teaches_too_little_says_so(hours: float, tank: float | None, why: str) -> None:
    given = frame(hours) if tank is None else frame(hours, t_tank=tank)
    with pytest.raises(InvalidInput, match=why):
        learn_baseline(compute_steps(given, channels(given), {}))


def test_every_check_has_an_indicator_advice_and_a_source() -> None:
    for check in CHECKS:
        assert check.indicator in INDICATORS
        assert len(check.action) >= 2
        assert check.source
        assert check.manual_query
    assert len({check.id for check in CHECKS}) == len(CHECKS)
