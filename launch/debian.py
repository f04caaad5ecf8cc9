"""What the product needs from Debian: Pango for its PDFs, and Chromium for the browser tests only."""

import ctypes
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence

from launch.console import Refusal, say, step

PANGO = {"libpango-1.0.so.0": "libpango-1.0-0", "libpangoft2-1.0.so.0": "libpangoft2-1.0-0"}
# Playwright's own program, which drives the browser, is linked with it.
DRIVER = {"libatomic.so.1": "libatomic1"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def need_pango() -> None:
    """Certificates cannot be drawn without Pango: install it, or stop with the line that does."""
    missing = missing_libraries(PANGO)
    if missing and not _installed(missing, "for the PDF documents"):
        raise Refusal(f"Certificates are drawn with Pango, which is missing here. As root:\n\n    {line(missing)}")


def want_chromium() -> str:
    """The browser for the browser tests; empty, after saying what is missing, when they have to be skipped."""
    if missing := _missing_for_browser_tests():
        _installed(missing, "for the browser tests, about 100 MB")
    if missing := _missing_for_browser_tests():
        say(f"  The browser tests are skipped: {' and '.join(missing)} missing. As root: {line(missing)}")
        return ""
    return browser() or ""


def _missing_for_browser_tests() -> list[str]:
    return [*([] if browser() else ["chromium"]), *missing_libraries(DRIVER)]


def browser() -> str | None:
    """The first Chromium or Chrome on the search path."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def missing_libraries(libraries: dict[str, str]) -> list[str]:
    """The Debian packages (values) of the shared libraries (keys) that cannot be loaded."""
    return [package for library, package in libraries.items() if not _loads(library)]


def line(packages: Sequence[str]) -> str:
    """What a person types, as root, to install these packages."""
    return shlex.join(["apt-get", "install", "--no-install-recommends", *packages])


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _installed(packages: Sequence[str], purpose: str) -> bool:
    """Whether apt-get installed the packages; it is only tried as root."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    say(f"  From Debian, {purpose}: {' '.join(packages)}")
    with step("Installing them with apt-get"):
        update = _apt_get("update")
        install = _apt_get("install", "--yes", "--no-install-recommends", *packages)
    if install.returncode:
        say(f"  apt-get could not: {(update.stderr + install.stderr).strip()}")
    return install.returncode == 0


def _apt_get(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        ["apt-get", "--quiet", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
