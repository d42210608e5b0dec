from hydrodiag.db import Database
from hydrodiag.jobs import JobSpec, Queue, list_runs
from hydrodiag.jobs.turns import plan_turns, publish_jobs, queue_due_turns


def build_job(job_id: str, cadence: str) -> JobSpec:
    return JobSpec(
        id=job_id,
        title=job_id,
        description="",
        queue=Queue.MAINTENANCE,
        cadence=cadence,
        run=lambda _: {},
    )


HOURLY = build_job("hourly", "every 1h")
NIGHTLY = build_job("nightly", "daily 02:10")


def take_turns(database: Database) -> list[str]:
    """The jobs that a scheduler which has just started would run now."""
    publish_jobs(database, [HOURLY, NIGHTLY])
    plan_turns(database, "UTC")
    queue_due_turns(database, "UTC")
    return [run.job_id for run in list_runs(database)]


def test_a_new_job_at_intervals_comes_at_once_and_one_at_a_clock_time_waits(
    database: Database,
) -> None:
    assert take_turns(database) == ["hourly"]


def test_a_restart_adds_no_turn(database: Database) -> None:
    take_turns(database)
    assert take_turns(database) == ["hourly"]
