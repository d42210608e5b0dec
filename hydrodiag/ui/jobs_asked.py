"""A job that a page asks for and follows until it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.jobs import JobRun, request_job
from hydrodiag.ui.acting import act
from hydrodiag.ui.jobs_progress import watch_request
from hydrodiag.ui.safe_text import safe_text


@dataclass(frozen=True)
class AskedJob:
    """`key` is its place in the session; one at a time is followed there."""

    key: str
    permission: Permission
    action: str
    job_id: str

    def ask(self, subject: str, params: Mapping[str, Any] | None = None) -> None:
        try:
            st.session_state[self.key] = act(
                self.permission, self.action, subject,
                lambda db, user: request_job(
                    db, self.job_id, {**(params or {}), "asked_by": user}, requested_by=user
                ),
            )  # fmt: skip
        except HydroDiagError as error:
            st.error(safe_text(str(error)), icon=":material/error:")

    def watch(self) -> None:
        """The page anew once it has succeeded; why, where it has not."""
        if request := st.session_state.get(self.key):
            watch_request(request, on_success=self._forget)

    def _forget(self, _run: JobRun) -> None:
        st.session_state.pop(self.key, None)
        st.rerun()
