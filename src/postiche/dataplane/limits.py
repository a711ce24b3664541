"""Keeps the windows of rate limits.

Knows which window a call falls into, and how many are kept. Must not know HTTP,
or whose calls are counted together: the caller gives that as a key.
"""

from collections import OrderedDict
from hashlib import blake2b
from typing import Final, Protocol

from postiche.core.steering.limits import Taken, Window, take
from postiche.model import RateLimit

MAX_WINDOWS: Final = 10_000
"""Windows that one process keeps; beyond them the one that opened first is forgotten."""
_LONG_KEY: Final = 128


class RateKeeper(Protocol):
    """Counts calls against limits, in one process or over many."""

    async def take(self, mock_id: str, key: str, limit: RateLimit, now: float) -> Taken:
        """Count one call at `now`, in seconds since 1970, of those that share a key.

        The key is "" for a limit of the whole mock, a session's name for one per
        session. Each limit counts for itself, so that calls which ask for other
        limits by header do not disturb each other.
        """
        ...


class LocalRates:
    """Counts within this process, with a bounded number of windows.

    A flood of keys makes only the oldest windows forgotten: their callers may
    call anew, and the memory does not grow.
    """

    def __init__(self, *, windows: int = MAX_WINDOWS) -> None:
        self._windows: OrderedDict[tuple[str, str, RateLimit], Window] = OrderedDict()
        self._most = windows

    async def take(self, mock_id: str, key: str, limit: RateLimit, now: float) -> Taken:
        """As RateKeeper says."""
        place = mock_id, _short(key), limit
        before = self._windows.get(place)
        after, taken = take(limit, before, int(now * 1000))
        self._windows[place] = after
        if before is None or before.start != after.start:
            self._windows.move_to_end(place)
        if len(self._windows) > self._most:
            self._windows.popitem(last=False)
        return taken

    def __len__(self) -> int:
        return len(self._windows)


def _short(key: str) -> str:
    """A key whose length a client cannot choose."""
    if len(key) <= _LONG_KEY:
        return key
    return blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()
