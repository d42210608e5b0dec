"""How each hypertable is cut, compressed and kept: in the database, checked as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.timescale.hypertables import check_table_name, resolve_hypertable
from hydrodiag.timescale.intervals import (
    LONGEST_SPAN,
    RETENTION_FLOOR,
    SHORTEST_AGE,
    check_chunk_interval,
    check_span,
    spell,
)
from hydrodiag.timescale.locking import patiently, short_transaction
from hydrodiag.timescale.partitions import apply_chunk_interval
from hydrodiag.timescale.reports import Policy

SQL = NamedQueries(__file__, "policies.sql")
TOPIC = "lifecycle"
SHORTEST_POLICY_CHUNK = timedelta(hours=1)
# Fine to coarse: a coarser table is what remains when a finer one is gone.
LEVELS = ("sensor_data", "sensor_data_1m", "sensor_data_1h")
APACHE_MODES = ("skip", "seal")


def list_policies(db: Database) -> list[Policy]:
    with db.read() as connection:
        return load_policies(connection)


def find_policy(db: Database, table: str) -> Policy | None:
    with db.read() as connection:
        return load_policy(connection, table)


def load_policies(connection: Connection) -> list[Policy]:
    rows = connection.execute(SQL["list_policies"], {"table": None})
    return [Policy(**row._mapping) for row in rows]


def load_policy(connection: Connection, table: str) -> Policy | None:
    rows = connection.execute(SQL["list_policies"], {"table": table})
    return next((Policy(**row._mapping) for row in rows), None)


def save_policy(db: Database, policy: Policy, *, changed_by: str) -> Policy:
    """Store the policy; chunks to come get its interval, in the same transaction.

    Raises InvalidInput naming the values that contradict each other, in the policy or with
    those of the other tables.
    """
    check_table_name(policy.table_name)
    check_policy(policy)
    with db.maintain() as connection:
        hypertable = resolve_hypertable(connection, policy.table_name)

        def save() -> Policy:
            with short_transaction(connection):
                connection.execute(SQL["lock_policies"])
                check_policy(policy, load_policies(connection))
                values = {**asdict(policy), "updated_by": changed_by}
                saved = connection.execute(SQL["upsert_policy"], values).one()
                apply_chunk_interval(connection, hypertable, policy.chunk_interval)
                bump_generation(connection, TOPIC)
                return Policy(**saved._mapping)

        return patiently(save)


def check_policy(policy: Policy, others: Iterable[Policy] = ()) -> None:
    """Raises InvalidInput with every contradiction there is."""
    check_chunk_interval(policy.chunk_interval, SHORTEST_POLICY_CHUNK)
    if policy.compress_after is not None:
        check_span("compression age", policy.compress_after, SHORTEST_AGE, LONGEST_SPAN)
    if policy.retain_for is not None:
        check_span("retention period", policy.retain_for, RETENTION_FLOOR, LONGEST_SPAN)
    by_table = {other.table_name: other for other in others} | {policy.table_name: policy}
    problems = [*_own_problems(policy), *_problems_between(policy, by_table)]
    if problems:
        raise InvalidInput(f"{policy.table_name}: {' '.join(problems)}")


def _own_problems(policy: Policy) -> Iterator[str]:
    interval, compress, retain = policy.chunk_interval, policy.compress_after, policy.retain_for
    if policy.apache_mode not in APACHE_MODES:
        yield f"The mode {policy.apache_mode!r} is none of {', '.join(APACHE_MODES)}."
    if compress is not None and compress < interval:
        yield (
            f"Compressing after {spell(compress)} is sooner than a chunk of {spell(interval)} "
            "is closed."
        )
    if compress is not None and retain is not None and retain <= compress:
        yield (
            f"Keeping for {spell(retain)} is not longer than the {spell(compress)} after which "
            "chunks are compressed."
        )
    if retain is not None and retain < interval:
        yield f"Keeping for {spell(retain)} is shorter than a chunk of {spell(interval)}."


def _problems_between(policy: Policy, by_table: dict[str, Policy]) -> Iterator[str]:
    """A rollup has to be kept at least as long as what it is computed from."""
    present = [by_table[table] for table in LEVELS if table in by_table]
    for finer, coarser in pairwise(present):
        if policy.table_name not in (finer.table_name, coarser.table_name):
            continue
        if _outlives(finer.retain_for, coarser.retain_for):
            yield (
                f"{finer.table_name} would be kept {_kept(finer.retain_for)}, its rollup "
                f"{coarser.table_name} only {_kept(coarser.retain_for)}."
            )


def _outlives(finer: timedelta | None, coarser: timedelta | None) -> bool:
    return coarser is not None and (finer is None or finer > coarser)


def _kept(span: timedelta | None) -> str:
    return "for ever" if span is None else f"for {spell(span)}"
