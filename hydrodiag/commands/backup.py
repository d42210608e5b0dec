"""`hydrodiag backup FILE` and `hydrodiag restore FILE`: pg_dump and pg_restore for TimescaleDB."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hydrodiag import __version__
from hydrodiag.commands.database import command_database_url
from hydrodiag.config import load_settings
from hydrodiag.db import redact_url
from hydrodiag.db.migrate import newest_revision
from hydrodiag.db.restoring import (
    Versions,
    ensure_roles,
    ensure_timescaledb,
    find_versions,
    require_empty,
    restoring,
)
from hydrodiag.db.url import libpq_url, normalise_url
from hydrodiag.embedded.client import find_client
from hydrodiag.embedded.steps import tail
from hydrodiag.errors import InvalidInput, NotFound, SchemaMissing, SetupFailed

# Whoever restores signs in anew: an old backup must not bring ended sessions back to life.
LEFT_OUT = ("user_session", "sign_in_attempt")
LOCK_WAIT_MS = 60_000
OWNER = re.compile(r"^\d+; \d+ \d+ (?:TABLE|SEQUENCE|VIEW) \S+ \S+ (\S+)$", re.MULTILINE)
AFTER_FAILURE = "Drop the database, make a new one, and try again once the cause is gone."
File = Annotated[Path, typer.Argument(metavar="FILE", help="Such as hydrodiag.dump.")]


def backup(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write the whole database into FILE, and what made it into FILE.json."""
    if file.exists() and not force:
        raise InvalidInput(f"{file} is there already.", hint="Name another one, or --force.")
    with command_database_url() as url:
        versions = find_versions(url)
        if versions.revision is None:
            raise SchemaMissing(f"{redact_url(url)} has no tables of HydroDiag to back up.")
        _dump(url, versions, file)
        _write_manifest(file, versions)
        size_mib = file.stat().st_size / (1 << 20)
        typer.echo(f"{redact_url(url)} is in {file} now, {size_mib:,.1f} MiB.")


def restore(file: File) -> None:
    """Fill the empty database of DATABASE_URL, or of a fresh embedded server, from FILE."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    made_by = _read_manifest(file)
    with command_database_url() as url:
        require_empty(url)
        program = find_client("pg_restore", find_versions(url).postgres, load_settings().data_dir)
        owners = _list_owners(program, file)
        ensure_timescaledb(url, made_by.get("timescaledb"))
        ensure_roles(url, owners)
        _restore(program, url, file)
        revision = find_versions(url).revision
        typer.echo(f"{redact_url(url)} is as {file} has it, at revision {revision}.")
    if revision != newest_revision():
        typer.echo("Run `hydrodiag migrate` before anything else.")


def _dump(url: str, versions: Versions, file: Path) -> None:
    """Into a file beside FILE, which takes its name once it is whole."""
    program = find_client("pg_dump", versions.postgres, load_settings().data_dir)
    part = file.with_name(f"{file.name}.part")
    left_out = (f"--exclude-table-data=public.{table}" for table in LEFT_OUT)
    limit = f"--lock-wait-timeout={LOCK_WAIT_MS}"
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        _run(program, url, "--format=custom", limit, *left_out, f"--file={part}")
        part.replace(file)
    except OSError as error:
        raise SetupFailed(f"Writing {part}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def _restore(program: Path, url: str, file: Path) -> None:
    try:
        with restoring(url):
            _run(program, url, "--exit-on-error", str(file))
    except SetupFailed as error:
        raise SetupFailed(error.message, hint=AFTER_FAILURE) from error


def _run(program: Path, url: str, *arguments: str) -> None:
    """The password goes by the environment: anybody may see arguments."""
    address = conninfo_to_dict(libpq_url(normalise_url(url)))
    password = address.pop("password", None)
    command = [str(program), *arguments, "--dbname", make_conninfo("", **address)]
    _call(command, {"PGPASSWORD": str(password)} if password else {})


def _list_owners(program: Path, file: Path) -> set[str]:
    """Roles that own what FILE holds."""
    try:
        return set(OWNER.findall(_call([str(program), "--list", str(file)], {})))
    except SetupFailed as error:
        raise InvalidInput(f"{file} is no backup. {error.message}") from error


def _call(command: Sequence[str], extra: Mapping[str, str]) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    done = subprocess.run(
        command,
        env={**plain, "LC_ALL": "C", **extra},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise SetupFailed(f"{Path(command[0]).name} failed:\n{tail(done.stderr)}\n")
    return done.stdout


def _write_manifest(file: Path, versions: Versions) -> None:
    made_by = {
        **asdict(versions),
        "hydrodiag": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": _hash(file),
    }
    _manifest_of(file).write_text(json.dumps(made_by, indent=1) + "\n", encoding="utf-8")


def _read_manifest(file: Path) -> Mapping[str, Any]:
    """What FILE.json says of FILE, checked against it; nothing known of a plain pg_dump."""
    path = _manifest_of(file)
    if not path.exists():
        typer.echo(f"{path} is missing: taken as a dump of the server's own TimescaleDB.", err=True)
        return {}
    try:
        made_by: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        expected = made_by["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path} was not written by `hydrodiag backup`.") from error
    if _hash(file) != expected:
        raise InvalidInput(
            f"{file} is not what was backed up: its SHA-256 is another one.",
            hint="It was cut off, damaged or replaced; take another copy.",
        )
    return made_by


def _manifest_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
