"""What a miss says besides Postman's error: the nearest examples, and why they did not answer.

Knows where a client called, what it accepts, and how much time explaining may
take. Must not know how examples are judged: that is the core's.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from postiche.core.reply import finished
from postiche.dataplane.answer import Answer
from postiche.dataplane.plans import MockEntry
from postiche.model import Reply, Request

if TYPE_CHECKING:
    from postiche.core.explaining.explain import Explanation

logger = logging.getLogger(__name__)

SHARE: Final = 0.2
"""How much of a processor's time may go into explaining, on the whole."""
RESERVE: Final = 1.0
"""Seconds of explaining that may be spent at once after a quiet time: some hundred misses."""
KEY: Final = "$POSTICHE_API_KEY"
"""What stands for the API key in a command for a private mock: it must not be repeated."""


class Misses:
    """Explains misses, as long as there is time for it; `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._left = RESERVE
        self._at = clock()

    def explained(self, entry: MockEntry, request: Request, base: str, missed: Answer) -> Answer:
        """The answer to a request that no example fits, explained; `base` is the mock's URL.

        As it was if the mock is not to explain, or under a flood of misses.
        """
        began = self._clock()
        self._left = min(RESERVE, self._left + SHARE * (began - self._at))
        self._at = began
        if not entry.plan.config.explain_misses or self._left <= 0:
            return missed
        try:
            return _explained(entry, request, base, missed)
        except Exception:
            logger.exception("a miss could not be explained")
            return missed
        finally:
            self._left -= self._clock() - began


def _explained(entry: MockEntry, request: Request, base: str, missed: Answer) -> Answer:
    # Loaded by the first miss: what explains is as large as what matches.
    from postiche.core.explaining.explain import nearest
    from postiche.core.explaining.wording import summary

    told = nearest(entry.plan, request)
    first = told.candidates[0].example.source.id if told.candidates else None
    reply = _reply(told, missed.reply, base, KEY if entry.private else None, request)
    return replace(missed, reply=reply, nearest=first, why=summary(told))


def _reply(
    told: "Explanation", missed: Reply, base: str, key: str | None, request: Request
) -> Reply:
    from postiche.core.explaining.forms import miss_body, miss_text

    if _wants_text(request):
        type_ = ("content-type", "text/plain; charset=utf-8")
        return finished(missed.status, (type_,), miss_text(told, base, key))
    headers = tuple(pair for pair in missed.headers if pair[0] != "etag")
    return Reply(missed.status, headers, miss_body(told, base, key))


def _wants_text(request: Request) -> bool:
    """Whether plain text is asked for by name, and JSON is not."""
    accepted = (request.header("accept") or "").lower()
    return "text/plain" in accepted and "json" not in accepted
