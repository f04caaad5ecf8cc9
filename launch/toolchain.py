"""From a bare Debian to installed packages: a pinned uv in `.tools`, the pinned packages in `.venv`, both by hash."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from launch.checkout import Checkout, alone
from launch.console import Refusal, step

REQUIREMENTS = "requirements-dev.txt"
PIP_INSTALL = (sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")


def install(checkout: Checkout) -> None:
    """Make `.venv` hold exactly the pinned packages; nothing to do when its stamp says it already does."""
    if _stands(checkout.root / ".venv", _packages_stamp(checkout.root)):
        return
    with alone(checkout.root / ".tools" / "lock", "installing packages"):
        if not _stands(checkout.root / ".venv", _packages_stamp(checkout.root)):
            _install_packages(checkout, uv(checkout))


def uv(checkout: Checkout) -> Path:
    """The pinned uv, installed by pip on first use."""
    tools, pins = checkout.root / ".tools" / "uv", checkout.root / "launch" / "uv.txt"
    stamp = _digest(pins.read_text(), sys.version)
    if not _stands(tools, stamp):
        shutil.rmtree(tools, ignore_errors=True)
        with step("Installing uv, the package installer"):
            _run(
                [*PIP_INSTALL, "--require-hashes", "--no-deps", "--target", str(tools), "--requirement", str(pins)],
                {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"},
            )
        (tools / "stamp").write_text(stamp)
    return tools / "bin" / "uv"


def _install_packages(checkout: Checkout, program: Path) -> None:
    venv, requirements = checkout.root / ".venv", checkout.root / REQUIREMENTS
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1"}
    with step("Installing the product's packages"):
        if not _stands(venv, _place_stamp(checkout.root), "place"):
            create = [str(program), "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(venv)]
            _run(create, environment)
            (venv / "place").write_text(_place_stamp(checkout.root))
        sync = [str(program), "pip", "sync", "--quiet", "--require-hashes", "--python", str(checkout.python)]
        _run([*sync, str(requirements)], environment)
    (venv / "stamp").write_text(_packages_stamp(checkout.root))


def _packages_stamp(root: Path) -> str:
    return _digest(_place_stamp(root), (root / REQUIREMENTS).read_text())


def _place_stamp(root: Path) -> str:
    """Changes with the interpreter, and with the directory, since installed scripts contain their own path."""
    return _digest(sys.executable, sys.version, str(root))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _stands(directory: Path, stamp: str, name: str = "stamp") -> bool:
    written = directory / name
    return written.exists() and written.read_text() == stamp


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run an installer quietly; what it said is shown only when it fails."""
    try:
        environment = {**os.environ, **environment}
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except PermissionError as error:
        raise Refusal(f"{error.filename} cannot be run or written by this user.") from error
    if outcome.returncode == 0:
        return
    said = (outcome.stdout + outcome.stderr).strip()
    if "No module named pip" in said:
        raise Refusal("pip is missing. On Debian, as root: apt-get install python3-pip")
    raise Refusal(f"{Path(command[0]).name} could not install what ./run needs. It said:\n\n{said}")
