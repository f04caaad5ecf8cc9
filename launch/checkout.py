"""Where things lie in this checkout, and the two values a person may set about it: PORT and UNLOCKFOCUS_DATA."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from launch.console import Refusal, say

NEW_RUN = "=== started "
LOG_LIMIT = 5 * 1024 * 1024


@dataclass(frozen=True)
class Checkout:
    """One copy of the product: its code in `root`, everything it writes while running in `data`."""

    root: Path
    data: Path

    @classmethod
    def here(cls, environment: Mapping[str, str]) -> "Checkout":
        """The checkout this file lies in; UNLOCKFOCUS_DATA moves `.data` elsewhere."""
        root = Path(__file__).resolve().parent.parent
        return cls(root, Path(environment.get("UNLOCKFOCUS_DATA") or root / ".data").resolve())

    @property
    def python(self) -> Path:
        """The interpreter that has the product's packages."""
        return self.root / ".venv" / "bin" / "python"

    @cached_property
    def packages(self) -> Path:
        """The directory of installed packages."""
        return next((self.root / ".venv" / "lib").glob("python3*")) / "site-packages"

    def prepare(self) -> None:
        """Make the data directory; others may pass through it, since PostgreSQL may have to run as somebody else."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == self.data.stat().st_uid:
                self.data.chmod(0o755)
            (self.data / "log").mkdir(exist_ok=True)
        except PermissionError as error:
            raise Refusal(f"{error.filename} cannot be written by this user.") from error
        if not os.access(self.data / "log", os.W_OK):
            raise Refusal(f"{self.data} belongs to another user: run as that user, or remove it.")

    def log(self, name: str) -> Path:
        """The log file of one part; one grown past five megabytes is set aside as `.1` first."""
        path = self.data / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secret_key(self) -> str:
        """The development secret: made once, readable by its owner only."""
        path = self.data / "secret-key"
        if not path.exists():
            new = path.with_suffix(f".{os.getpid()}")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(64))
            new.replace(path)
        return path.read_text().strip()


@contextmanager
def alone(lock: Path, purpose: str) -> Iterator[None]:
    """Wait until no other `./run` is inside the same block; says so when it has to wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        if not try_lock(file.fileno()):
            say(f"  Another ./run in this directory is {purpose}; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(descriptor: int) -> bool:
    """Take the exclusive lock on an open file if nobody holds any; the kernel frees it when the holder dies."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def open_log(log: Path) -> Iterator[BinaryIO]:
    """The log, open for adding to it, with a line that tells this run from the ones before."""
    with log.open("ab", buffering=0) as output:
        output.write(f"{NEW_RUN}{datetime.now().astimezone().isoformat(timespec='seconds')}\n".encode())
        yield output


def last_lines(log: Path, count: int) -> list[str]:
    """The end of what the latest run wrote in a log; nothing when there is none."""
    if not log.exists():
        return []
    _, headed, latest_run = log.read_text(errors="replace").rpartition(NEW_RUN)
    lines = latest_run.splitlines()
    return (lines[1:] if headed else lines)[-count:]


def quoted(log: Path, count: int = 15) -> str:
    """The end of a log, indented and introduced, to stand in a message."""
    lines = last_lines(log, count) or ["(empty)"]
    return "\n".join([f"Last lines of {log}:", *(f"    {line}" for line in lines)])
