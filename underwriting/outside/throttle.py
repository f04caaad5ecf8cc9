"""How often one person may have us ask outside: a page is no crawler."""

from underwriting.outside import store

MOST_LOOKUPS = 20
WINDOW_SECONDS = 600

# KEYS: the person's count. ARGV: seconds it lives. The first look-up begins the window.
_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


def may_look_up(user_id: int) -> bool:
    """Count one look-up; whether it is still within what a person may ask for. Without Redis it is."""
    key = f"{store.PREFIX}:lookups:{user_id}"
    count = store.or_without(lambda: int(store.run(_COUNT, [key], WINDOW_SECONDS)), lambda: 0, "counting look-ups")
    return count <= MOST_LOOKUPS
