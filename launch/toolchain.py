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
# uv trusts the certificates pip trusts, those of this machine, and never fetches an interpreter.
UV_ENVIRONMENT = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true"}
# The interpreter itself, also when somebody calls ./run with a virtual environment active: those may lack pip.
INTERPRETER: str = getattr(sys, "_base_executable", sys.executable)
PIP_INSTALL = (INTERPRETER, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")


def install(checkout: Checkout) -> None:
    """Make `.venv` hold exactly the pinned packages; nothing to do when its stamp says it already does."""
    if is_installed(checkout):
        return
    with alone(checkout.root / ".tools" / "lock", "installing packages"):
        if not is_installed(checkout):
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


def is_installed(checkout: Checkout) -> bool:
    """Whether `.venv` is the one this module made here, from the pins as they are now."""
    return checkout.python.exists() and _stands(checkout.root / ".venv", _packages_stamp(checkout))


def _install_packages(checkout: Checkout, program: Path) -> None:
    venv = checkout.root / ".venv"
    with step("Installing the product's packages"):
        if not (checkout.python.exists() and _stands(venv, _place_stamp(checkout), "place")):
            create = [str(program), "venv", "--quiet", "--clear", "--no-project", "--python", INTERPRETER, str(venv)]
            _run(create, UV_ENVIRONMENT)
            (venv / "place").write_text(_place_stamp(checkout))
        sync = [str(program), "pip", "sync", "--quiet", "--require-hashes", "--python", str(checkout.python)]
        _run([*sync, str(checkout.root / REQUIREMENTS)], UV_ENVIRONMENT)
    (venv / "stamp").write_text(_packages_stamp(checkout))


def _packages_stamp(checkout: Checkout) -> str:
    return _digest(_place_stamp(checkout), (checkout.root / REQUIREMENTS).read_text())


def _place_stamp(checkout: Checkout) -> str:
    """Changes with the interpreter of `.venv`, and with the directory, since installed scripts contain their path."""
    return _digest(str(checkout.root), str(checkout.python.resolve()))


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
