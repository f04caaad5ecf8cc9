"""`./run`: the whole product, from nothing to an address a person can open."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from launch import interrupts, processes, services, translations
from launch.checkout import Checkout, quoted, try_lock
from launch.console import Refusal, finished, say, step
from launch.debian import need_pango
from launch.health import health
from launch.supervisor import Supervisor, wait_for
from launch.toolchain import install

DEFAULT_PORT = 8000
READY_PATIENCE = 60.0
WATCH_PAUSE = 0.25


def start(checkout: Checkout, environment: Mapping[str, str]) -> int:
    """Start everything and stay until asked to end; returns the exit status."""
    begun = time.monotonic()
    port = wanted_port(environment)
    with only_one(checkout, port) as mark, listening(port) as door:
        say("Unlock Focus")
        need_pango()
        install(checkout)
        with services.lasting(checkout, environment) as running:
            settings = {**development(checkout, environment, port), **running.environment}
            supervisor = Supervisor(checkout.root, settings, mark)
            try:
                prepare(checkout, settings, mark)
                start_parts(supervisor, checkout, door)
                wait_until_ready(supervisor, port)
                welcome(checkout, settings["PUBLIC_URL"], time.monotonic() - begun)
                watch(supervisor, running)
            finally:
                interrupts.begin_closing()
                say("\nStopping.")
                supervisor.stop()
    return 0


def wanted_port(environment: Mapping[str, str]) -> int:
    """The port of PORT, 8000 when it is unset; raises Refusal unless it is one a user may take."""
    text = environment.get("PORT") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """The socket the web server will serve: taken first, so that nobody takes it while we prepare."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen(64)
        except PermissionError as error:
            raise Refusal(f"Port {port} is reserved for root. Choose another: PORT=8000 ./run") from error
        except OSError as error:
            raise Refusal(
                f"Port {port} is taken by another program. Choose another: PORT={free_port(port)} ./run"
            ) from error
        yield door


def free_port(taken: int) -> int:
    """A port near the taken one that is free at this moment."""
    for port in [*range(taken + 1, min(taken + 50, 65536)), 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Refusal("No port is free.")


@contextmanager
def only_one(checkout: Checkout, port: int) -> Iterator[str]:
    """Hold this checkout; yields the mark of our processes. What a killed run left behind is ended first."""
    record = checkout.data / "run.json"
    with (checkout.data / "run.lock").open("w") as lock:
        if not try_lock(lock.fileno()):
            raise Refusal(_who_runs(record))
        _end_leftovers(record)
        mark = secrets.token_hex(16)
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        record.write_text(json.dumps({"pid": os.getpid(), "port": port, "since": now, "mark": mark}))
        try:
            yield mark
        finally:
            record.unlink()


def _who_runs(record: Path) -> str:
    try:
        run = json.loads(record.read_text())
    except (OSError, ValueError):
        return "Unlock Focus is being started from this directory already."
    return (
        f"Unlock Focus runs from this directory already, since {run['since']}: http://localhost:{run['port']}\n"
        f"To end it, press Ctrl-C where it was started, or: kill {run['pid']}"
    )


def _end_leftovers(record: Path) -> None:
    """A record nobody holds is that of a killed run: end the processes that bear its mark, and no others."""
    try:
        mark = json.loads(record.read_text())["mark"]
    except (OSError, ValueError, KeyError):
        return
    if left := processes.with_mark(mark):
        with step(f"Ending {len(left)} processes of a run that was killed"):
            processes.end(left, signal.SIGTERM, 5)


def development(checkout: Checkout, environment: Mapping[str, str], port: int = DEFAULT_PORT) -> dict[str, str]:
    """The environment of the product on this machine: what is set already wins."""
    ours = {
        "UNLOCKFOCUS_ENV": "development",
        "SECRET_KEY": checkout.secret_key(),
        "PUBLIC_URL": f"http://localhost:{port}",
        "MEDIA_ROOT": str(checkout.data / "media"),
        "STATIC_ROOT": str(checkout.data / "static"),
    }
    return {**ours, **{name: value for name, value in environment.items() if value or name not in ours}}


def prepare(checkout: Checkout, settings: Mapping[str, str], mark: str) -> None:
    """Database on one core, translations and static files on the other."""
    since = time.monotonic()
    compile_translations(checkout)
    database = _begin(checkout, settings, mark, "prepare", "-m", "launch.prepare", str(_sign_ins(checkout)))
    static = _begin(checkout, settings, mark, "static", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    try:
        _finish(static, checkout.log("static"), "The style sheets and scripts could not be collected")
        say(finished("Style sheets and scripts collected", since))
        _finish(database, checkout.log("prepare"), "The database could not be prepared")
    finally:
        for process in (database, static):
            if process.poll() is None:
                process.terminate()


def compile_translations(checkout: Checkout) -> None:
    """Compile the catalogues that changed, if any."""
    if translations.stale(checkout.root):
        with step("Compiling translations"):
            command = [str(checkout.python), "-m", "launch.translations"]
            outcome = subprocess.run(command, cwd=checkout.root, capture_output=True, text=True, check=False)
            if outcome.returncode:
                raise Refusal(f"A translation catalogue cannot be compiled:\n{outcome.stderr}")


def _sign_ins(checkout: Checkout) -> Path:
    return checkout.data / "sign-ins"


def _begin(
    checkout: Checkout, settings: Mapping[str, str], mark: str, name: str, *arguments: str
) -> "subprocess.Popen[bytes]":
    with checkout.log(name).open("wb") as log:
        return subprocess.Popen(
            [str(checkout.python), *arguments],
            cwd=checkout.root,
            env=processes.marked(settings, mark),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=log,
            start_new_session=True,
            preexec_fn=processes.die_with_parent,
        )


def _finish(process: "subprocess.Popen[bytes]", log: Path, complaint: str) -> None:
    if wait_for(process):
        raise Refusal(f"{complaint}. {quoted(log, 30)}")


def start_parts(supervisor: Supervisor, checkout: Checkout, door: socket.socket) -> None:
    """The web server, the worker and the clock that hands it periodic work."""
    python = str(checkout.python)
    web = web_command(python, door.fileno(), checkout.log("access"))
    supervisor.start("web server", web, checkout.log("web"), keep_open=[door.fileno()])
    door.close()
    supervisor.start("worker", worker_command(python), checkout.log("worker"), ready_line=" ready.")
    supervisor.start("clock", beat_command(python, checkout.data / "beat-schedule"), checkout.log("beat"))


def web_command(python: str, descriptor: int, access_log: Path) -> list[str]:
    """The web server on a socket that is open already; its settings are in `launch/web.py`."""
    options = ["--bind", f"fd://{descriptor}", "--access-logfile", str(access_log), "--log-level", "warning"]
    return [python, "-m", "gunicorn", "--config", "python:launch.web", *options, "unlockfocus.wsgi:application"]


def worker_command(python: str) -> list[str]:
    """Two processes; alone on its queue, so without the second that workers spend on finding each other."""
    options = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    return [python, "-m", "celery", "-q", "-A", "unlockfocus", "worker", *options]


def beat_command(python: str, schedule: Path) -> list[str]:
    """Only one clock may run; the lock on the checkout sees to that, so it needs no pid file."""
    return [python, "-m", "celery", "-q", "-A", "unlockfocus", "beat", "--schedule", str(schedule), "--pidfile", ""]


def wait_until_ready(supervisor: Supervisor, port: int) -> None:
    """Return when /healthz answers 200 and the worker says that it takes work."""
    since = time.monotonic()
    answer = "nothing"
    while time.monotonic() - since < READY_PATIENCE:
        supervisor.check()
        answer = health(port)
        if answer == "200" and supervisor.is_ready():
            say(finished("Web server, worker and clock started", since))
            return
        time.sleep(0.1)
    raise Refusal(f"Not ready after {READY_PATIENCE:.0f} s: /healthz answers {answer}. The logs say more.")


def welcome(checkout: Checkout, address: str, seconds: float) -> None:
    """The address and the demo's sign-ins, on standard output."""
    sign_ins = _sign_ins(checkout).read_text().strip("\n")
    sys.stdout.write(f"\nReady after {seconds:.1f} s: {address}\n\n{sign_ins}\n\n")
    sys.stdout.write(f"Logs are in {checkout.data / 'log'}. Ctrl-C stops everything.\n")
    sys.stdout.flush()


def watch(supervisor: Supervisor, running: services.Services) -> None:
    """Stay until a signal arrives; raises Refusal when a part or a service ended by itself."""
    while True:
        supervisor.check()
        for service in running.embedded:
            if not service.pids():
                raise Refusal(f"{service.title} stopped by itself. {quoted(service.log)}")
        time.sleep(WATCH_PAUSE)
