"""Training condition models as a job: on request, from labelled cycles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from hydrodiag.diagnostics.models.labelled import LabelledSteps, Request, load_labelled
from hydrodiag.diagnostics.models.training import train
from hydrodiag.diagnostics.models.versions import begin_version, fail_version, finish_version
from hydrodiag.errors import HydroDiagError, InvalidInput
from hydrodiag.jobs import JobContext, JobSpec, Queue

TRAIN_MODELS = "train_models"
NEEDED = ("component", "healthy", "group", "system_ids")


def train_models(context: JobContext) -> Mapping[str, Any]:
    """One model. `params`: component, healthy (the label that is no fault), group (the key of the
    sessions in the labels), system_ids; label (by default the component), indicators, from_at and
    to_at (ISO instants), asked_by. The version is ready or failed, never used by itself.
    """
    params = context.params
    missing = [name for name in NEEDED if params.get(name) in (None, "", [])]
    if missing:
        raise InvalidInput(
            f"The training lacks: {', '.join(missing)}.",
            hint="Without groups nothing shows whether a model knows the condition or the session.",
        )
    component = str(params["component"])
    asked_by = str(params.get("asked_by", ""))
    version_id = begin_version(context.database, asked_by, component, dict(params))
    try:
        return {"version": version_id, **_train(context, version_id)}
    except HydroDiagError as error:
        fail_version(context.database, version_id, str(error))
        raise


def _train(context: JobContext, version_id: int) -> Mapping[str, Any]:
    params = context.params
    told = load_labelled(context.database, _read_request(params), context.report)
    context.report(None, f"Training on {len(told.labels)} cycles")
    trained = train(
        str(params["component"]), told.steps, told.labels, told.groups,
        healthy=params["healthy"], indicators=params.get("indicators"),
    )  # fmt: skip
    finish_version(context.database, version_id, trained, _describe(told))
    report = trained.report
    return {
        "cycles": report.steps, "groups": report.groups,
        "accuracy_random_folds": round(report.random_folds.accuracy, 4),
        "accuracy_groups_left_out": round(report.groups_left_out.accuracy, 4),
        "is_flattered": report.is_flattered,
    }  # fmt: skip


def _read_request(params: Mapping[str, Any]) -> Request:
    from_at, to_at = (
        datetime.fromisoformat(str(params[name])) if params.get(name) else None
        for name in ("from_at", "to_at")
    )
    return Request(
        label=str(params.get("label") or params["component"]), group=str(params["group"]),
        system_ids=tuple(map(int, params["system_ids"])), from_at=from_at, to_at=to_at,
    )  # fmt: skip


def _describe(told: LabelledSteps) -> dict[str, Any]:
    times = told.steps.times
    return {
        "cycles": len(told.labels), "groups": len(set(told.groups)),
        "first_at": str(np.min(times)), "last_at": str(np.max(times)),
    }  # fmt: skip


JOBS: tuple[JobSpec, ...] = (
    JobSpec(
        id=TRAIN_MODELS,
        title="Train a condition model",
        description="Learns a component's condition from labelled cycles; a person puts it in use.",
        queue=Queue.DIAGNOSTICS,
        cadence=None,
        run=train_models,
        max_attempts=1,
    ),
)
