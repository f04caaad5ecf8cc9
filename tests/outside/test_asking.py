"""Asking a source outside: a typed answer, whatever the other side does. A real server misbehaves; Redis is real."""

import gzip
import json
import multiprocessing
import ssl
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.outside.server import closes_early, drips, floods, forget, running, says, waits
from underwriting.outside import ask, breaker, limiter, store
from underwriting.outside.asking import _is_safe
from underwriting.outside.clock import REAL, Clock
from underwriting.sources.answers import Outcome
from underwriting.sources.filing import load_json
from underwriting.sources.questions import Question

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAMED = '{"name": "PEI Société", "as_of": "2026-11-20"}'.encode()


@dataclass(frozen=True)
class Named:
    name: str
    as_of: date


def read(reply):
    """A record of two keys; none of an empty object."""
    found = load_json(reply.content)
    return Named(found["name"], date.fromisoformat(found["as_of"])) if found else None


class Waits:
    """A clock whose sleeps are noted and take no time, but move it."""

    def __init__(self):
        self.slept, self.now = [], 0.0

    @property
    def clock(self):
        return Clock(monotonic=lambda: self.now, sleep=self._sleep, jitter=lambda: 1.0)

    def _sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def asked(fake, path="/x", *, clock=None, read=read, patience=None, question=None, **about):
    source = fake.source(**about)
    return ask(source, question or Question(path), read, at=AT, clock=clock or Waits().clock, patience=patience)


def test_an_answer_says_who_said_it_where_and_when(fake):
    fake.on("/x", says(200, NAMED))
    answer = asked(fake, question=Question("x", parameters={"q": "a b&c"}, headers={"X-Key": "k"}))
    assert answer.outcome == Outcome.OK
    assert answer.payload == Named("PEI Société", date(2026, 11, 20))
    assert (answer.source, answer.licence, answer.fetched_at) == ("Fake", "Licence of the fake", AT)
    assert answer.url == f"{fake.address}/x?q=a+b%26c"
    assert answer.as_of == date(2026, 11, 20)
    assert not answer.is_kept
    headers = fake.asked[0].headers
    assert headers["user-agent"] == "UnlockFocus/1 (registers@cover.example)"
    assert headers["x-key"] == "k"


def test_a_body_is_posted_as_it_stands_with_the_key(fake):
    fake.on("/x", says(200, NAMED))
    question = Question("x", method="POST", body=b'[{"cui": 1}]', credentials=("key", ""))
    assert asked(fake, question=question).outcome == Outcome.OK
    assert (fake.asked[0].method, fake.asked[0].body) == ("POST", b'[{"cui": 1}]')
    assert fake.asked[0].headers["authorization"] == "Basic a2V5Og=="


@pytest.mark.parametrize(
    ("act", "outcome", "reason"),
    [
        (says(200, b"{}"), "not_found", ""),
        (says(404, b"<html>"), "not_found", ""),
        (says(200, NAMED[:20]), "bad_payload", "line 1, column"),
        (says(200, b"<html>Maintenance</html>", "text/html"), "bad_payload", "Expecting value"),
        (says(200, NAMED.decode().encode("latin-1"), "application/json; charset=utf-8"), "bad_payload", "not UTF-8"),
        (says(200, b'{"title": "x"}'), "bad_payload", "not as expected (KeyError)"),
        (says(200, b"[1]"), "bad_payload", "not as expected (TypeError)"),
        (says(200, b"7" * 5000), "bad_payload", ""),
        (says(200, b"[" * 90000), "bad_payload", "recursion"),
        (says(200, b""), "bad_payload", "Expecting value"),
        (says(400, b"{}"), "unavailable", "status 400"),
        (says(401, b"{}"), "unavailable", "status 401"),
        (says(418, b"{}"), "unavailable", "status 418"),
        (says(302, Location="https://evil.example/x"), "unavailable", "redirected to https://evil.example"),
        (says(302, Location="http://127.0.0.1:1/x"), "unavailable", "redirected to http://127.0.0.1:1"),
        (says(302, Location="file:///etc/passwd"), "unavailable", "redirected to file://"),
        (says(302, Location="/x"), "unavailable", "redirected in a circle"),
        (says(200, b"x", Content_Encoding="br"), "bad_payload", "encoded as br"),
        (says(200, b"not gzip", Content_Encoding="gzip"), "bad_payload", "compressed, and not readable"),
        (says(200, gzip.compress(NAMED)[:-9], Content_Encoding="gzip"), "bad_payload", "compressed, and cut off"),
        (says(200, gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"), "bad_payload", "more than 8,388,608"),
        (floods(50), "bad_payload", "more than 8,388,608 bytes"),
    ],
)
def test_odd_answers_are_typed_and_asked_for_once(fake, act, outcome, reason):
    fake.on("/x", act)
    answer = asked(fake)
    assert (answer.outcome, answer.payload) == (outcome, None)
    assert reason in answer.reason
    assert len(fake.asked) == (4 if "circle" in reason else 1)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (waits(1.0), "time-out (ReadTimeout)"),
        (drips(1.0), "time-out (ReadTimeout)"),
        (drips(1.0, in_head=True), "time-out (ReadTimeout)"),
        (closes_early, "closed before the end"),
        (says(500), "status 500"),
        (says(503, b"<html>"), "status 503"),
    ],
)
def test_what_may_pass_is_tried_three_times_with_growing_pauses(fake, act, reason):
    fake.on("/x", act)
    waiting = Waits()
    answer = asked(fake, clock=waiting.clock, timeout_seconds=0.3, patience=10)
    assert (answer.outcome, answer.payload) == (Outcome.UNAVAILABLE, None)
    assert reason in answer.reason
    assert (len(fake.asked), waiting.slept) == (3, [0.5, 1.0])


def test_the_whole_of_a_dripping_answer_takes_no_longer_than_it_may(fake):
    fake.on("/x", drips(5.0))
    since = time.monotonic()
    assert asked(fake, clock=REAL, timeout_seconds=0.4).outcome == Outcome.UNAVAILABLE
    assert time.monotonic() - since < 1.5


def test_a_port_where_nobody_listens_is_unavailable(fake):
    forget(store.shared(), "127.0.0.1:1")
    answer = asked(fake, address="http://127.0.0.1:1")
    assert (answer.outcome, answer.reason) == (Outcome.UNAVAILABLE, "no connection (ConnectError)")


def test_a_failure_that_passes_is_not_seen(fake):
    fake.on("/x", says(500), closes_early, says(200, NAMED))
    assert asked(fake).outcome == Outcome.OK
    assert len(fake.asked) == 3


def test_a_short_wish_to_wait_is_granted_and_a_long_one_reported(fake):
    fake.on("/x", says(429, Retry_After="1"), says(200, NAMED))
    assert asked(fake, clock=REAL).outcome == Outcome.OK
    assert fake.asked[1].at - fake.asked[0].at >= 1
    fake.on("/y", says(429, Retry_After="120"))
    answer = asked(fake, "/y")
    assert (answer.outcome, answer.retry_after_seconds) == (Outcome.RATE_LIMITED, 120)
    again = asked(fake, "/z")
    assert again.outcome == Outcome.RATE_LIMITED
    assert 118 < again.retry_after_seconds <= 120
    assert len(fake.asked) == 3


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        (format_datetime(AT + timedelta(minutes=5), usegmt=True), 300),
        ("999999999999", 7 * 86400),
        ("-3", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_wish_to_wait_comes_as_seconds_or_as_an_instant_or_is_nonsense(fake, wish, seconds):
    fake.on("/x", says(429, Retry_After=wish))
    answer = asked(fake)
    assert (answer.outcome, answer.retry_after_seconds) == (Outcome.RATE_LIMITED, seconds)
    assert len(fake.asked) == (3 if seconds is None else 1)


def test_a_redirect_within_the_source_is_followed_and_said(fake):
    fake.on("/x", says(301, Location="/new/x"))
    fake.on("/new/x", says(200, NAMED))
    answer = asked(fake)
    assert (answer.outcome, answer.url) == (Outcome.OK, f"{fake.address}/new/x")
    post = asked(fake, question=Question("x", method="POST", body=b"{}"))
    assert (post.outcome, post.reason) == (Outcome.UNAVAILABLE, "redirected, and the question would be lost")


def test_a_missing_record_may_have_to_be_read(fake):
    fake.on("/x", says(404, b"<html>proxy error</html>"), says(404, b"{}"))
    question = Question("x", reads_missing=True)
    assert asked(fake, question=question).outcome == Outcome.BAD_PAYLOAD
    assert asked(fake, question=question).outcome == Outcome.NOT_FOUND


def test_answers_are_kept_with_their_age_and_failures_are_not(fake):
    fake.on("/x", says(200, NAMED[:9]), says(500), says(500), says(500), says(200, NAMED))
    outcomes = [asked(fake).outcome for _ in range(3)]
    assert outcomes == [Outcome.BAD_PAYLOAD, Outcome.UNAVAILABLE, Outcome.OK]
    later = ask(fake.source(), Question("/x"), read, at=AT + timedelta(hours=2))
    assert (later.outcome, later.is_kept, later.fetched_at) == (Outcome.OK, True, AT)
    assert later.payload == Named("PEI Société", date(2026, 11, 20))
    assert len(fake.asked) == 5
    other = ask(fake.source(), Question("/x", headers={"Accept": "text/plain"}), read, at=AT)
    assert not other.is_kept


def test_that_there_is_none_is_kept_for_an_hour_only(fake):
    fake.on("/x", says(404, b"{}"))
    asked(fake)
    assert asked(fake).is_kept
    [key] = list(store.shared().scan_iter(f"outside:reply:127.0.0.1:{fake.port}:*"))
    assert 3590 < store.shared().ttl(key) <= 3600


@pytest.mark.parametrize("spoilt", [b"", b"{}", b"{}\n{}", b"\xff\n", b'{"status_code": 200, "content_type": ""'])
def test_a_kept_reply_that_cannot_be_read_is_fetched_again(fake, spoilt):
    fake.on("/x", says(200, NAMED))
    asked(fake)
    [key] = list(store.shared().scan_iter(f"outside:reply:127.0.0.1:{fake.port}:*"))
    store.shared().set(key, spoilt)
    again = asked(fake)
    assert (again.outcome, again.is_kept, len(fake.asked)) == (Outcome.OK, False, 2)


def test_a_large_reply_and_one_of_a_source_that_changes_at_once_are_not_kept(fake):
    fake.on("/x", says(200, NAMED + b" " * 1_100_000))
    fake.on("/y", says(200, NAMED))
    assert [asked(fake).is_kept for _ in range(2)] == [False, False]
    assert [asked(fake, "/y", fresh_seconds=0).is_kept for _ in range(2)] == [False, False]


def test_switched_off_nobody_is_asked(fake, settings):
    settings.OUTSIDE_SOURCES = False
    answer = asked(fake)
    assert (answer.outcome, answer.reason, fake.asked) == (Outcome.UNAVAILABLE, "switched off", [])


def test_an_address_is_https_or_on_this_machine(fake):
    answer = asked(fake, address="http://registers.example")
    assert (answer.outcome, answer.reason) == (Outcome.UNAVAILABLE, "not an https address")


def test_a_source_without_https_is_asked_where_it_says_that_it_has_none(fake):
    source = fake.source(address="http://registers.example")
    assert [_is_safe(source), _is_safe(replace(source, has_https=False))] == [False, True]


def test_the_address_of_a_source_can_be_another(fake, settings):
    fake.on("/x", says(200, NAMED))
    settings.OUTSIDE_ADDRESSES = {"Register": fake.address}
    assert asked(fake, name="Register", address="https://registers.example").outcome == Outcome.OK


def test_proxies_of_the_environment_are_not_used(fake, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    fake.on("/x", says(200, NAMED))
    assert asked(fake).outcome == Outcome.OK


def test_a_certificate_nobody_vouches_for_is_refused(fake):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answer = asked(fake, address=f"https://localhost:{server.server_address[1]}")
        server.shutdown()
    assert (answer.outcome, answer.reason) == (Outcome.UNAVAILABLE, "no connection (ConnectError)")


# --- How often, by all workers together ---


def _take(source, results):
    """In a process of its own: four places, and when each was taken."""
    for _ in range(4):
        limiter.take_place(source, 5.0, REAL)
        results.put(time.time())


def test_two_processes_share_the_places_of_a_host(fake):
    source = fake.source(requests=3, per_seconds=0.5)
    forked = multiprocessing.get_context("fork")
    results = forked.Queue()
    workers = [forked.Process(target=_take, args=(source, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    taken = sorted(results.get(timeout=20) for _ in range(8))
    for worker in workers:
        worker.join()
    assert all(later - earlier > 0.47 for earlier, later in zip(taken, taken[3:], strict=False))
    assert taken[-1] - taken[0] < 2.5


def test_who_would_wait_too_long_is_told_at_once(fake):
    fake.on("/x", says(200, NAMED))
    waiting = Waits()
    limits = {"requests": 1, "per_seconds": 60.0, "fresh_seconds": 0}
    assert asked(fake, clock=waiting.clock, **limits).outcome == Outcome.OK
    answer = asked(fake, clock=waiting.clock, patience=20, **limits)
    assert answer.outcome == Outcome.RATE_LIMITED
    assert 59 < answer.retry_after_seconds <= 60
    assert (waiting.slept, len(fake.asked)) == ([], 1)
    assert asked(fake, clock=waiting.clock, patience=70, **limits).outcome == Outcome.OK
    assert 59 < waiting.slept[0] <= 60


# --- A host that fails ---


def test_a_host_that_fails_is_left_alone_and_then_tried_by_one_alone(fake, monkeypatch):
    monkeypatch.setattr(breaker, "COOLING_SECONDS", 0.5)
    fake.on("/x", *[says(500)] * 6, says(200, NAMED))
    assert [asked(fake).outcome for _ in range(2)] == [Outcome.UNAVAILABLE] * 2
    answer = asked(fake)
    assert "left alone" in answer.reason
    assert 0 < answer.retry_after_seconds <= 0.5
    assert len(fake.asked) == 5
    time.sleep(0.55)
    source = fake.source()
    probe = breaker.let_pass(source, REAL)
    with pytest.raises(breaker.Open):
        breaker.let_pass(source, REAL)
    breaker.failed(probe, REAL)
    with pytest.raises(breaker.Open):
        breaker.let_pass(source, REAL)
    time.sleep(0.55)
    breaker.succeeded(breaker.let_pass(source, REAL))
    breaker.let_pass(source, REAL)
    breaker.let_pass(source, REAL)


def _probe(source, start, results):
    start.wait()
    try:
        breaker.let_pass(source, REAL)
    except breaker.Open:
        results.put("left alone")
    else:
        results.put("probe")


def test_of_four_processes_one_alone_is_the_probe(fake, monkeypatch):
    monkeypatch.setattr(breaker, "COOLING_SECONDS", 0.05)
    source = fake.source()
    leave = breaker.let_pass(source, REAL)
    for _ in range(5):
        breaker.failed(leave, REAL)
    time.sleep(0.1)
    forked = multiprocessing.get_context("fork")
    results, start = forked.Queue(), forked.Event()
    workers = [forked.Process(target=_probe, args=(source, start, results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    start.set()
    assert sorted(results.get(timeout=20) for _ in workers) == ["left alone"] * 3 + ["probe"]
    for worker in workers:
        worker.join()


def test_a_probe_that_found_no_place_leaves_it_to_another(fake, monkeypatch):
    monkeypatch.setattr(breaker, "COOLING_SECONDS", 0.05)
    fake.on("/x", says(200, NAMED))
    source = fake.source(requests=1, per_seconds=60.0)
    leave = breaker.let_pass(source, REAL)
    for _ in range(5):
        breaker.failed(leave, REAL)
    time.sleep(0.1)
    limiter.take_place(source, 0, REAL)
    answer = ask(source, Question("/x"), read, at=AT, clock=Waits().clock)
    assert answer.outcome == Outcome.RATE_LIMITED
    breaker.let_pass(source, REAL)


# --- Without Redis ---


@pytest.fixture
def no_redis(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    monkeypatch.setattr(limiter, "_alone", limiter._Alone())
    monkeypatch.setattr(breaker, "_alone", breaker._Alone())


def test_the_queue_on_a_unix_socket_is_found_as_celery_writes_it(settings):
    settings.REDIS_URL = "redis+socket:///tmp/a/valkey.sock?virtual_host=3"
    connection = store.shared().connection_pool.connection_kwargs
    assert (connection["path"], connection["db"]) == ("/tmp/a/valkey.sock", 3)  # noqa: S108


def test_without_redis_answers_come_more_slowly_and_are_not_kept(fake, no_redis):
    fake.on("/x", says(200, NAMED))
    waiting = Waits()
    answers = [asked(fake, clock=waiting.clock, requests=4, per_seconds=1.0) for _ in range(3)]
    assert [(each.outcome, each.is_kept) for each in answers] == [(Outcome.OK, False)] * 3
    assert waiting.slept == [1.0, 1.0]


def test_without_redis_a_failing_host_is_left_alone_too(fake, no_redis):
    fake.on("/x", says(500))
    waiting = Waits()
    reasons = [asked(fake, clock=waiting.clock, patience=30).reason for _ in range(3)]
    assert reasons[0] == "status 500"
    assert "left alone" in reasons[2]
    assert len(fake.asked) == 5
    waiting.now += 61
    fake.on("/x", says(200, NAMED))
    assert asked(fake, clock=waiting.clock).outcome == Outcome.OK


def test_without_redis_a_wish_to_wait_is_remembered(fake, no_redis):
    fake.on("/x", says(429, Retry_After="120"))
    waiting = Waits()
    assert [asked(fake, clock=waiting.clock).outcome for _ in range(2)] == [Outcome.RATE_LIMITED] * 2
    assert len(fake.asked) == 1


def test_two_sources_of_one_host_share_its_places_and_other_hosts_do_not(fake):
    source = fake.source(requests=1, per_seconds=60.0)
    limiter.take_place(source, 0, REAL)
    with pytest.raises(limiter.TooOften):
        limiter.take_place(replace(source, name="Other", address=f"{fake.address}/other"), 0, REAL)
    with running() as other:
        limiter.take_place(other.source(requests=1, per_seconds=60.0), 0, REAL)


def test_what_is_kept_is_the_body_as_it_came(fake):
    fake.on("/x", says(200, gzip.compress(NAMED), Content_Encoding="gzip"))
    asked(fake)
    [key] = list(store.shared().scan_iter(f"outside:reply:127.0.0.1:{fake.port}:*"))
    head, _, body = store.shared().get(key).partition(b"\n")
    assert body == NAMED
    assert json.loads(head)["fetched_at"] == "2026-11-24T09:00:00+00:00"
