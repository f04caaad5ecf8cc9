"""A real Valkey (Redis protocol) out of a wheel: the queue between the web and the worker, on a private unix socket."""

import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from launch import processes
from launch.account import Account
from launch.checkout import quoted
from launch.console import Refusal
from launch.server import spawn

PATIENCE = 30.0


@dataclass(frozen=True)
class Valkey:
    """One server: program, data, where its socket is and whom it runs as."""

    program: Path
    data: Path
    sockets: Path
    log: Path
    account: Account

    title = "Valkey"

    @property
    def socket(self) -> Path:
        """The unix socket it listens on."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """REDIS_URL of this server, in the form Celery takes."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def pids(self) -> list[int]:
        """The server process on exactly this socket and data, if it runs."""
        return processes.with_arguments("valkey-server", str(self.data))

    def answers(self) -> bool:
        """Whether the server answers a PING; while it loads its data it answers otherwise."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        """Return when the queue can be used; a server left over from a killed run is kept if it answers."""
        if self.pids() and self.answers():
            return
        self.stop()
        self.socket.unlink(missing_ok=True)
        if not self.data.exists():
            self.data.mkdir()
            self.account.own(self.data)
        self._spawn()

    def stop(self) -> None:
        """End the server; it writes down what waits in the queue first."""
        processes.end(self.pids(), signal.SIGTERM, PATIENCE)

    def _spawn(self) -> None:
        # The title stays as started: by its arguments a later run knows the server as its own.
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "save": "",
            "set-proc-title": "no",
        }
        command = [str(self.program), *(part for name, value in options.items() for part in (f"--{name}", value))]
        deadline = time.monotonic() + PATIENCE
        server = spawn(command, self.log, self.account)
        while not self.answers():
            if not processes.is_running(server) or time.monotonic() > deadline:
                raise Refusal(f"Valkey did not start. {quoted(self.log)}")
            time.sleep(0.02)
