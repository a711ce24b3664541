"""Rate limits of a mock: when a call is one too many, and what it is told.

Knows the forms of a limit in headers and in JSON, windows, and Postman's answer
to a call above its own limit (behaviour B.1, B.2). Must not know where windows
are kept, or whose calls are counted.

    x-mock-rate-limit: 10/60                   {"calls": 10, "seconds": 60}
    10 per 60s; per=session                    {"calls": 10, "seconds": 60, "per": "session"}

A window opens with a call and ends so many seconds later, as Postman's own does:
its `X-RateLimit-Reset` was recorded as the time of the first call plus 60.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from postiche.core.errors import Problem
from postiche.core.steering.fields import Fields, settings_of
from postiche.model import Headers, RateLimit, RatePer, Reply

HEADER: Final = "x-mock-rate-limit"
KEY: Final = "rateLimit"

MAX_CALLS: Final = 1_000_000_000
MAX_SECONDS: Final = 86_400

_PER: Final[Mapping[str, RatePer]] = {per: per for per in get_args(RatePer)}
_AMOUNT = re.compile(r"(\d{1,10})\s*(?:/|\s+per\s+)\s*(\d{1,6})\s*s?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """Calls counted since `start`, in milliseconds since 1970."""

    start: int
    used: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a call: whether it is answered, and how many more would be.

    The window ends at `ends`, in milliseconds since 1970, which is `wait` whole
    seconds away, rounded up.
    """

    allowed: bool
    remaining: int
    ends: int
    wait: int


def take(limit: RateLimit, window: Window | None, now: int) -> tuple[Window, Taken]:
    """Count a call at `now`, in milliseconds since 1970; None is a window that never opened.

    A clock that was put back opens a new window, so that nobody waits longer
    than a window lasts.
    """
    length = limit.seconds * 1000
    if window is None or not window.start <= now < window.start + length:
        window = Window(now, 0)
    ends = window.start + length
    allowed = window.used < limit.calls
    if allowed:
        window = Window(window.start, window.used + 1)
    wait = -(-(ends - now) // 1000)
    return window, Taken(allowed, max(0, limit.calls - window.used), ends, wait)


def headers_of(limit: RateLimit, taken: Taken) -> Headers:
    """What a mock says of its limit in every reply.

    `X-RateLimit-Reset` is in seconds since 1970 (behaviour B.2), `RateLimit-Reset`
    in seconds from now, as in Postman's API and the IETF's draft.
    """
    return (
        ("x-ratelimit-limit", str(limit.calls)),
        ("x-ratelimit-remaining", str(taken.remaining)),
        ("x-ratelimit-reset", str(-(-taken.ends // 1000))),
        ("ratelimit-limit", str(limit.calls)),
        ("ratelimit-remaining", str(taken.remaining)),
        ("ratelimit-reset", str(taken.wait)),
        ("ratelimit-policy", f"{limit.calls};w={limit.seconds}"),
    )


def problem_of(taken: Taken) -> Problem:
    """The error of a call that was one too many; the text is Postman's (behaviour B.1)."""
    message = f"Rate Limit exceeded. Please retry at {taken.ends}"
    return Problem(429, {"name": "rateLimitError", "message": message})


def refusal(limit: RateLimit, taken: Taken) -> Reply:
    """The reply to a call that was one too many: whoever waits for `Retry-After` is answered."""
    reply = problem_of(taken).reply()
    headers = (("retry-after", str(taken.wait)), *headers_of(limit, taken))
    return Reply(reply.status, (*reply.headers, *headers), reply.body)


def parse_text(text: str) -> RateLimit | None:
    """The limit that a header asks for; None for one that is malformed or out of bounds."""
    try:
        amount, settings = settings_of(text)
        found = _AMOUNT.fullmatch(amount)
        if found is None or not settings.keys() <= {"per"}:
            return None
        return parse_json({"calls": int(found[1]), "seconds": int(found[2]), **settings})
    except ValueError:
        return None


def parse_json(sent: object) -> RateLimit:
    """The limit of a config. Raises ValueError, which names the field and the remedy."""
    fields = Fields.of(KEY, sent)
    fields.only(("calls", "seconds", "per"))
    per = _PER[fields.choice("per", _PER, "mock")]
    calls, seconds = fields.whole("calls", 0, MAX_CALLS), fields.whole("seconds", 1, MAX_SECONDS)
    return RateLimit(calls, seconds, per)


def to_json(limit: RateLimit) -> dict[str, object]:
    """The limit as the API shows it; `parse_json` reads it back."""
    return {"calls": limit.calls, "seconds": limit.seconds, "per": limit.per}
