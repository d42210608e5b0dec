"""Since when no scheduler has run, told from what the last one has left."""

from datetime import timedelta

from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.jobs.silence import find_silence

HEARTBEAT = "INSERT INTO scheduler_heartbeat (id, host, pid, version, beat_at) VALUES "
JOB = "INSERT INTO job (id, title, description, queue) VALUES ('look', 'Look', '', 'ai-tasks')"


def execute(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for each in statements:
            connection.execute(text(each))


def silent_for(database: Database) -> timedelta:
    silence = find_silence(database)
    assert silence is not None
    assert silence.lasts is not None
    return silence.lasts


def test_there_is_no_silence_while_one_of_the_schedulers_lives(database: Database) -> None:
    execute(
        database,
        HEARTBEAT + "('old', 'a', 1, '1', now() - interval '2 h'), ('new', 'b', 2, '1', now())",
    )
    assert find_silence(database) is None


def test_a_scheduler_that_was_never_there_leaves_the_beginning_open(database: Database) -> None:
    silence = find_silence(database)
    assert silence is not None
    assert (silence.began_at, silence.lasts) == (None, None)


def test_the_last_heartbeat_of_a_killed_scheduler_begins_the_silence(database: Database) -> None:
    execute(database, HEARTBEAT + "('old', 'a', 1, '1', now() - interval '3 h')")
    assert timedelta(hours=3) <= silent_for(database) < timedelta(hours=4)


def test_a_scheduler_that_said_goodbye_is_known_by_the_last_run_it_took(database: Database) -> None:
    execute(
        database,
        JOB,
        "INSERT INTO job_run (job_id, queue, cause, status, started_at, finished_at) VALUES "
        "('look', 'ai-tasks', 'schedule', 'succeeded', now() - interval '9 h', "
        "now() - interval '8 h')",
    )
    assert timedelta(hours=8) <= silent_for(database) < timedelta(hours=9)


def test_what_people_stop_in_the_queue_is_no_sign_of_a_scheduler(database: Database) -> None:
    execute(
        database,
        JOB,
        "INSERT INTO job_run (job_id, queue, cause, status, finished_at) VALUES "
        "('look', 'ai-tasks', 'schedule', 'stopped', now())",
    )
    silence = find_silence(database)
    assert silence is not None
    assert silence.began_at is None
