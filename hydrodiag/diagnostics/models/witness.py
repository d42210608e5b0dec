"""The verdict of a model as a witness beside physics: it opens no second finding.

A model alone says WARNING at most, and ADVISORY against a physics check that was made and sees
nothing; beside one that sees the same it adds its evidence and makes the finding surer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from hydrodiag.diagnostics.catalogue.checks import CHECKS
from hydrodiag.diagnostics.models.verdicts import ConditionModel, Contribution, Verdicts
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    Evidence,
    FindingDraft,
    FindingKey,
    Severity,
    Steps,
)

MODES: Mapping[str, str] = {
    "valve": "slow", "pump": "internal leakage", "cooler": "fouled",
    "accumulator": "pre-charge lost",
}  # fmt: skip
CHECK_ID = "MODEL"
LOOKED_AT, FEWEST, IN_A_ROW = 10, 5, 3
SURE = 0.9
CHECK_IT = ("Inspect the component before you rely on the model alone.",)


@dataclass(frozen=True)
class ActiveModel:
    """`accuracy` is that of groups left out, as its training told."""

    id: int
    model: ConditionModel
    accuracy: float


def build_draft(active: ActiveModel, steps: Steps) -> FindingDraft | None:
    """By the last ten verdicts; None where there are too few."""
    verdicts = active.model.judge(steps)
    places = np.flatnonzero(verdicts.is_known)[-LOOKED_AT:]
    label = _settle(verdicts, places)
    if label is None:
        return None
    agreeing = places[verdicts.label[places] == label]
    is_healthy = label == active.model.healthy
    key = FindingKey(active.model.component, MODES.get(active.model.component, "condition changed"))
    check = next((each for each in CHECKS if each.key == key), None)
    contributions = verdicts.explain(int(agreeing[-1]))
    return FindingDraft(
        key=key,
        severity=Severity.NORMAL if is_healthy else Severity.WARNING,
        confidence=Confidence.MEDIUM,
        title=check.title if check else f"{key.component.capitalize()}: condition {label}",
        explanation=_explain(active, label, contributions, len(agreeing), len(places)),
        since_at=_instant(steps, int(agreeing[0])),
        last_at=_end(steps, int(places[-1])),
        evidence=(_build_evidence(active, steps, agreeing, contributions),),
        action=check.action if check else CHECK_IT,
        manual_query=check.manual_query if check else f"{key.component} fault causes and remedy",
    )


def add_witnesses(
    assessment: Assessment, steps: Steps, models: Mapping[str, ActiveModel]
) -> Assessment:
    """Each model's draft joined to the one of the same failure mode, or added."""
    drafts = {each.key: each for each in assessment.findings}
    for active in models.values():
        found = build_draft(active, steps)
        if found is not None:
            known = drafts.get(found.key)
            drafts[found.key] = found if known is None else _join(known, found)
    return replace(assessment, findings=tuple(drafts.values()))


def _join(known: FindingDraft, model: FindingDraft) -> FindingDraft:
    if model.severity is Severity.NORMAL:
        return known
    if known.severity is Severity.NORMAL:
        return replace(
            model, severity=Severity.ADVISORY, confidence=Confidence.LOW,
            explanation=f"{model.explanation} The physics check of the same fault sees nothing.",
        )  # fmt: skip
    evidence = tuple(
        replace(each, witnesses=(*each.witnesses, CHECK_ID)) for each in known.evidence
    )
    return replace(known, confidence=Confidence.HIGH, evidence=(*evidence, *model.evidence))


def _settle(verdicts: Verdicts, places: "np.ndarray") -> str | None:
    """The class of the last three verdicts where all are sure, else that of more than half."""
    last = places[-IN_A_ROW:]
    labels = verdicts.label[last]
    if (
        len(last) == IN_A_ROW
        and len(set(labels)) == 1
        and (verdicts.probability[last] > SURE).all()
    ):
        return str(labels[0])
    if len(places) < FEWEST:
        return None
    names, counts = np.unique(verdicts.label[places], return_counts=True)
    return str(names[counts.argmax()]) if counts.max() > len(places) / 2 else None


def _explain(
    active: ActiveModel,
    label: str,
    contributions: tuple[Contribution, ...],
    agreeing: int,
    looked_at: int,
) -> str:
    told = "; ".join(
        f"{each.name} {each.value:.3g} {each.unit} (healthy {each.healthy:.3g} ± {each.spread:.2g})"
        for each in contributions
    )
    return (
        f"The condition model {active.id} says {label} in {agreeing} of the last {looked_at} "
        f"steps. {told}."
    )


def _build_evidence(
    active: ActiveModel,
    steps: Steps,
    agreeing: "np.ndarray",
    contributions: tuple[Contribution, ...],
) -> Evidence:
    """Of the strongest indicator. No limits: the model weighs all of them together."""
    first = contributions[0]
    return Evidence(
        check_id=CHECK_ID, indicator=first.indicator, indicator_name=first.name, unit=first.unit,
        value=first.value, warn=None, critical=None, start_at=_instant(steps, int(agreeing[0])),
        end_at=_end(steps, int(agreeing[-1])), steps=len(agreeing) if first.indicator else 0,
        formula="", expected=first.healthy, model_id=active.id,
        source=f"condition model {active.id}, right in {active.accuracy:.1%} of sessions that it "
        "had not seen",
        facts=tuple(each.to_fact() for each in contributions),
        contributions=tuple(each.to_fact() for each in contributions),
    )  # fmt: skip


def _instant(steps: Steps, place: int) -> datetime:
    instant: datetime = steps.times[place].astype("datetime64[us]").astype(datetime)
    return instant.replace(tzinfo=UTC)


def _end(steps: Steps, place: int) -> datetime:
    return _instant(steps, place) + timedelta(seconds=steps.step_s)
