"""The Redis all workers share: what they ask of it about sources outside, and what they do when it is gone."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")

PREFIX = "outside"


@lru_cache(maxsize=4)
def _connected(address: str) -> Redis:
    return Redis.from_url(_for_the_client(address), socket_timeout=1.0, socket_connect_timeout=0.5)


def _for_the_client(address: str) -> str:
    """The address as the client knows it: Celery writes a unix socket as redis+socket:///PATH?virtual_host=0."""
    return address.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)


def shared() -> Redis:
    """The connections of this process; a fork opens its own."""
    return _connected(settings.REDIS_URL)


def run(script: str, keys: list[str], *arguments: Any) -> Any:
    """The result of a Lua script, which Redis runs in one go; raises RedisError."""
    return shared().eval(script, len(keys), *keys, *arguments)


def or_without(act: Callable[[], T], without: Callable[[], T], doing: str) -> T:
    """What Redis answers, or what is done without it, said in the log."""
    try:
        return act()
    except RedisError as error:
        log.warning("Redis is gone, going on with care", doing=doing, error=str(error))
        return without()
