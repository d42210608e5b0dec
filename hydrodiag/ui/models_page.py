"""Versions of condition models: which one judges, how good each is, and going back."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.diagnostics.models.versions import (
    LONGEST_REASON,
    TOPIC,
    ModelVersion,
    activate_version,
    delete_version,
    list_versions,
    retire,
    roll_back,
)
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.models_detail import show_version
from hydrodiag.ui.models_training import show_labels_upload, show_training
from hydrodiag.ui.reads import read
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant

STATES = {"training": "being trained", "ready": "ready", "failed": "failed"}


def show_models() -> None:
    with guarded("Models"):
        st.caption(
            "A model learns a component's condition from working cycles that you have labelled. It "
            "stands beside the checks as a second witness and never replaces them."
        )
        versions = read([TOPIC], list_versions)
        if versions:
            _show_versions(versions)
        else:
            show_empty("No models yet", "Train one below from labelled working cycles.",
                       icon=":material/model_training:")  # fmt: skip
        if may(Permission.MANAGE_DIAGNOSTICS):
            show_training()
            show_labels_upload()


def _show_versions(versions: Sequence[ModelVersion]) -> None:
    frame = build_version_frame(versions)
    event = st.dataframe(
        frame, hide_index=True, key="model_versions", on_select="rerun",
        selection_mode="multi-row", alt="Versions of condition models",
        column_config={name: st.column_config.NumberColumn(format="percent")
                       for name in ("Sessions left out", "Random folds", "Says something of")},
    )  # fmt: skip
    chosen = [versions[row] for row in event.selection.rows if row < len(versions)]
    if not chosen:
        st.caption("Choose a version to see how good it is, two to compare them.")
        return
    if len(chosen) == 1 and may(Permission.MANAGE_DIAGNOSTICS):
        _show_actions(chosen[0])
    for place, version in zip(st.columns(len(chosen[:2]), gap="large"), chosen, strict=False):
        with place:
            show_version(version)


def build_version_frame(versions: Sequence[ModelVersion]) -> pd.DataFrame:
    return pd.DataFrame([_build_row(each) for each in versions])


def _build_row(version: ModelVersion) -> dict[str, object]:
    left_out = version.metrics.get("groups_left_out", {})
    return {
        "Version": version.id,
        "Component": version.component,
        "State": "in use" if version.is_active else STATES[version.state],
        "Sessions left out": left_out.get("accuracy"),
        "Random folds": version.metrics.get("random_folds", {}).get("accuracy"),
        "Says something of": left_out.get("coverage"),
        "Cycles": version.trained_on.get("cycles"),
        "Sessions": version.trained_on.get("groups"),
        "Trained (UTC)": format_instant(version.created_at),
        "By": version.created_by,
    }


def _show_actions(version: ModelVersion) -> None:
    reason = ""
    if version.state == "ready" and version.is_flattered and not version.is_active:
        reason = st.text_input(
            "Why it is used all the same", version.acknowledged, max_chars=LONGEST_REASON,
            help="It is far better in random folds than in sessions that it had not seen.",
        ) or ""  # fmt: skip
    with st.container(horizontal=True):
        if version.is_active:
            if st.button("Go back to the version before", icon=":material/undo:", key="roll_back"):
                _do("roll back model", version,
                    lambda db, _: roll_back(db, me(), version.component))  # fmt: skip
            if st.button("Use no model", icon=":material/block:", key="retire",
                         help="Judge this component by checks alone."):  # fmt: skip
                _do("retire model", version, lambda db, _: retire(db, me(), version.component))
            return
        if version.state == "ready" and st.button(
            "Use this version", type="primary", icon=":material/check:", key="activate"
        ):
            _do("activate model", version,
                lambda db, _: activate_version(db, me(), version.id, reason))  # fmt: skip
        if version.state != "training" and st.button(
            "Delete", icon=":material/delete:", key="delete_version"
        ):
            _do("delete model", version, lambda db, _: delete_version(db, me(), version.id))


def _do(action: str, version: ModelVersion, work: Callable[[Database, str], object]) -> None:
    subject = f"{version.component} {version.id}"
    act_and_rerun(Permission.MANAGE_DIAGNOSTICS, action, subject, work)
