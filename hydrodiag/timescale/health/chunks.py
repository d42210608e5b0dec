"""Chunks: made ahead, small enough, in a sane range, compressed in time, rolled up."""

from datetime import timedelta

from sqlalchemy import Connection

from hydrodiag.db import NamedQueries
from hydrodiag.timescale.edition import probe_edition
from hydrodiag.timescale.health.check import OK, Check, Verdict, grade
from hydrodiag.timescale.intervals import spell

SQL = NamedQueries(__file__, "chunks.sql")
FEWEST_AHEAD = 1.0
LATE_COMPRESSION = timedelta(days=2)
SLOW_ROLLUP, STUCK_ROLLUP = timedelta(minutes=10), timedelta(hours=1)


def judge_runway(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["find_runway"]).all()
    short = [row for row in rows if row.intervals < FEWEST_AHEAD]
    shown = ", ".join(f"{row.name} {row.intervals:.1f}" for row in short or rows)
    return Verdict(grade(False, bool(short)), f"{shown} intervals" if shown else "no hypertables")


def judge_size(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["list_large_chunks"]).all()
    shown = ", ".join(f"{row.name}: {_mib(row.index_bytes)} of indexes" for row in rows)
    return Verdict(grade(False, bool(rows)), shown or "every recent chunk fits")


def judge_ranges(connection: Connection) -> Verdict:
    names = list(connection.execute(SQL["list_odd_chunks"]).scalars())
    return Verdict(grade(False, bool(names)), ", ".join(names) or "none")


def judge_compression(connection: Connection) -> Verdict:
    edition = probe_edition(connection)
    if edition.compression_obstacle:
        return Verdict(OK, f"not available on this edition ({edition.name})")
    found = connection.execute(SQL["count_uncompressed"], {"grace": LATE_COMPRESSION}).one()
    value = f"{found.waiting} chunks overdue, {found.partial} with late rows"
    return Verdict(grade(False, found.waiting > 0 or found.partial > 0), value)


def judge_rollups(connection: Connection) -> Verdict:
    found = connection.execute(SQL["find_oldest_dirty"]).one()
    if found.age is None:
        return Verdict(OK, "up to date")
    age = timedelta(seconds=int(found.age.total_seconds()))
    value = f"{found.ranges} ranges pending, the oldest for {spell(age)}"
    return Verdict(grade(age > STUCK_ROLLUP, age > SLOW_ROLLUP), value)


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):.0f} MiB"


CHECKS = (
    Check(
        "future_chunks",
        "Chunks made ahead",
        f"at least {FEWEST_AHEAD:g} interval",
        "Run the job `ensure_partitions`; is the scheduler running?",
        judge_runway,
    ),
    Check(
        "chunk_size",
        "Chunk size",
        "indexes of a recent chunk within shared_buffers, or 256 MiB",
        "Choose a shorter chunk interval on the Database page.",
        judge_size,
    ),
    Check(
        "chunk_ranges",
        "Chunks in odd years",
        "none before 2000 or more than a year ahead of what is needed",
        "A clock was wrong. Delete the readings, then drop the chunk; retention leaves it alone.",
        judge_ranges,
    ),
    Check(
        "compression_lag",
        "Compression",
        f"within {spell(LATE_COMPRESSION)} of the policy's age",
        "Run the job `compress_old_chunks` and see what it reports.",
        judge_compression,
    ),
    Check(
        "rollup_lag",
        "Rollups",
        f"changes taken up within {spell(SLOW_ROLLUP)}",
        "Run the job `refresh_rollups`; is the scheduler running?",
        judge_rollups,
    ),
)
