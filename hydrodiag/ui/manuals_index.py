"""Index versions: what is searched, going back to an older one, and how good each is."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.manuals.documents import list_documents
from hydrodiag.manuals.versions import IndexVersion, activate, list_versions, unpin
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import may
from hydrodiag.ui.manuals_outages import BY_WORDS, misses_vectors
from hydrodiag.ui.manuals_upload import ask_for_indexing
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_bytes, format_count, format_instant

RUSSIAN_SHARE = 0.2
ENGLISH_ONLY = ("nomic-embed-text", "all-minilm", "mxbai-embed-large")


def show_index() -> None:
    with guarded("Index"):
        versions = list_versions(resources.database())
        active = next((each for each in versions if each.is_active), None)
        _tell_method(active)
        if not versions:
            show_empty("No index yet", "It is built when the first manual has been read.",
                       icon=":material/deployed_code:")  # fmt: skip
        else:
            st.dataframe(build_version_frame(versions), hide_index=True, alt="Index versions")
        if may(Permission.MANAGE_MANUALS):
            _show_actions(versions, active)


def build_version_frame(versions: Sequence[IndexVersion]) -> pd.DataFrame:
    rows = [
        (each.name, _describe(each), len(each.revision_ids), format_count(each.chunk_count),
         format_bytes(each.size_bytes), each.embedder or "words alone",
         format_instant(each.ready_at), _tell_figures(each), each.error)
        for each in versions
    ]  # fmt: skip
    columns = [
        "Version",
        "State",
        "Manuals",
        "Passages",
        "Size",
        "Vectors by",
        "Ready (UTC)",
        "Judged",
        "Error",
    ]
    return pd.DataFrame(rows, columns=columns)


def _describe(version: IndexVersion) -> str:
    if version.is_active:
        return "Searched, pinned" if version.is_pinned else "Searched"
    return version.state.capitalize()


def _tell_figures(version: IndexVersion) -> str:
    """By your own questions; of versions that were not judged, nothing."""
    if not version.evaluation:
        return ""
    ranking, refusal = version.evaluation["ranking"], version.evaluation["refusal"]
    refused = refusal.get("recall")
    refusals = f", refusals {refused:.2f}" if refused is not None else ""
    return (
        f"recall@5 {ranking['recall_at_5']:.2f}, MRR {ranking['mrr']:.2f}{refusals}, "
        f"{version.evaluation['questions']} questions"
    )


def _tell_method(active: IndexVersion | None) -> None:
    if active is None:
        return
    if not active.embedder:
        _tell_words_alone(active)
        return
    documents = read(["manuals"], list_documents)
    russian = sum(each.chunks for each in documents if each.language == "ru")
    total = sum(each.chunks for each in documents)
    model = active.embedding_model
    is_english = model.startswith(ENGLISH_ONLY) and "v2" not in model
    if total and russian / total > RUSSIAN_SHARE and is_english:
        st.warning(
            f"{russian / total:.0%} of the passages are Russian, and `{model}` knows English only. "
            "Set `DEFAULT_EMBEDDING_MODEL` to `bge-m3` or `nomic-embed-text-v2-moe`.",
            title="The embedding model does not know Russian", icon=":material/translate:",
        )  # fmt: skip


def _tell_words_alone(active: IndexVersion) -> None:
    """Unless the page says above its tabs that the model is down."""
    if not misses_vectors(active):
        model = resources.settings().default_embedding_model
        st.info(
            f"Passages are found {BY_WORDS}. Start Ollama with `{model}` to search by meaning as "
            "well; a new version is then built by itself.",
            title="Without an embedding model", icon=":material/abc:",
        )  # fmt: skip


def _show_actions(versions: Sequence[IndexVersion], active: IndexVersion | None) -> None:
    others = {
        each.id: each.name for each in versions if each.state == "ready" and not each.is_active
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Index now", icon=":material/refresh:", key="index_now"):
            _do(ask_for_indexing)
        if active and active.is_pinned and st.button("Follow the newest", key="unpin"):
            _do(lambda: act(Permission.MANAGE_MANUALS, "unpin index", active.name, unpin))
        chosen = st.selectbox("Go back to", list(others), index=None, width=220, key="older",
                              format_func=others.__getitem__,
                              placeholder="a version")  # fmt: skip
        if st.button("Search this one", disabled=chosen is None, key="activate") and chosen:
            _do(lambda: act(
                Permission.MANAGE_MANUALS, "activate index", others[chosen],
                lambda db, user: activate(db, user, chosen, is_pinned=True),
            ))  # fmt: skip
    st.caption("A version you go back to stays until you follow the newest again.")


def _do(work: Callable[[], object]) -> None:
    try:
        work()
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.rerun()
