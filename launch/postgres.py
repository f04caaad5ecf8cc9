"""A real PostgreSQL out of a wheel: its own cluster, on a private unix socket, never on the network."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launch import processes
from launch.account import Account, current
from launch.checkout import last_lines, quoted
from launch.console import Refusal
from launch.server import plain_environment, spawn

DATABASE = "unlockfocus"
SUPERUSER = "postgres"
START_PATIENCE = 60.0
STOP_PATIENCE = 30.0
# The builtin locale sorts by code point, the same on every machine; nothing of the host's locales is used.
INITDB = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer")
# For throw-away clusters only: a power cut may lose everything, and tests run faster for it.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One cluster: programs, data, where its socket is, whom it runs as and whether it survives a power cut."""

    programs: Path
    data: Path
    sockets: Path
    log: Path
    account: Account
    durable: bool = True

    title = "PostgreSQL"

    @property
    def url(self) -> str:
        """DATABASE_URL of this cluster, in the form django-environ decodes."""
        return f"postgres:///{DATABASE}?host={self.sockets}&user={SUPERUSER}"

    def pids(self) -> list[int]:
        """The server process of exactly this cluster, if it runs."""
        return processes.with_arguments("postgres", str(self.data))

    def answers(self) -> bool:
        """Whether the server accepts connections."""
        return self._query("SELECT 1") is not None

    def start(self) -> None:
        """Return when the database can be used; a server left over from a killed run is kept if it answers."""
        if self.pids() and self.answers():
            return
        self.stop()
        self._initialise()
        self._write_access_rules()
        self._clear_stale_files()
        self._spawn()
        self._make_database()

    def stop(self) -> None:
        """End the server; sessions that are open are cut off, what was committed is kept."""
        processes.end(self.pids(), signal.SIGINT, STOP_PATIENCE)

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there, so that a half-made one is never used."""
        version = self.data / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text().strip())
            return
        unfinished = self.data.with_name(self.data.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [str(self.programs / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, *INITDB]
        if not self.durable:
            command.append("--no-sync")
        outcome = self._run(command)
        if outcome.returncode:
            raise Refusal(f"PostgreSQL could not make its data directory. It said:\n\n{outcome.stdout}{outcome.stderr}")
        unfinished.replace(self.data)

    def _check_version(self, written_by: str) -> None:
        bundled = self._run([str(self.programs / "postgres"), "--version"]).stdout.split()[-1].partition(".")[0]
        if written_by != bundled:
            raise Refusal(
                f"{self.data} was written by PostgreSQL {written_by}, and this version brings {bundled}. "
                "docs/operations.md, section Upgrading, says how to carry the data over."
            )

    def _write_access_rules(self) -> None:
        """Only the two users concerned may connect, and the kernel vouches for who they are."""
        users = {current().name, self.account.name}
        self._write("pg_hba.conf", "local all all peer map=launch\n")
        self._write("pg_ident.conf", "".join(f'launch "{user}" {SUPERUSER}\n' for user in sorted(users)))

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        if not self.account.is_ours:
            os.chown(path, self.account.uid, self.account.gid)

    def _clear_stale_files(self) -> None:
        """What a killed server left; its number may name another process by now, so the server would trip over it.

        No server of this cluster runs here any more. Sessions it may have left are found by PostgreSQL itself, which
        knows their shared memory by the data directory.
        """
        for path in [*self.sockets.glob(".s.PGSQL.*"), self.data / "postmaster.pid"]:
            path.unlink(missing_ok=True)

    def _spawn(self) -> None:
        settings = {"listen_addresses": "", "unix_socket_permissions": "0700", "timezone": "UTC"}
        if not self.durable:
            settings |= NOT_DURABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options]
        deadline = time.monotonic() + START_PATIENCE
        server = spawn(command, self.log, self.account)
        while not self.answers():
            if time.monotonic() > deadline or (not processes.is_running(server) and not self._sessions_remain()):
                raise Refusal(f"PostgreSQL did not start. {quoted(self.log)}")
            if not processes.is_running(server):
                time.sleep(0.5)
                server = spawn(command, self.log, self.account)
            time.sleep(0.05)

    def _sessions_remain(self) -> bool:
        """Whether the server gave up because the sessions of a killed one are still noticing that it is gone."""
        return any("pre-existing shared memory block" in line for line in last_lines(self.log, 3))

    def _make_database(self) -> None:
        if DATABASE not in (self._query("SELECT datname FROM pg_database") or "").splitlines():
            self._query(f"CREATE DATABASE {DATABASE}")

    def _query(self, statement: str) -> str | None:
        """The answer of the server to one statement, or None when it gives none."""
        command = [str(self.programs / "psql"), "-X", "-h", str(self.sockets), "-U", SUPERUSER, "-d", "postgres"]
        outcome = subprocess.run(
            [*command, "-Atqc", statement], env=plain_environment(), capture_output=True, text=True, check=False
        )
        return outcome.stdout.strip() if outcome.returncode == 0 else None

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd="/", env=plain_environment(), capture_output=True, text=True, check=False, **self.account.spawn
        )
