"""What each lifecycle run would do, and the way to start it: confirmed for one list of chunks."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.jobs import request_job
from hydrodiag.timescale import (
    CleanupReport,
    CompressReport,
    Policy,
    compress_old_chunks,
    ensure_partitions_for_range,
    find_policy,
)
from hydrodiag.timescale.intervals import spell
from hydrodiag.timescale.lifecycle_jobs import AHEAD
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.database_chunks import build_plan_frame
from hydrodiag.ui.database_figures import plan_retention
from hydrodiag.ui.identity import may
from hydrodiag.ui.jobs_progress import watch_request
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_bytes, format_estimate, format_instant, join_count

KINDS = ("Retention", "Compression", "Partitions")


def show_dry_runs(table: str) -> None:
    with guarded("Dry run"):
        kind = st.segmented_control(
            "Run", KINDS, default=KINDS[0], required=True, key="run", bind="query-params"
        )
        policy = find_policy(resources.database(), table)
        if policy is None:
            show_empty("No policy", f"Give {table} one under Policy, then its runs can be planned.")
            return
        SHOW[kind or KINDS[0]](policy)
        request_id = st.session_state.get(_request_key(table, kind or ""))
        if request_id is not None:
            watch_request(request_id)


def _show_retention(policy: Policy) -> None:
    plan = plan_retention(policy.table_name, policy)
    if plan is None:
        show_empty("Kept for ever", "The policy of this table drops nothing.")
        return
    st.markdown(describe_retention(plan))
    now = datetime.now(UTC)
    if plan.dropped:
        st.dataframe(build_plan_frame(plan.dropped, now), hide_index=True, alt="Chunks that go")
    if plan.kept:
        st.caption("Older as well, but kept:")
        st.dataframe(_build_kept_frame(plan, now), hide_index=True, alt="Chunks that stay")
    if plan.refusal:
        st.warning(plan.refusal, title="Needs to be forced", icon=":material/front_hand:")
    if may(Permission.RUN_JOBS) and st.button(
        "Drop these chunks", icon=":material/delete:", key="drop", disabled=not plan.dropped
    ):
        _confirm_retention(policy, plan)


def describe_retention(plan: CleanupReport) -> str:
    """What a run of retention takes, in a sentence."""
    cutoff = format_instant(plan.cutoff_at)
    if not plan.dropped:
        return f"Nothing to drop: no chunk ends before {cutoff} UTC and is free to go."
    return (
        f"**{join_count(len(plan.dropped), 'chunk', 'chunks')}** of {plan.table_chunks} would go: "
        f"about {format_estimate(plan.approx_rows)} rows, {format_bytes(plan.freed_bytes)}. "
        f"They end before {cutoff} UTC."
    )


def _build_kept_frame(plan: CleanupReport, now: datetime) -> pd.DataFrame:
    frame = build_plan_frame([each.chunk for each in plan.kept], now)
    frame.insert(1, "Why it stays", [each.reason for each in plan.kept])
    return frame


@st.dialog("Drop chunks for good", icon=":material/delete_forever:")
def _confirm_retention(policy: Policy, plan: CleanupReport) -> None:
    st.markdown(describe_retention(plan))
    st.markdown("Their readings cannot be brought back. Rollups of them stay.")
    force = bool(plan.refusal)
    if force:
        st.warning(plan.refusal)
    is_sure = st.checkbox(
        "I have checked the list and want these chunks dropped"
        + (", more than half of the table" if force else ""),
        key=f"sure_{plan.plan_key}",
    )
    if st.button("Drop", type="primary", key="confirm_drop", disabled=not is_sure):
        fresh = plan_retention(policy.table_name, policy)
        if fresh is None or fresh.plan_key != plan.plan_key:
            st.error("The list has changed since you saw it. Close this and look at the new one.")
            return
        params = {"table": policy.table_name, "plan_key": plan.plan_key, "force": force}
        _request("cleanup_old_partitions", params, "Retention")
        st.rerun()


def _show_compression(policy: Policy) -> None:
    if policy.compress_after is None:
        show_empty("Never compressed", "The policy of this table compresses nothing.")
        return
    plan = compress_old_chunks(
        resources.database(), policy.table_name, policy.compress_after, dry_run=True
    )
    if plan.mode == "unavailable":
        st.info(f"{plan.reason} The policy applies as soon as the edition does.",
                title="Not available on this edition", icon=":material/block:")  # fmt: skip
        return
    st.markdown(describe_compression(plan))
    if plan.planned:
        frame = build_plan_frame(plan.planned, datetime.now(UTC))
        st.dataframe(frame, hide_index=True, alt="Chunks that are compressed")
    _show_run_button("compress_old_chunks", policy, "Compression", is_idle=not plan.planned)


def describe_compression(plan: CompressReport) -> str:
    """What a run of compression takes, in a sentence."""
    verb = "compressed" if plan.mode == "compress" else "sealed"
    if not plan.planned:
        return f"Nothing to do: every closed chunk of this age is {verb}."
    size = sum(chunk.size_bytes for chunk in plan.planned)
    chunks = join_count(len(plan.planned), "chunk", "chunks")
    return f"**{chunks}**, {format_bytes(size)} now, would be {verb}. {plan.reason}".strip()


def _show_partitions(policy: Policy) -> None:
    now = datetime.now(UTC)
    plan = ensure_partitions_for_range(
        resources.database(), policy.table_name, now, now + AHEAD * policy.chunk_interval,
        policy.chunk_interval, dry_run=True,
    )  # fmt: skip
    until = format_instant(plan.range.end)
    ahead = f"the next {AHEAD} intervals of {spell(policy.chunk_interval)}, up to {until} UTC"
    if not plan.missing:
        st.markdown(
            f"All there: {join_count(len(plan.existing), 'chunk', 'chunks')} cover {ahead}."
        )
    else:
        st.markdown(f"**{join_count(len(plan.missing), 'chunk', 'chunks')}** missing for {ahead}.")
        rows = [(format_instant(each.start), format_instant(each.end)) for each in plan.missing]
        frame = pd.DataFrame(rows, columns=["From (UTC)", "To (UTC)"])
        st.dataframe(frame, hide_index=True, width="content", alt="Chunks that are missing")
    _show_run_button("ensure_partitions", policy, "Partitions", is_idle=not plan.missing)


def _show_run_button(job_id: str, policy: Policy, kind: str, *, is_idle: bool) -> None:
    if not may(Permission.RUN_JOBS):
        return
    st.button(
        "Run now", icon=":material/play_arrow:", type="primary", key=f"run_{job_id}",
        disabled=is_idle, on_click=_request, args=(job_id, {"table": policy.table_name}, kind),
    )  # fmt: skip


def _request(job_id: str, params: dict[str, Any], kind: str) -> None:
    try:
        request_id = act(
            Permission.RUN_JOBS, "run job", job_id,
            lambda db, name: request_job(db, job_id, params, requested_by=name), params,
        )  # fmt: skip
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
        return
    st.session_state[_request_key(params["table"], kind)] = request_id


def _request_key(table: str, kind: str) -> str:
    return f"_request_{table}_{kind}"


SHOW: dict[str, Callable[[Policy], None]] = {
    "Retention": _show_retention,
    "Compression": _show_compression,
    "Partitions": _show_partitions,
}
