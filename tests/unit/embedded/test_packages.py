"""Which packages are fetched, and from where."""

import re
from pathlib import Path

import pytest

from hydrodiag.embedded.mirror import Source, _by_number
from hydrodiag.embedded.packages import EXTENSION, _is_needed


@pytest.mark.parametrize(
    "name",
    [
        "postgresql-17",
        "postgresql-client-17",
        "postgresql-17-timescaledb",
        "libc6",
        "libicu76",
        "zlib1g",
        "libssl3t64",
        "libpq5",
        "libpam0g",
    ],
)
def test_what_the_server_loads_is_fetched(name: str) -> None:
    assert _is_needed(name)


@pytest.mark.parametrize(
    "name",
    [
        "libllvm19",
        "libz3-4",
        "perl",
        "libperl5.40",
        "libjson-perl",
        "locales",
        "libc-l10n",
        "postgresql-common",
        "postgresql-client-common",
        "init-system-helpers",
        "openssl",
        "ucf",
    ],
)
def test_jit_perl_and_install_scripts_are_left_out(name: str) -> None:
    assert not _is_needed(name)


def test_the_newest_server_that_has_the_extension_is_taken() -> None:
    names = ["postgresql-9-timescaledb", "postgresql-17-timescaledb", "postgresql-17-postgis-3"]
    fitting = [name for name in names if EXTENSION.fullmatch(name)]
    assert max(fitting, key=_by_number) == "postgresql-17-timescaledb"


def test_a_source_names_its_keyring_so_that_signatures_are_checked() -> None:
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    line = Source("http://mirror/debian/", "trixie", "main", keyring).line("amd64")
    assert f"signed-by={keyring}" in line
    assert not re.search("trusted|allow-insecure", line)
