"""What a model is trained on: machines, the label, what is healthy, the sessions."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics.models.label_keys import LabelKey, list_label_keys
from hydrodiag.diagnostics.models.model_jobs import TRAIN_MODELS
from hydrodiag.diagnostics.models.own_labels import FORM, LabelsAdded, add_labels
from hydrodiag.diagnostics.models.versions import TOPIC
from hydrodiag.diagnostics.models.witness import MODES
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import list_systems
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import me
from hydrodiag.ui.jobs_asked import AskedJob
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text

TRAINING = AskedJob("training_request", Permission.MANAGE_DIAGNOSTICS, "train model", TRAIN_MODELS)


def show_training() -> None:
    st.subheader("Train", anchor=False)
    keys = read([TOPIC, "fleet"], list_label_keys)
    if not keys:
        st.caption("No working cycle is labelled yet. Upload labels below, or import the rig's "
                   "set with `hydrodiag import-zema`.")  # fmt: skip
        return
    params = _pick(keys)
    if st.button("Train", type="primary", icon=":material/model_training:", key="train",
                 disabled=params is None) and params is not None:  # fmt: skip
        TRAINING.ask(str(params["component"]), params)
    TRAINING.watch()


def _pick(keys: Sequence[LabelKey]) -> dict[str, Any] | None:
    codes = {each.system_id: each.code for each in keys}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        systems = st.multiselect("Machines", list(codes), default=list(codes)[:1],
                                 format_func=codes.__getitem__, key="train_systems",
                                 width=260)  # fmt: skip
        chosen = [each for each in keys if each.system_id in systems]
        names = sorted({each.key for each in chosen})
        label = st.selectbox("Label", names, key="train_label", width=160)
        values = _list_values(chosen, label)
        healthy = st.selectbox("Healthy is", values, key=f"train_healthy_{label}", width=140)
        others = [each for each in names if each != label]
        group = st.selectbox(
            "Sessions", others, index=None, key=f"train_group_{label}", width=180,
            help="What tells one session, run or day from another. Without it nothing shows "
                 "whether a model knows the condition or the session.",
        )  # fmt: skip
        component = st.selectbox(
            "Component", _list_components(label), key=f"train_component_{label}", width=180,
            accept_new_options=True,
        )  # fmt: skip
    if not (systems and label and healthy and group and component):
        return None
    return {"component": component, "label": label, "healthy": healthy, "group": group,
            "system_ids": systems}  # fmt: skip


def _list_values(keys: Sequence[LabelKey], label: str | None) -> list[str]:
    found = [value for each in keys if each.key == label for value in each.values]
    return list(dict.fromkeys(found))


def _list_components(label: str | None) -> list[str]:
    """The label's own name first where it is one."""
    return sorted(MODES, key=lambda each: (each != label, each))


def show_labels_upload() -> None:
    with st.expander("Upload labels of working cycles", icon=":material/upload_file:"):
        st.caption(safe_text(
            f"CSV with a line a cycle: its start with the offset, and what is known of it. "
            f"First line such as {FORM}. Labels of other columns stay."
        ))  # fmt: skip
        codes = {each.id: each.code for each in read(["fleet"], list_systems)}
        system_id = st.selectbox("Machine", list(codes), format_func=codes.__getitem__,
                                 key="labels_system", width=240)  # fmt: skip
        file = st.file_uploader("Labels", type=["csv", "txt"], key="labels_file")
        if system_id is None or file is None:
            return
        if st.button("Add labels", icon=":material/add:", key="add_labels"):
            _add(system_id, codes[system_id], file.getvalue())


def _add(system_id: int, code: str, content: bytes) -> None:
    try:
        text = content.decode("utf-8")
        done = act(Permission.MANAGE_DIAGNOSTICS, "add labels", code,
                   lambda db, _: add_labels(db, me(), system_id, text))  # fmt: skip
    except UnicodeDecodeError:
        st.error("The file is no UTF-8 text. Save it as UTF-8.", icon=":material/error:")
        return
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    _tell(done)


def _tell(done: LabelsAdded) -> None:
    st.success(f"{done.added} cycles labelled.", icon=":material/check_circle:")
    if done.refused_n:
        st.warning(safe_text(f"{done.refused_n} lines refused. " + " ".join(done.refused)),
                   icon=":material/warning:")  # fmt: skip
