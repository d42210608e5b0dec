"""Debian's package archive, read through apt with state folders of our own.

Signature checks, proxies and credentials are those of the host's apt; its lists, cache,
status and sources are not touched, and root is not needed. The address of the mirror is
the one the host is configured for.
"""

import platform
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hydrodiag.embedded.steps import OTHER_WAYS, Report, run_step
from hydrodiag.errors import SetupFailed

DEBIAN_SUITE = "trixie"
REQUIRED_TOOLS = ("apt-get", "apt-cache", "dpkg", "dpkg-deb")
KEYRING_FOLDER = Path("/usr/share/keyrings")
# Without it a mirror that is out of reach is only a warning, and the lists stay empty.
STRICT = "APT::Update::Error-Mode=any"
# The host's hooks would clean the host's own cache; its pins name the host's own suite.
APT_CONF = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear AptCli::Hooks;
APT::Default-Release "";
APT::Sandbox::User "root";
Acquire::Retries "2";
Dir::Etc::SourceList "{root}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{root}/state";
Dir::State::Lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
"""


@dataclass(frozen=True)
class Source:
    uri: str
    suite: str
    components: str
    keyring: Path | None

    def line(self, architecture: str) -> str:
        signed_by = f"signed-by={self.keyring} " if self.keyring else ""
        options = f"{signed_by}arch={architecture} target=Packages"
        return f"deb [{options}] {self.uri} {self.suite} {self.components}\n"


@dataclass(frozen=True)
class Archive:
    """An archive that carries `package`, its lists fetched into `root`."""

    root: Path
    source: Source
    package: str

    def list_packages(self) -> list[str]:
        """Everything the package depends on, itself included, as on an empty system."""
        options = ("--no-install-recommends", "--print-uris", "-y", "install", self.package)
        printed = _apt("Reading the package lists", self.root, "apt-get", *options)
        return sorted({name.partition("_")[0] for name in _printed_files(printed)})

    def download(self, packages: Iterable[str], folder: Path) -> list[Path]:
        step = f"Downloading packages from {self.source.uri}"
        _apt(step, self.root, "apt-get", "download", *packages, cwd=folder)
        return sorted(folder.glob("*.deb"))


def open_archive(root: Path, wanted: re.Pattern[str], report: Report) -> Archive:
    """The first of the host's mirrors with a package that `wanted` matches in full.

    Raises SetupFailed if there is none. Of several packages the highest version is taken.
    """
    _check_tools()
    _prepare(root)
    failures = []
    for source in _list_sources(root):
        report(f"reading the package lists of {source.suite} from {source.uri}")
        try:
            return _read_lists(root, source, wanted)
        except SetupFailed as error:
            failures.append(f"{source.uri} {source.suite}: {error.message.strip()}")
    tried = "\n".join(failures) or "apt on this host names no package mirror."
    raise SetupFailed(
        f"Finding {wanted.pattern} on this host's package mirrors:\n{tried}\n", hint=OTHER_WAYS
    )


def _check_tools() -> None:
    missing = [tool for tool in REQUIRED_TOOLS if shutil.which(tool) is None]
    if missing:
        raise SetupFailed(
            "Fetching Debian's packages: they come through apt, and this host has no "
            f"{', '.join(missing)}.",
            hint=OTHER_WAYS,
        )


def _prepare(root: Path) -> None:
    for name in ("state", "lists/partial", "cache/archives/partial"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    (root / "apt.conf").write_text(APT_CONF.format(root=root), encoding="utf-8")


def _read_lists(root: Path, source: Source, wanted: re.Pattern[str]) -> Archive:
    architecture = run_step("Asking dpkg", ("dpkg", "--print-architecture"), cwd=root).strip()
    (root / "sources.list").write_text(source.line(architecture), encoding="utf-8")
    _apt("Reading the package lists", root, "apt-get", "-o", STRICT, "update")
    names = _apt("Reading the package lists", root, "apt-cache", "pkgnames").splitlines()
    found = [name for name in names if wanted.fullmatch(name)]
    if not found:
        raise SetupFailed("no such package.")
    return Archive(root, source, max(found, key=_by_number))


def _by_number(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def _list_sources(root: Path) -> Iterator[Source]:
    """The host's mirrors, the one of its own release first."""
    release = platform.freedesktop_os_release()
    is_ubuntu = "ubuntu" in (release.get("ID", ""), *release.get("ID_LIKE", "").split())
    codename = release.get("UBUNTU_CODENAME") or release.get("VERSION_CODENAME", "")
    suite, components = (codename, "main universe") if is_ubuntu else (DEBIAN_SUITE, "main")
    keyring = _find_keyring("ubuntu" if is_ubuntu else "debian")
    targets = sorted(set(_list_targets(root)), key=lambda target: target[1] != codename)
    for uri in dict.fromkeys(uri for uri, name in targets if not name.endswith("-security")):
        yield Source(uri, suite, components, keyring)


def _list_targets(root: Path) -> list[tuple[str, str]]:
    """(address, release) of every package list the host's apt is configured for."""
    command = (
        "apt-get",
        "indextargets",
        *("-o", "APT::Get::IndexTargets::ReleaseInfo=false"),
        *("--format", "$(REPO_URI) $(RELEASE)"),
        "Created-By: Packages",
    )
    lines = run_step("Asking apt for the host's mirrors", command, cwd=root).splitlines()
    pairs = (line.split(" ", 1) for line in lines if " " in line)
    return [(uri, release.strip()) for uri, release in pairs if not uri.startswith("cdrom:")]


def _find_keyring(distribution: str) -> Path | None:
    """None: apt then trusts the keys the host trusts for everything."""
    stem = KEYRING_FOLDER / f"{distribution}-archive-keyring"
    choices = (stem.with_suffix(suffix) for suffix in (".gpg", ".pgp"))
    return next((path for path in choices if path.exists()), None)


def _apt(step: str, root: Path, tool: str, *arguments: str, cwd: Path | None = None) -> str:
    return run_step(step, (tool, "-c", root / "apt.conf", "-q", *arguments), cwd=cwd or root)


def _printed_files(printed: str) -> list[str]:
    """File names from lines of the form `'address' file size hash`."""
    return [line.split()[1] for line in printed.splitlines() if line.startswith("'")]
