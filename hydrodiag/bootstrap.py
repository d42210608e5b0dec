"""What `make` runs before anything is installed: the virtual environment and its packages.

Standard library only, this module and what it imports: it runs on the host's own Python.
Debian's Python comes without pip and `ensurepip`; pip is then taken from Debian's package
of its wheel, fetched through apt without root.
"""

import argparse
import configparser
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from hydrodiag.embedded.mirror import open_archive
from hydrodiag.embedded.steps import run_step, say
from hydrodiag.errors import SetupFailed

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.9"
PIP_PACKAGE = re.compile("python3-pip-whl")
PIP_HINT = "Run `apt-get install python3-venv`, then try again."
PIP_CONFIGURATIONS = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
INDEX_HINT = "Check the network and the package index that pip is configured for."
COMMAND = """\
#!/bin/sh
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX={bytecode} PYTHONPATH={root}
exec {python} -m hydrodiag "$@"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Create the virtual environment.")
    parser.add_argument("environment", type=Path)
    parser.add_argument("requirements", type=Path)
    chosen = parser.parse_args()
    try:
        install(chosen.environment.absolute(), chosen.requirements)
    except SetupFailed as error:
        say(str(error))
        sys.exit(1)


def install(environment: Path, requirements: Path) -> None:
    """Make `environment` hold everything `requirements` pins, and the `hydrodiag` command."""
    _check_python()
    if not _is_usable(environment):
        say(f"creating {environment}")
        shutil.rmtree(environment, ignore_errors=True)
        venv.create(environment, with_pip=False)
    if not (environment / "bin/uv").exists():
        say("installing uv")
        _install_uv(environment)
    say(f"installing {requirements.name}")
    _install_requirements(environment, requirements)
    _write_command(environment)


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise SetupFailed(
            f"Checking Python: {sys.executable} is {sys.version.split()[0]}, "
            f"HydroDiag needs {'.'.join(map(str, OLDEST_PYTHON))} or newer.",
            hint="Name another one: `make dev PYTHON=python3.11`.",
        )


def _is_usable(environment: Path) -> bool:
    """Whether its Python still runs: the host's may have been replaced or removed."""
    try:
        return not subprocess.run([environment / "bin/python", "-c", ""], check=False).returncode
    except OSError:
        return False


def _install_uv(environment: Path) -> None:
    python = environment / "bin/python"
    if importlib.util.find_spec("ensurepip"):
        run_step("Adding pip", (python, "-m", "ensurepip"), cwd=ROOT, hint=PIP_HINT)
        _pip_install_uv(python, wheel=None)
        return
    with tempfile.TemporaryDirectory(prefix="hydrodiag-pip-") as scratch:
        _pip_install_uv(python, wheel=_fetch_pip(Path(scratch)))


def _fetch_pip(folder: Path) -> Path:
    """The wheel of pip out of Debian's package."""
    try:
        archive = open_archive(folder / "apt", PIP_PACKAGE, say)
        [package] = archive.download([archive.package], folder)
        run_step("Unpacking pip", ("dpkg-deb", "-x", package, folder), cwd=folder)
        return next((folder / "usr/share/python-wheels").glob("pip-*.whl"))
    except (SetupFailed, StopIteration) as error:
        raise SetupFailed(
            f"Adding pip: this Python has no ensurepip, and Debian's pip could not be "
            f"fetched.\n{error}\n",
            hint=PIP_HINT,
        ) from error


def _pip_install_uv(python: Path, wheel: Path | None) -> None:
    """With `wheel`, pip runs straight out of its wheel."""
    pip = (wheel / "pip",) if wheel else ("-m", "pip")
    command = (python, *pip, "install", "--quiet", UV)
    run_step(f"Installing {UV}", command, cwd=ROOT, hint=INDEX_HINT)


def _install_requirements(environment: Path, requirements: Path) -> None:
    """Some packages refuse hard links from the cache, hence copies."""
    python = environment / "bin/python"
    command = (environment / "bin/uv", "pip", "install", "--python", python, "-r", requirements)
    os.environ["UV_LINK_MODE"] = "copy"
    if index := _index_of_pip():
        os.environ.setdefault("UV_DEFAULT_INDEX", index)
    run_step(f"Installing {requirements.name}", command, cwd=ROOT, hint=INDEX_HINT, timeout_s=1800)


def _index_of_pip() -> str:
    """The package index of whoever works behind one of their own; uv does not ask pip."""
    files = configparser.RawConfigParser()
    files.read([os.path.expanduser(path) for path in PIP_CONFIGURATIONS])
    configured = files.get("global", "index-url", fallback="")
    return os.environ.get("PIP_INDEX_URL", configured)


def _write_command(environment: Path) -> None:
    command = environment / "bin/hydrodiag"
    paths = {"python": environment / "bin/python", "bytecode": environment / "bytecode"}
    quoted = {name: shlex.quote(str(path)) for name, path in {**paths, "root": ROOT}.items()}
    text = COMMAND.format(**quoted)
    command.write_text(text, encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main()
