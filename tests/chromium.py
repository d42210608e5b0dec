"""Debian's Chromium, tesseract and Redis for the tests: found, or installed where we may do so.

Standard library only: `make test` runs it as `python3 -m tests.chromium`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = (
    "chromium", "fonts-dejavu-core", "tesseract-ocr", "tesseract-ocr-rus", "redis-tools",
)  # fmt: skip
MISSING = (
    "The tests need Chromium, tesseract and Redis, and this user may not install them: "
    f"run `apt-get install {' '.join(PACKAGES)}` as root."
)
# The first two are pages of the browser's own, built anew behind the address bar of every window.
# This list takes the place of Playwright's, which therefore is the rest of it.
NOT_WANTED = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
# It talks to HydroDiag alone, never to its maker's servers.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_WANTED)}",
)


def find_chromium() -> Path | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def has_tesseract() -> bool:
    """With Russian, the language that is a package of its own."""
    if shutil.which("tesseract") is None:
        return False
    command = ("tesseract", "--list-langs")
    return "rus" in subprocess.run(command, capture_output=True, text=True, check=False).stdout


def find_redis() -> Path | None:
    """The server's own executable, which the tools' package holds under another name."""
    found = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    return Path(found) if found else None


def install() -> bool:
    """Through apt, as root or with sudo that asks nothing; False where neither is possible."""
    as_root = _find_way_to_root()
    if as_root is None or shutil.which("apt-get") is None:
        return False
    steps = (("update",), ("install", "-y", "--no-install-recommends", *PACKAGES))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return all(
        subprocess.run([*as_root, "apt-get", "-q", *step], env=environment, check=False).returncode
        == 0
        for step in steps
    )


def _find_way_to_root() -> tuple[str, ...] | None:
    if os.geteuid() == 0:
        return ()
    asks_nothing = (
        shutil.which("sudo")
        and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    )
    return ("sudo", "-n") if asks_nothing else None


if __name__ == "__main__":
    if not (find_chromium() and has_tesseract() and find_redis()) and not install():
        sys.stderr.write(f"{MISSING} Its tests will fail until then.\n")
