"""`./run lint`: every check that needs no database, two at a time, each with its time and, when it fails, its words."""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launch.checkout import Checkout
from launch.console import say
from launch.processes import die_with_parent

AT_ONCE = max(2, os.cpu_count() or 2)
# No secrets: values of the shape production must have, for Django's deployment checks.
LIKE_PRODUCTION = {
    "UNLOCKFOCUS_ENV": "production",
    "SECRET_KEY": "".join(chr(33 + number * 7 % 90) for number in range(80)),
    "ALLOWED_HOSTS": "cover.example",
    "PUBLIC_URL": "https://cover.example",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}
NO_DATABASE = {"UNLOCKFOCUS_ENV": "test", "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}


@dataclass(frozen=True)
class Check:
    """One tool: what it sees to, its arguments after `python`, and what it finds in its environment."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]


def checks(root: Path) -> list[Check]:
    """All checks, the slow ones first."""
    scripts = Path(".venv") / "bin"
    plain = NO_DATABASE
    return [
        Check("types (mypy)", ("-m", "mypy", "."), plain),
        Check("templates are laid out (djlint)", ("-m", "djlint", "--check", "templates"), plain),
        Check("templates are sound (djlint)", ("-m", "djlint", "--lint", "--quiet", "templates"), plain),
        Check("imports point left (import-linter)", (str(scripts / "lint-imports"), "--no-logo"), plain),
        Check(
            "migrations are complete",
            ("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"),
            plain,
        ),
        Check(
            "safe to deploy (Django's checks)",
            ("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            LIKE_PRODUCTION,
        ),
        Check("style and likely mistakes (ruff)", ("-m", "ruff", "check", "."), plain),
        Check("layout (ruff)", ("-m", "ruff", "format", "--check", "."), plain),
    ]


def lint(checkout: Checkout, environment: Mapping[str, str]) -> int:
    """0 when every check is content, else 1."""
    waiting = checks(checkout.root)
    running: list[_Running] = []
    failed: list[_Running] = []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            running.append(_Running(waiting.pop(0), checkout, environment))
        for check in [check for check in running if check.has_ended()]:
            running.remove(check)
            if not check.report():
                failed.append(check)
        time.sleep(0.05)
    say(f"{len(failed)} of {len(checks(checkout.root))} checks failed." if failed else "Every check is content.")
    return 1 if failed else 0


class _Running:
    """A check under way; its output goes to a file, so that a long one cannot fill a pipe and stall."""

    def __init__(self, check: Check, checkout: Checkout, environment: Mapping[str, str]) -> None:
        self.check, self.since = check, time.monotonic()
        self.output = (checkout.data / "log" / f"lint-{os.getpid()}-{id(self)}").open("w+")
        os.unlink(self.output.name)
        self.process = subprocess.Popen(
            [str(checkout.python), *check.arguments],
            cwd=checkout.root,
            env={**environment, **check.environment},
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def report(self) -> bool:
        """Say how the check went; whether it is content."""
        content = self.process.returncode == 0
        say(f"  {'ok    ' if content else 'FAILED'}  {self.check.name:<40}{time.monotonic() - self.since:6.1f} s")
        if not content:
            self.output.seek(0)
            say("\n".join(f"    {line}" for line in self.output.read().splitlines()))
        self.output.close()
        return content
