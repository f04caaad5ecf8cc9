"""What the database and the queue have in common: a server that outlives a Ctrl-C until we end it ourselves."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from launch import processes
from launch.account import Account
from launch.checkout import open_log


def spawn(command: list[str], log: Path, account: Account) -> int:
    """The pid of a server started in a session of its own, where a Ctrl-C at the terminal does not reach it."""
    with open_log(log) as output:
        return processes.adopt(
            subprocess.Popen(
                command,
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **account.spawn,
            )
        )


def plain_environment() -> Mapping[str, str]:
    """What a server gets to know of our environment: nothing that could change how it behaves."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
