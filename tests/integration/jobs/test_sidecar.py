from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.jobs import (
    find_job,
    find_run_of_request,
    list_runs,
    list_schedulers,
    pause_job,
    request_job,
    request_stop,
    reschedule_job,
    resume_job,
)

Start = Callable[[], "SidecarProcess"]  # noqa: F821
Eventually = Callable[..., None]


def status_of(database: Database, request_id: int) -> str:
    run = find_run_of_request(database, request_id)
    return run.status if run else ""


def statuses(database: Database, job_id: str) -> list[str]:
    return [run.status for run in reversed(list_runs(database, job_id=job_id))]


def test_two_schedulers_run_each_turn_once(
    database: Database, start_sidecar: Start, eventually: Eventually, tmp_path: Path
) -> None:
    start_sidecar()
    start_sidecar()
    eventually(lambda: statuses(database, "tick").count("succeeded") >= 5)
    pause_job(database, "tick")
    eventually(lambda: not set(statuses(database, "tick")) & {"queued", "running"})
    runs = list_runs(database, job_id="tick", status="succeeded")
    seconds = [int(run.queued_at.timestamp()) for run in runs]
    assert len(seconds) == len(set(seconds))
    assert len((tmp_path / "tick").read_text().splitlines()) == len(runs)


def test_a_request_runs_with_its_parameters_and_keeps_its_result(
    database: Database, start_sidecar: Start, eventually: Eventually
) -> None:
    start_sidecar()
    request = request_job(database, "tick", {"depth_m": 3}, requested_by="anna")
    eventually(lambda: status_of(database, request) == "succeeded")
    run = find_run_of_request(database, request)
    assert run is not None
    assert run.result == {"seen": {"depth_m": 3}}
    assert (run.requested_by, run.progress, run.attempt) == ("anna", 1, 1)
    assert run.duration is not None


def test_a_request_made_while_no_scheduler_runs_is_not_lost(
    database: Database, start_sidecar: Start, eventually: Eventually
) -> None:
    start_sidecar().terminate()
    request = request_job(database, "tick", requested_by="anna")
    assert status_of(database, request) == "queued"
    start_sidecar()
    eventually(lambda: status_of(database, request) == "succeeded")


def test_a_killed_scheduler_leaves_its_run_lost_and_the_request_runs_again(
    database: Database, start_sidecar: Start, eventually: Eventually, tmp_path: Path
) -> None:
    first = start_sidecar()
    request = request_job(database, "work_until_told", requested_by="anna")
    eventually(lambda: status_of(database, request) == "running")
    first.kill()
    (tmp_path / "enough").touch()
    start_sidecar()
    eventually(lambda: statuses(database, "work_until_told") == ["lost", "succeeded"])
    lost = list_runs(database, job_id="work_until_told", status="lost")[0]
    assert "killed" in lost.error


def test_a_turn_lost_by_a_kill_runs_again_at_the_next_turn(
    database: Database, start_sidecar: Start, eventually: Eventually, tmp_path: Path
) -> None:
    first = start_sidecar()
    make_due(database, "work_by_turns")
    eventually(lambda: statuses(database, "work_by_turns") == ["running"])
    first.kill()
    start_sidecar()
    eventually(lambda: statuses(database, "work_by_turns") == ["lost"])
    (tmp_path / "enough").touch()
    make_due(database, "work_by_turns")
    eventually(lambda: statuses(database, "work_by_turns") == ["lost", "succeeded"])


def test_a_second_scheduler_takes_over_what_the_first_handed_back(
    database: Database, start_sidecar: Start, eventually: Eventually, tmp_path: Path
) -> None:
    first = start_sidecar()
    request = request_job(database, "work_until_told", requested_by="anna")
    eventually(lambda: status_of(database, request) == "running")
    start_sidecar()
    assert first.terminate() == 0
    eventually(lambda: statuses(database, "work_until_told") == ["handed_back", "running"])
    (tmp_path / "enough").touch()
    eventually(lambda: status_of(database, request) == "succeeded")


def test_a_job_that_does_not_listen_is_handed_back_after_the_grace_time(
    database: Database, start_sidecar: Start, eventually: Eventually, tmp_path: Path
) -> None:
    first = start_sidecar()
    request = request_job(database, "ignore_everything", requested_by="anna")
    eventually(lambda: status_of(database, request) == "running")
    first.terminate()
    assert statuses(database, "ignore_everything") == ["handed_back", "queued"]
    (tmp_path / "enough").touch()
    start_sidecar()
    eventually(lambda: status_of(database, request) == "succeeded")


def test_a_stopped_scheduler_says_goodbye(database: Database, start_sidecar: Start) -> None:
    sidecar = start_sidecar()
    assert [each.is_alive for each in list_schedulers(database)] == [True]
    sidecar.terminate()
    assert list_schedulers(database) == []


def test_a_person_can_stop_a_run(
    database: Database, start_sidecar: Start, eventually: Eventually
) -> None:
    start_sidecar()
    request = request_job(database, "work_until_told", requested_by="anna")
    eventually(lambda: status_of(database, request) == "running")
    run = find_run_of_request(database, request)
    assert run is not None
    assert (run.progress, run.message) in {(0.5, "working"), (None, "")}
    request_stop(database, run.id, requested_by="boris")
    eventually(lambda: status_of(database, request) == "stopped")


def test_transient_errors_are_tried_again_and_others_are_not(
    database: Database, start_sidecar: Start, eventually: Eventually
) -> None:
    start_sidecar()
    flaky = request_job(database, "fail_once", requested_by="anna")
    broken = request_job(database, "fail_always", requested_by="anna")
    eventually(lambda: statuses(database, "fail_once") == ["failed", "succeeded"])
    eventually(lambda: status_of(database, broken) == "failed")
    again = find_run_of_request(database, flaky)
    assert again is not None
    assert (again.attempt, again.cause) == (2, "retry")
    failed = find_run_of_request(database, broken)
    assert failed is not None
    assert failed.error == "ValueError: no such pump"


def test_pause_resume_and_reschedule_take_effect_at_once(
    database: Database, start_sidecar: Start, eventually: Eventually
) -> None:
    start_sidecar()
    eventually(lambda: "succeeded" in statuses(database, "tick"))
    reschedule_job(database, "tick", "every 3h", changed_by="boris")
    eventually(lambda: (job := find_job(database, "tick")) and job.next_run_at)
    job = find_job(database, "tick")
    assert job is not None
    assert (job.cadence, job.is_cadence_own, job.changed_by) == ("every 3h", True, "boris")
    pause_job(database, "tick", changed_by="boris")
    paused = find_job(database, "tick")
    assert paused is not None
    assert (paused.is_paused, paused.next_run_at) == (True, None)
    reschedule_job(database, "tick", None)
    count = len(statuses(database, "tick"))
    resume_job(database, "tick")
    eventually(lambda: len(statuses(database, "tick")) > count)


def test_the_schedule_goes_on_after_the_database_dropped_every_connection(
    database: Database, start_sidecar: Start, eventually: Eventually
) -> None:
    start_sidecar()
    eventually(lambda: "succeeded" in statuses(database, "tick"))
    with database.maintain() as connection:
        connection.execute(text("RESET ROLE"))
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    count = statuses(database, "tick").count("succeeded")
    eventually(lambda: statuses(database, "tick").count("succeeded") > count + 1)
    request = request_job(database, "tick", requested_by="anna")
    eventually(lambda: status_of(database, request) == "succeeded")


def test_jobs_that_are_due_together_are_taken_quietly(
    database: Database, start_sidecar: Start, eventually: Eventually, tmp_path: Path
) -> None:
    sidecar = start_sidecar()
    eventually(lambda: statuses(database, "tick").count("succeeded") > 3)
    sidecar.terminate()
    logs = "".join(log.read_text() for log in tmp_path.glob("log-*"))
    assert "job_finished" in logs
    assert "skipped" not in logs


def make_due(database: Database, job_id: str) -> None:
    with database.write() as connection:
        connection.execute(
            text("UPDATE job SET next_run_at = now() WHERE id = :id"), {"id": job_id}
        )
