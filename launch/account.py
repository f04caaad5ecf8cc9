"""Who runs the database: PostgreSQL refuses root, so as root it is somebody who may do nothing else."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from launch.console import Refusal


class SpawnOptions(TypedDict, total=False):
    """The keyword arguments of `subprocess.Popen` that change who the child is."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user of this machine, and whether we have to change into it."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this is who we are already."""
        return self.uid == os.geteuid()

    @property
    def spawn(self) -> SpawnOptions:
        """What to pass to `subprocess` so that the child is this user."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may(self, test: str, path: Path) -> bool:
        """Whether this user passes `test` (-x, -r, -w) on the path, every directory above it included."""
        if self.is_ours:
            return os.access(path, {"-x": os.X_OK, "-r": os.R_OK, "-w": os.W_OK}[test])
        command = ["/bin/sh", "-c", f'test {test} "$0"', str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.spawn).returncode == 0

    def own(self, path: Path) -> Path:
        """Make the directory this user's, closed to everybody else."""
        path.chmod(0o700)
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)
        return path


def current() -> Account:
    """Who we are."""
    return _by_number(os.geteuid())


def for_services(data: Path) -> Account:
    """Who runs the services: ourselves; as root the owner of the data there is, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return current()
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _by_number(owner)
    names = {entry.pw_name for entry in pwd.getpwall()}
    return _account(pwd.getpwnam("postgres" if "postgres" in names else "nobody"))


def _by_number(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError as error:
        raise Refusal(f"User number {uid} has no name on this machine, and PostgreSQL needs one.") from error


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
