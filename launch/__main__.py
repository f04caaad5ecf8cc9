"""What `./run` enters: one word says what to do, the rest is passed on."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from launch import foreground, interrupts, services
from launch.checkout import Checkout, alone
from launch.console import Refusal, say, step
from launch.debian import need_pango, want_chromium
from launch.lint import lint
from launch.start import compile_translations, development, start
from launch.toolchain import UV_ENVIRONMENT, install, uv

HELP = """\
./run                      start Unlock Focus: database, queue, web, worker, clock, demo case   (PORT=8000)
./run test [ARGUMENTS]     run the tests; the arguments are pytest's
./run lint                 check style, types, templates, imports, migrations, deployment settings
./run bench NAME [ARGS]    run bench/NAME.py with a database and a queue of its own
./run manage COMMAND ...   run a Django management command, for example: ./run manage price cases.json
./run lock [--upgrade]     pin the packages of pyproject.toml in the requirement files
./run help                 this text

DATABASE_URL and REDIS_URL, when set, are used instead of the embedded services.
docs/operations.md has the rest.
"""

LOCKED = {
    "requirements.txt": [],
    "requirements-dev.txt": ["--group", "embedded", "--group", "dev"],
    "requirements-benchmark.txt": ["--group", "embedded", "--group", "dev", "--group", "benchmark"],
}

Environment = Mapping[str, str]
Command = Callable[[Checkout, Environment, list[str]], int]


def main(arguments: Sequence[str], environment: Environment) -> int:
    """The exit status of one call of `./run`."""
    word, rest = (arguments[0], list(arguments[1:])) if arguments else ("start", [])
    if word in {"help", "-h", "--help"}:
        sys.stdout.write(HELP)
        return 0
    command = COMMANDS.get(word)
    if command is None or (rest and command in {_start, _lint}):
        say(f"./run does not know {' '.join(arguments)!r}.\n\n{HELP}")
        return 2
    if sys.platform != "linux":
        raise Refusal("./run needs Linux. Elsewhere use docker-compose.yml, see docs/operations.md.")
    interrupts.listen()
    checkout = Checkout.here(environment)
    checkout.prepare()
    return command(checkout, environment, rest)


def _start(checkout: Checkout, environment: Environment, _arguments: list[str]) -> int:
    return start(checkout, environment)


def _test(checkout: Checkout, environment: Environment, arguments: list[str]) -> int:
    need_pango()
    install(checkout)
    compile_translations(checkout)
    test = {"UNLOCKFOCUS_ENV": "test", "UNLOCKFOCUS_CHROMIUM": want_chromium()}
    with services.passing(checkout, environment, durable=False) as running, _scratch() as scratch:
        settings = {**environment, **running.environment, **scratch, **test}
        command = [str(checkout.python), "-m", "pytest", *(arguments or ["-n", "2"])]
        return foreground.run(command, checkout.root, settings)


def _lint(checkout: Checkout, environment: Environment, _arguments: list[str]) -> int:
    need_pango()
    install(checkout)
    compile_translations(checkout)
    return lint(checkout, environment)


def _bench(checkout: Checkout, environment: Environment, arguments: list[str]) -> int:
    names = sorted(path.stem for path in (checkout.root / "bench").glob("[!_]*.py"))
    if not arguments or arguments[0] not in names:
        raise Refusal(f"./run bench NAME, where NAME is one of: {', '.join(names) or '(there is none yet)'}")
    need_pango()
    install(checkout)
    compile_translations(checkout)
    with services.passing(checkout, environment, durable=True) as running, _scratch() as scratch:
        settings = {**development(checkout, environment), **running.environment, **scratch}
        for command in ("migrate", "load_reference"):
            with step(f"Preparing its database: {command}"):
                _quietly([str(checkout.python), "manage.py", command], checkout.root, settings)
        program = checkout.root / "bench" / f"{arguments[0]}.py"
        settings["PYTHONPATH"] = os.pathsep.join(filter(None, [str(checkout.root), environment.get("PYTHONPATH")]))
        return foreground.run([str(checkout.python), str(program), *arguments[1:]], _called_from(environment), settings)


def _manage(checkout: Checkout, environment: Environment, arguments: list[str]) -> int:
    install(checkout)
    compile_translations(checkout)
    with services.lasting(checkout, environment) as running:
        settings = {**development(checkout, environment), **running.environment}
        command = [str(checkout.python), str(checkout.root / "manage.py"), *arguments]
        return foreground.run(command, _called_from(environment), settings)


def _lock(checkout: Checkout, environment: Environment, arguments: list[str]) -> int:
    with alone(checkout.root / ".tools" / "lock", "installing packages"):
        program = uv(checkout)
    settings = {**environment, **UV_ENVIRONMENT}
    shared = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    shape = ["--no-header", "--no-annotate", "pyproject.toml", *arguments]
    for output, groups in LOCKED.items():
        with step(f"Writing {output}"):
            _quietly([str(program), *shared, *shape, *groups, "--output-file", output], checkout.root, settings)
    return 0


@contextmanager
def _scratch() -> Iterator[dict[str, str]]:
    """Settings that keep uploaded and collected files of tests and benchmarks out of `.data`."""
    with tempfile.TemporaryDirectory(prefix="unlock-focus-files-") as place:
        yield {"MEDIA_ROOT": f"{place}/media", "STATIC_ROOT": f"{place}/static"}


def _quietly(command: list[str], directory: Path, environment: Environment) -> None:
    outcome = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise Refusal(f"{' '.join(command)} failed:\n\n{outcome.stdout}{outcome.stderr}")


def _called_from(environment: Environment) -> Path:
    """Where the person stood when calling `./run`, so that file names mean what they typed."""
    return Path(environment.get("UNLOCKFOCUS_CALLED_FROM") or ".")


COMMANDS: dict[str, Command] = {
    "start": _start,
    "test": _test,
    "lint": _lint,
    "bench": _bench,
    "manage": _manage,
    "lock": _lock,
}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], os.environ))
    except Refusal as refusal:
        say(f"\n{refusal}")
        sys.exit(1)
    except interrupts.Interrupted as interrupted:
        say("Stopped.")
        sys.exit(0 if sys.argv[1:] in ([], ["start"]) else 128 + interrupted.number)
    except PermissionError as error:
        say(f"\n{error.filename} cannot be written: it belongs to another user of this machine.")
        sys.exit(1)
