"""Partitions, retention, compression, figures and health of the hypertables, on both editions."""

from hydrodiag.timescale.compression import compress_old_chunks
from hydrodiag.timescale.edition import Edition, detect_edition
from hydrodiag.timescale.health import timescale_health_check
from hydrodiag.timescale.holds import add_hold, list_holds, release_hold
from hydrodiag.timescale.hypertables import Hypertable, list_hypertables
from hydrodiag.timescale.partitions import ensure_partitions_for_range
from hydrodiag.timescale.policies import check_policy, find_policy, list_policies, save_policy
from hydrodiag.timescale.reports import (
    Chunk,
    CleanupReport,
    CompressReport,
    HealthReport,
    Hold,
    HypertableStats,
    PartitionPlan,
    Policy,
)
from hydrodiag.timescale.retention import cleanup_old_partitions
from hydrodiag.timescale.stats import get_hypertable_stats

__all__ = [
    "Chunk",
    "CleanupReport",
    "CompressReport",
    "Edition",
    "HealthReport",
    "Hold",
    "Hypertable",
    "HypertableStats",
    "PartitionPlan",
    "Policy",
    "add_hold",
    "check_policy",
    "cleanup_old_partitions",
    "compress_old_chunks",
    "detect_edition",
    "ensure_partitions_for_range",
    "find_policy",
    "get_hypertable_stats",
    "list_holds",
    "list_hypertables",
    "list_policies",
    "release_hold",
    "save_policy",
    "timescale_health_check",
]
