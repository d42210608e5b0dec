"""Condition models on a simulated rig: what they say, what they refuse to say, how they keep."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hydrodiag.diagnostics.cycles.stepping import build_steps
from hydrodiag.diagnostics.models.condition import NOT_ASSESSED, OUTSIDE, DiscriminantModel
from hydrodiag.diagnostics.models.judging import (
    calibration_error,
    list_recalls,
    sort_by_probability,
)
from hydrodiag.diagnostics.models.precharge import PrechargeModel
from hydrodiag.diagnostics.models.training import TrainedModel, check_publishable, train
from hydrodiag.diagnostics.models.verdicts import predict
from hydrodiag.diagnostics.models.witness import ActiveModel, add_witnesses, build_draft
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    FindingDraft,
    FindingKey,
    Severity,
    Steps,
)
from hydrodiag.errors import InvalidInput, Refused
from tests.rig import simulate

RUNS, EACH = 4, 12
CONDITIONS = {
    "valve": (100.0, 90.0, 80.0, 73.0),
    "pump": (0.0, 1.0, 2.0),
    "precharge_bar": (130.0, 115.0, 100.0, 90.0),
}


def steps_of(oil_c: np.ndarray, **conditions: Any) -> Steps:
    cycles = simulate(oil_c, **conditions)
    start = np.datetime64("2026-06-01T00:00:00", "us")
    return build_steps(cycles, start + np.arange(len(cycles)) * np.timedelta64(60_000_000, "us"))


@pytest.fixture(scope="module", name="seen")
def labelled() -> dict[str, tuple[Steps, np.ndarray, np.ndarray]]:
    """By condition: cycles of four sessions, each a little warmer, with labels and sessions."""
    found = {}
    for number, (name, levels) in enumerate(CONDITIONS.items()):
        labels = np.tile(np.repeat(levels, EACH), RUNS)
        session = np.repeat(np.arange(RUNS), EACH * len(levels))
        chance = np.random.default_rng(number)
        oil_c = 38 + 4 * session + chance.uniform(0, 6, len(labels))
        found[name] = (steps_of(oil_c, **{name: labels}, seed=number), labels, session)
    return found


@pytest.fixture(scope="module")
def valve(seen: dict[str, Any]) -> TrainedModel:
    steps, labels, session = seen["valve"]
    return train("valve", steps, labels, session, healthy=100)


@pytest.fixture(scope="module")
def accumulator(seen: dict[str, Any]) -> TrainedModel:
    steps, labels, session = seen["precharge_bar"]
    return train("accumulator", steps, labels, session, healthy=130)


def test_the_valve_is_told_in_sessions_that_were_left_out(valve: TrainedModel) -> None:
    told = valve.report
    assert told.groups_left_out.accuracy == 1
    assert told.groups_left_out.coverage > 0.9
    assert told.groups_left_out.calibration_error < 0.05
    assert not told.is_flattered
    assert (told.groups, told.classes["80"]) == (RUNS, EACH * RUNS)


def test_a_pump_is_told_too(seen: dict[str, Any]) -> None:
    steps, labels, session = seen["pump"]
    told = train("pump", steps, labels, session, healthy=0).report.groups_left_out
    assert told.accuracy > 0.95


def test_the_gas_model_knows_the_precharge_in_sessions_left_out(
    accumulator: TrainedModel,
) -> None:
    assert accumulator.model.kind == "gas"
    assert accumulator.report.groups_left_out.accuracy > 0.9
    assert isinstance(accumulator.model, PrechargeModel)
    mean, spread = accumulator.model.estimate(steps_of(np.full(6, 45.0), precharge_bar=108.0))
    assert mean == pytest.approx(108, abs=5)
    assert np.all(spread > 0)


@pytest.mark.parametrize("name", ["valve", "accumulator"])
def test_a_model_is_the_same_after_it_was_json(name: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(name).model
    kept = json.loads(json.dumps(model.to_dict()))
    again: Any = (DiscriminantModel if name == "valve" else PrechargeModel).from_dict(kept)
    worn = {"valve": 80} if name == "valve" else {"precharge_bar": 100}
    steps = steps_of(np.linspace(40, 50, 4), **worn)
    told, retold = predict({name: model}, steps)[name], again.judge(steps)
    assert list(told.label) == list(retold.label) == [str(*worn.values())] * 4
    assert told.probability == pytest.approx(retold.probability)


def test_what_lies_outside_of_the_learned_classes_is_unknown(valve: TrainedModel) -> None:
    steps = steps_of(np.linspace(40, 50, 4), valve=100)
    steps.values["valve_delay_ms"][:2] = 2000
    told = valve.model.judge(steps)
    assert list(told.label) == ["", "", "100", "100"]
    assert list(told.reason) == [OUTSIDE, OUTSIDE, "", ""]
    assert np.isnan(told.probability[:2]).all()


def test_a_cycle_in_which_the_load_valve_hangs_is_not_assessed(accumulator: TrainedModel) -> None:
    told = accumulator.model.judge(steps_of(np.full(3, 50.0), is_stuck=True))
    assert list(told.label) == [""] * 3
    assert list(told.reason) == [NOT_ASSESSED] * 3
    assert told.explain(0) == ()


def test_a_verdict_names_the_indicators_in_their_units(valve: TrainedModel) -> None:
    told = valve.model.judge(steps_of(np.full(2, 45.0), valve=80)).explain(0)
    delay = next(each for each in told if each.indicator == "valve_delay_ms")
    assert delay.value == pytest.approx(455, abs=20)
    assert delay.healthy == pytest.approx(279, abs=15)
    fact = delay.to_fact()
    assert fact.unit == "ms"
    assert "healthy 27" in fact.label
    assert "learned at 39 to 57 °C" in fact.label


def sessions_that_give_themselves_away() -> tuple[Steps, np.ndarray, np.ndarray]:
    """Each session has one condition alone, and an indicator that knows the session."""
    session = np.repeat(np.arange(6), 20)
    labels = np.where(session % 2, "worn", "good")
    chance = np.random.default_rng(5)
    mark = np.array([3.0, -1.0, 5.0, 1.0, -4.0, 7.0])[session] + chance.normal(0, 0.05, 120)
    times = np.datetime64("2026-06-01", "us") + np.arange(120) * np.timedelta64(60_000_000, "us")
    return Steps(times, 60.0, np.full(120, "load"), {"mark": mark}), labels, session


def test_a_model_that_knows_the_session_is_not_published_without_a_reason() -> None:
    steps, labels, session = sessions_that_give_themselves_away()
    waves = {f"w{k}": np.sin(k * steps.values["mark"]) for k in range(1, 7)}
    told = train("bearing", replace(steps, values=waves), labels, session, healthy="good")
    assert told.report.random_folds.accuracy > told.report.groups_left_out.accuracy + 0.05
    with pytest.raises(Refused, match="it has learned the groups"):
        check_publishable(told.report)
    check_publishable(told.report, "trial on one machine, watched by the shift")


def test_training_refuses_what_cannot_be_judged() -> None:
    steps, labels, session = sessions_that_give_themselves_away()
    with pytest.raises(InvalidInput, match="No class was seen in two groups"):
        train("bearing", steps, labels, session % 2, healthy="good")
    with pytest.raises(InvalidInput, match="is to be the healthy one"):
        train("bearing", steps, labels, session, healthy="new")
    rare = np.where(np.arange(120) < 5, "broken", labels)
    with pytest.raises(InvalidInput, match="fewer than 10"):
        train("bearing", steps, rare, session, healthy="good")


def test_probabilities_that_promise_too_much_are_measured() -> None:
    right = np.repeat([True, False], [60, 40])
    assert calibration_error(sort_by_probability(np.full(100, 0.9), right)) == pytest.approx(0.3)
    assert calibration_error(sort_by_probability(np.full(100, 0.6), right)) == pytest.approx(0)


def test_recall_tells_right_wrong_and_silent_apart() -> None:
    confusion = {"100": {"100": 3, "90": 1}, "90": {"unknown": 2, "90": 2}, "new": {"90": 1}}
    found = list_recalls(confusion)
    told = [(each.label, each.count, each.right, each.wrong, each.unknown) for each in found]
    assert told == [("90", 4, 0.5, 0, 0.5), ("100", 4, 0.75, 0.25, 0), ("new", 1, 0, 1, 0)]


def witness(trained: TrainedModel) -> ActiveModel:
    return ActiveModel(7, trained.model, trained.report.groups_left_out.accuracy)


def test_a_model_alone_warns_and_does_not_alarm(valve: TrainedModel) -> None:
    steps = steps_of(np.linspace(42, 46, 10), valve=73)
    [draft] = add_witnesses(Assessment((), (), ()), steps, {"valve": witness(valve)}).findings
    assert (draft.key, draft.severity) == (FindingKey("valve", "slow"), Severity.WARNING)
    assert "Valve opening delay" in draft.explanation
    assert draft.evidence[0].model_id == 7
    assert len(draft.action) >= 2


def physics(severity: Severity, steps: Steps, model: ActiveModel) -> FindingDraft:
    draft = build_draft(model, steps)
    assert draft is not None
    return replace(draft, severity=severity, confidence=Confidence.MEDIUM)


def test_beside_physics_a_model_is_a_second_witness_of_the_same_finding(
    valve: TrainedModel,
) -> None:
    steps, model = steps_of(np.linspace(42, 46, 10), valve=73), witness(valve)
    known = Assessment((physics(Severity.ALARM, steps, model),), (), ())
    [draft] = add_witnesses(known, steps, {"valve": model}).findings
    assert (draft.severity, draft.confidence) == (Severity.ALARM, Confidence.HIGH)
    assert draft.evidence[0].witnesses == ("MODEL",)
    assert len(draft.evidence) == 2


def test_against_physics_a_model_only_advises(valve: TrainedModel) -> None:
    steps, model = steps_of(np.linspace(42, 46, 10), valve=73), witness(valve)
    known = Assessment((physics(Severity.NORMAL, steps, model),), (), ())
    [draft] = add_witnesses(known, steps, {"valve": model}).findings
    assert (draft.severity, draft.confidence) == (Severity.ADVISORY, Confidence.LOW)


def test_a_single_cycle_says_nothing_and_a_healthy_valve_is_normal(valve: TrainedModel) -> None:
    assert build_draft(witness(valve), steps_of(np.full(1, 45.0), valve=73)) is None
    draft = build_draft(witness(valve), steps_of(np.linspace(42, 46, 10)))
    assert draft is not None
    assert draft.severity is Severity.NORMAL
