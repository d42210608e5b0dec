"""A hypertable in figures and over time."""

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from hydrodiag.timescale import (
    CleanupReport,
    Edition,
    HypertableStats,
    Policy,
    cleanup_old_partitions,
    detect_edition,
    get_hypertable_stats,
)
from hydrodiag.timescale.compression import SEAL
from hydrodiag.timescale.intervals import spell
from hydrodiag.ui import resources
from hydrodiag.ui.database_chunks import build_chunk_frame, classify_chunks
from hydrodiag.ui.database_timeline import build_timeline, describe_timeline
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.theme import line_colour
from hydrodiag.ui.wording import NOTHING, format_bytes, format_count, format_estimate


def show_figures(table: str) -> None:
    with guarded(table):
        stats = get_hypertable_stats(resources.database(), table)
        _show_metrics(stats)
        if not stats.chunks:
            show_empty("No chunks yet", "The first is made with the first reading, or ahead of it.")
            return
        _show_chunks(stats)


def plan_retention(table: str, policy: Policy | None) -> CleanupReport | None:
    """A dry run of retention, None where nothing ever goes."""
    if policy is None or policy.retain_for is None:
        return None
    return cleanup_old_partitions(resources.database(), table, policy.retain_for, dry_run=True)


def list_metrics(stats: HypertableStats) -> list[tuple[str, str, str]]:
    """Label, value and explanation of each figure."""
    growth, ratio = stats.growth, stats.compression_ratio
    retained = spell(stats.policy.retain_for) if stats.policy else "as long as it goes on"
    per_day = f"{format_bytes(growth.bytes_per_day)}" if growth else NOTHING
    return [
        ("Size", format_bytes(stats.total_bytes),
         f"Rows {format_bytes(stats.table_bytes)}, indexes {format_bytes(stats.index_bytes)}."),
        ("Rows, about", format_estimate(stats.approx_rows),
         "The planner's estimate; exact counts would read the whole table."),
        ("Chunks", format_count(len(stats.chunks)),
         f"One every {spell(stats.chunk_interval)}; {stats.compressed_chunks} compressed."),
        ("Growth a day", per_day,
         f"From {growth.basis}." if growth else "Needs two samples; one is stored every 10 min."),
        ("At full retention", format_bytes(stats.projected_bytes),
         f"Growth a day, kept {retained}."),
        ("Compression", f"{ratio:.1f} to 1" if ratio else NOTHING,
         "Size before against size after, of the compressed chunks."),
    ]  # fmt: skip


def pick_working(policy: Policy | None, edition: Edition) -> Policy | None:
    """What of a policy this server carries out."""
    if policy is None or not edition.compression_obstacle or policy.apache_mode == SEAL:
        return policy
    return replace(policy, compress_after=None)


def describe_ages(policy: Policy | None, now: datetime) -> str:
    """Where the lines of the policy lie, also those outside of the picture."""
    if policy is None:
        return "No policy: nothing is compressed or dropped."
    parts = []
    if policy.compress_after:
        parts.append(f"compresses what ended before {now - policy.compress_after:%Y-%m-%d}")
    if policy.retain_for:
        parts.append(f"drops what ended before {now - policy.retain_for:%Y-%m-%d}")
    return f"The policy {' and '.join(parts) or 'compresses and drops nothing'}."


def _show_metrics(stats: HypertableStats) -> None:
    with st.grid(3, min_column_width=130):
        for label, value, explanation in list_metrics(stats):
            st.metric(label, value, help=explanation, border=True)
    if stats.suggested_interval:
        st.caption(
            f":material/lightbulb: Chunks of {spell(stats.suggested_interval)} would suit this "
            "table better: the newest should fit into memory."
        )


def _show_chunks(stats: HypertableStats) -> None:
    now = datetime.now(UTC)
    policy = pick_working(stats.policy, detect_edition(resources.database()))
    shown = classify_chunks(stats.chunks, plan_retention(stats.table, stats.policy), now)
    st.plotly_chart(
        build_timeline(shown, policy, now, line_colour()),
        key=f"timeline_{stats.table}",
        alt=describe_timeline(shown),
        config={"displaylogo": False},
    )
    st.caption(describe_ages(policy, now))
    broken = [each.chunk.name for each in shown if each.chunk.has_broken_range]
    if broken:
        st.warning(
            f"Not drawn, a broken clock put them outside 2000 to 2100: {', '.join(broken)}.",
            icon=":material/alarm:",
        )
    st.dataframe(
        build_chunk_frame(shown),
        hide_index=True,
        column_config={"State": st.column_config.TextColumn(width="medium")},
        alt="Chunks, newest first",
    )
