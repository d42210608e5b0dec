"""What is down that manuals are read and searched with."""

import streamlit as st

from hydrodiag.health import ModelProbe
from hydrodiag.manuals.documents import count_unread
from hydrodiag.manuals.versions import IndexVersion, find_active
from hydrodiag.ui import resources
from hydrodiag.ui.jobs_schedulers import warn_without_scheduler
from hydrodiag.ui.model_outages import tell_outage
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import join_count

TICK_S = 5.0
BY_WORDS = "by words, part numbers, error codes and the English-Russian glossary"
WITHOUT_MODEL = "Manuals are searched by words alone, not by meaning."


def show_outages() -> None:
    """Above all tabs, and gone by itself once it is over."""
    st.fragment(_tell_reading, run_every=TICK_S)()
    with guarded("Index"):
        active = find_active(resources.database())
        if misses_vectors(active):
            tell_outage(_probe(active).ask, "embedding model", WITHOUT_MODEL)


def misses_vectors(active: IndexVersion | None) -> bool:
    """Whether the search is poorer than it is meant to be; an installation that has never had
    an Ollama is meant to search by words."""
    state = _probe(active).ask()
    has_vectors = active is not None and bool(active.embedder)
    return not state.is_ready and (state.is_wanted or has_vectors)


def _probe(active: IndexVersion | None) -> ModelProbe:
    """Of the model that the vectors of this version were made by; else of the one to be."""
    model = active.embedding_model if active else ""
    return resources.model_probe(model or resources.settings().default_embedding_model)


def _tell_reading() -> None:
    with guarded("Reading"):
        warn_without_scheduler(_describe_waiting(count_unread(resources.database())))


def _describe_waiting(count: int) -> str:
    if not count:
        return "Manuals added now wait to be read."
    waiting = join_count(count, "manual waits", "manuals wait")
    return f"{waiting} to be read: no search finds what is in there yet."
