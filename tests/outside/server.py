"""A source outside that runs here: a real HTTP server which misbehaves as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from redis import Redis

from underwriting.outside import store
from underwriting.sources.questions import Source

JSON = "application/json; charset=utf-8"


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class FakeSource:
    """Answers the paths it was told about, in turn, and gives the last answer again and again; the rest is a 404."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    _acts: dict[str, list[Act]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def source(self, **about) -> Source:
        about = {"requests": 1000, "per_seconds": 1.0, "timeout_seconds": 5.0, **about}
        return Source(about.pop("name", "Fake"), about.pop("address", self.address), "Licence of the fake", **about)

    def on(self, path: str, *acts: Act) -> None:
        self._acts[path] = list(acts)

    def act(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(handler.command, handler.path, headers, body, time.monotonic()))
        acts = self._acts.get(handler.path) or self._acts.get(handler.path.partition("?")[0]) or [says(404, b"{}")]
        (acts.pop(0) if len(acts) > 1 else acts[0])(handler)


def says(status: int, body: bytes = b"", content_type: str = JSON, **headers: str) -> Act:
    """An answer sent whole; `headers` have underscores for hyphens."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def drips(seconds: float, byte: bytes = b"x", *, in_head: bool = False) -> Act:
    """One byte each tenth of a second: no single wait is long, the whole is."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        handler.wfile.write(head + (b"X-Slow: " if in_head else b"Content-Length: 100000\r\n\r\n"))
        for _ in range(int(seconds * 10)):
            time.sleep(0.1)
            handler.wfile.write(byte)

    return act


def waits(seconds: float) -> Act:
    return lambda handler: time.sleep(seconds)


def closes_early(handler: BaseHTTPRequestHandler) -> None:
    """Promises more than it sends."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"name": ')


def floods(megabytes: int) -> Act:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(megabytes * 16):
            handler.wfile.write(b" " * 65536)

    return act


@contextmanager
def running() -> Iterator[FakeSource]:
    fake = FakeSource()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

        def do_GET(self) -> None:
            self.close_connection = True
            fake.act(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.port = server.server_address[1]
    forget(store.shared(), f"127.0.0.1:{fake.port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forget(redis: Redis, host: str) -> None:
    """Ports come again: nothing kept of an earlier server may speak for this one."""
    for key in redis.scan_iter(f"outside:*:{host}*"):
        redis.delete(key)
