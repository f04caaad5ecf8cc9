import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch import processes
from launch.checkout import Checkout
from launch.services import SOCKET_PARENT
from launch.toolchain import is_installed

ROOT = Path(__file__).resolve().parent.parent.parent
# What a test run adds to the environment, and a person at a terminal does not have.
OF_THE_TEST_RUN = {
    "DATABASE_URL",
    "REDIS_URL",
    "UNLOCKFOCUS_ENV",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "DJANGO_SETTINGS_MODULE",
}


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """This checkout with an empty data directory: deep, with spaces in its name, and open to every user to pass."""
    top = Path(tempfile.mkdtemp(prefix="unlock focus test ", dir=SOCKET_PARENT))
    top.chmod(0o755)
    deep = top / "a directory whose name is far too long for a unix socket" / "and another one of that kind"
    checkout = Checkout(ROOT, deep / "data")
    checkout.prepare()
    yield checkout
    for program, data in (("postgres", "postgres"), ("valkey-server", "valkey")):
        left = processes.with_arguments(program, str(checkout.data / "services" / data))
        processes.end(left, signal.SIGKILL, 5)
    if (checkout.data / "sockets").exists():
        shutil.rmtree((checkout.data / "sockets").read_text(), ignore_errors=True)
    shutil.rmtree(top)


@pytest.fixture
def terminal(checkout: Checkout) -> dict[str, str]:
    """The environment of a person who calls `./run` for the first time, with that data directory."""
    if not is_installed(checkout):
        pytest.skip(".venv was not made by ./run from the present pins; ./run test makes it so")
    person = {name: value for name, value in os.environ.items() if name not in OF_THE_TEST_RUN}
    return {**person, "UNLOCKFOCUS_DATA": str(checkout.data)}


def run(*arguments: str, environment: dict[str, str], directory: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """`./run` with these arguments, to its end."""
    return subprocess.run(
        [ROOT / "run", *arguments],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
