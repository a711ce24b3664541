"""What becomes of an answer that controls hold up: counted, delayed, spoilt.

Knows the order: the rate limit, the delay, the fault; and whose calls are
counted together. Must not know which controls hold for a call, nor how faults
look on the wire.

What an example asks for counts its own calls; what a request, a route or the
mock asks for counts the calls of the mock. A call that is one too many is
refused at once. The delay stands for the network, so misses wait for it too.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

from postiche.core.dynamic import Sources
from postiche.core.steering.delays import sample
from postiche.core.steering.faults import problem_of, strikes
from postiche.core.steering.limits import headers_of, refusal
from postiche.core.steering.limits import problem_of as limit_problem
from postiche.dataplane.answer import Answer, Decision
from postiche.dataplane.asgi import ClientGone, Receive
from postiche.dataplane.limits import LocalRates, RateKeeper
from postiche.dataplane.waiting import Sleep, while_connected
from postiche.model import Fault, RateLimit, Reply

MAX_COUNTERS: Final = 10_000
"""Faults whose calls one process counts; beyond them the one used longest ago starts anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that may be sent, and the fault that strikes it."""

    answer: Answer
    fault: Fault | None = None


class Holding:
    """Holds answers up; `sleep` takes seconds."""

    def __init__(self, sources: Sources, sleep: Sleep, rates: RateKeeper | None = None) -> None:
        self._sources = sources
        self._sleep = sleep
        self._rates = rates or LocalRates()
        self._struck: OrderedDict[tuple[str, str, Fault], int] = OrderedDict()

    async def held(
        self, mock_id: str, session: str, decision: Decision, answer: Answer, receive: Receive
    ) -> Held:
        """What to send, once it may be sent. Raises ClientGone."""
        controls, own = decision.controls, decision.own
        limit = controls.rate_limit
        if limit is not None:
            kept = answer.example or answer.name if limit is own.rate_limit else ""
            answer, allowed = await self._limited(mock_id, kept, session, limit, answer)
            if not allowed:
                return Held(answer)
        if controls.delay is not None:
            await self._delayed(sample(controls.delay, self._sources.random) / 1000, receive)
        fault = controls.fault
        if fault is None:
            return Held(answer)
        struck = answer.example or answer.name if fault is own.fault else ""
        if not strikes(fault, self._number(mock_id, struck, fault), self._sources.random):
            return Held(answer)
        if fault.kind == "error":
            problem = problem_of(fault)
            answer = replace(answer, reply=problem.reply(), name=problem.message, error=True)
        return Held(answer, fault)

    async def _limited(
        self, mock_id: str, kept: str, session: str, limit: RateLimit, answer: Answer
    ) -> tuple[Answer, bool]:
        """The answer, which tells of the limit, or the refusal; and whether it is the answer."""
        whose = session if limit.per == "session" else ""
        key = f"{kept} {whose}" if kept else whose
        taken = await self._rates.take(mock_id, key, limit, self._sources.now().timestamp())
        if not taken.allowed:
            refused = limit_problem(taken)
            return Answer(refusal(limit, taken), refused.message, error=True), False
        reply = answer.reply
        told = Reply(reply.status, (*reply.headers, *headers_of(limit, taken)), reply.body)
        return replace(answer, reply=told), True

    async def _delayed(self, seconds: float, receive: Receive) -> None:
        """Wait, but no longer than the client does. Raises ClientGone."""
        if seconds > 0 and not await while_connected(self._sleep(seconds), receive):
            raise ClientGone

    def _number(self, mock_id: str, struck: str, fault: Fault) -> int:
        """The running number of a call among those that a fault may strike, from 1."""
        place = mock_id, struck, fault
        number = self._struck[place] = self._struck.pop(place, 0) + 1
        if len(self._struck) > MAX_COUNTERS:
            self._struck.popitem(last=False)
        return number
