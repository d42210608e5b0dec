"""`hydrodiag jobs …`: what runs, what ran, and asking for a run."""

import json
import time
from datetime import datetime
from getpass import getuser
from typing import Annotated, Any

import typer

from hydrodiag.commands.database import command_database
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.jobs import (
    JobRun,
    find_job,
    find_run_of_request,
    list_jobs,
    list_runs,
    list_schedulers,
    pause_job,
    request_job,
    request_stop,
    reschedule_job,
    resume_job,
)

app = typer.Typer(help="Jobs of the scheduler.", no_args_is_help=True)
JobId = Annotated[str, typer.Argument(help="As `hydrodiag jobs list` shows it.")]
POLL_S = 0.3


@app.command("list")
def list_() -> None:
    """Every job: cadence, next turn, last result."""
    with command_database("jobs") as database:
        for job in list_jobs(database):
            state = "paused" if job.is_paused else f"next {_clock(job.next_run_at)}"
            last = f"{job.last_status or 'never ran'} {_clock(job.last_finished_at)}"
            typer.echo(f"{job.id:<28} {job.cadence or 'on request':<18} {state:<32} {last}")
        alive = [each for each in list_schedulers(database) if each.is_alive]
        if not alive:
            typer.echo(
                "No scheduler is running: start it with `make dev` or `python scheduler.py`."
            )


@app.command()
def run(
    job_id: JobId,
    param: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, JSON values too.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait for the end and show the result.")] = True,
) -> None:
    """Ask for a run as soon as possible."""
    with command_database("jobs") as database:
        params = dict(_parse_param(each) for each in param or [])
        request_id = request_job(database, job_id, params, requested_by=getuser())
        typer.echo(f"Request {request_id} queued.")
        if wait:
            _show_end(_wait_for(database, request_id))


@app.command()
def pause(job_id: JobId) -> None:
    """No more turns by schedule until resumed."""
    with command_database("jobs") as database:
        pause_job(database, job_id, changed_by=getuser())


@app.command()
def resume(job_id: JobId) -> None:
    """Turns by schedule again."""
    with command_database("jobs") as database:
        resume_job(database, job_id, changed_by=getuser())


@app.command()
def reschedule(
    job_id: JobId,
    cadence: Annotated[str, typer.Argument(help="Such as `daily 02:10`; `default` for its own.")],
) -> None:
    """Change how often a job runs."""
    chosen = None if cadence == "default" else cadence
    with command_database("jobs") as database:
        reschedule_job(database, job_id, chosen, changed_by=getuser())
        job = find_job(database, job_id)
        typer.echo(f"{job_id}: {job.cadence if job else ''}")


@app.command()
def stop(run_id: Annotated[int, typer.Argument(help="As the history shows it.")]) -> None:
    """Ask a queued or running run to end."""
    with command_database("jobs") as database:
        request_stop(database, run_id, requested_by=getuser())


@app.command()
def history(
    job_id: Annotated[str | None, typer.Argument(help="Only this job.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
) -> None:
    """The newest runs with their results."""
    with command_database("jobs") as database:
        if job_id and find_job(database, job_id) is None:
            raise NotFound(f"There is no job {job_id!r}.", hint="See `hydrodiag jobs list`.")
        for each in list_runs(database, job_id=job_id, limit=limit):
            took = f"{each.duration.total_seconds():.1f} s" if each.duration else ""
            said = each.error or each.message
            line = f"{each.id:>8} {each.job_id:<28} {each.status:<12} {_clock(each.started_at)}"
            typer.echo(f"{line} {took:>9} {said}")


def _wait_for(database: Database, request_id: int) -> JobRun:
    while True:
        found = find_run_of_request(database, request_id)
        if found and found.is_finished:
            return found
        time.sleep(POLL_S)


def _show_end(ended: JobRun) -> None:
    typer.echo(f"Run {ended.id}: {ended.status}. {ended.error}".rstrip())
    if ended.result is not None:
        typer.echo(json.dumps(ended.result, indent=2, ensure_ascii=False))
    if ended.status != "succeeded":
        raise typer.Exit(1)


def _parse_param(text: str) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise InvalidInput(f"{text!r} is no parameter.", hint="Write KEY=VALUE.")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


def _clock(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC" if instant else "-"
