"""The mock servers as one ASGI application: locate, find, match, render, send, log.

Knows the order of work of a mock call (behaviour B.4). Must not know the
Postman API, how examples are matched or rendered, or where plans and call logs
are kept.

The order: CORS preflight, the mock exists (404), is active (400), opens to the
key (401 or 404); then the body is read, and the active server response or the
best example answers, once rate limit, delay and fault had their turn.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from postiche.core.dynamic import Sources
from postiche.core.errors import WRONG_KEY, MockError, Problem
from postiche.core.match import Outcome
from postiche.core.steering.controls import hold_up
from postiche.core.steering.sessions import session_of
from postiche.dataplane.answer import Answer, Decision, answered, decide, failure, noted_of
from postiche.dataplane.asgi import (
    BodyTooLarge,
    ClientGone,
    Receive,
    Scope,
    Send,
    headers_of,
    read_body,
    send_raw,
    send_reply,
    target_of,
)
from postiche.dataplane.calls import CallSink
from postiche.dataplane.cors import is_preflight, preflight_headers
from postiche.dataplane.fast_path import FastPath
from postiche.dataplane.faults import send_with_fault
from postiche.dataplane.holding import Held, Holding
from postiche.dataplane.limits import RateKeeper
from postiche.dataplane.locate import Locator, base_url
from postiche.dataplane.misses import Misses
from postiche.dataplane.plans import MockEntry, MockSource
from postiche.dataplane.states import LEFT_OUT, LocalStates, StateKeeper, left_out, outcome_of
from postiche.dataplane.waiting import Sleep
from postiche.model import Headers, Request

logger = logging.getLogger(__name__)

MAX_BODY = 100 * 1024 * 1024
"""Bytes of a request body that are read; past it the answer is 413."""
THREAD_ABOVE = 1024 * 1024
"""Bytes of a request body above which matching moves to a thread, so that serving goes on."""

FAILED = Problem(500, {"name": "serverError", "message": "An error has occurred on the server."})
"""The last resort; getting here is a bug in Postiche, or its store is out of reach."""


class MockApp:
    """ASGI 3 application that answers calls to mock servers.

    `locate` says which mock a request is for and what target within it;
    `max_body` is in bytes, `sleep` takes seconds, `rates` counts for limits.
    Without `states`, those of sessions are kept in memory.
    """

    def __init__(
        self,
        mocks: MockSource,
        calls: CallSink,
        sources: Sources,
        *,
        locate: Locator,
        max_body: int = MAX_BODY,
        sleep: Sleep = asyncio.sleep,
        rates: RateKeeper | None = None,
        states: StateKeeper | None = None,
    ) -> None:
        self._mocks = mocks
        self._calls = calls
        self._sources = sources
        self._locate = locate
        self._max_body = max_body
        self._sleep = sleep
        self._states = states or LocalStates(sources.now)
        self._misses = Misses()
        self._holding = Holding(sources, sleep, rates)

    def fast_path(self, clock: Callable[[], float] = time.time) -> FastPath:
        """What answers in front of this application, where a request allows that.

        `clock` gives seconds since 1970.
        """
        return FastPath(self._mocks, self._calls, self._sources, locate=self._locate, clock=clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection scope. Raises ValueError for a kind that ASGI does not have."""
        kind = scope["type"]
        if kind == "http":
            await self._serve(scope, receive, send)
        elif kind == "lifespan":
            await live(receive, send)
        elif kind == "websocket":
            await send({"type": "websocket.close", "code": 1003})
        else:
            raise ValueError(f"unknown kind of ASGI scope: {kind}")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        if is_preflight(scope["method"], headers):
            await send_raw(send, 204, preflight_headers(headers), b"")
            return
        try:
            held = await self._held(scope, headers, receive)
        except ClientGone:
            logger.debug("the client left before it was answered")
            return
        except Exception:
            logger.exception("a mock call failed")
            held = Held(Answer(FAILED.reply(), FAILED.message))
        method, reply, now = scope["method"], held.answer.reply, self._sources.now()
        if held.fault is None:
            await send_reply(send, method, reply, now)
        else:
            await send_with_fault(held.fault, scope, receive, send, method, reply, now, self._sleep)

    async def _held(self, scope: Scope, headers: Headers, receive: Receive) -> Held:
        """The answer to one request, recorded, and the fault that strikes it. Raises ClientGone."""
        place = self._locate(target_of(scope), scope["headers"])
        entry = None if place is None else await self._mocks.find(place[0])
        if place is None or entry is None:
            return Held(failure(MockError.NO_MOCK))
        mock_id = place[0] if entry.mock is None else entry.mock.id
        target = place[1]
        request = Request(scope["method"], target, headers)
        refused = await self._refused(entry, mock_id, request)
        if refused is not None:
            held = Held(refused)
        else:
            try:
                body = await read_body(receive, headers, self._max_body)
            except BodyTooLarge:
                held = Held(failure(MockError.BODY_TOO_LARGE))
            else:
                request = Request(request.method, target, headers, body)
                held = await self._answered(entry, mock_id, request, scope, receive)
        # Before it is sent: whoever has the answer must find the call in the log.
        noted = noted_of(
            mock_id, request.method, target, scope["headers"], request.body, held.answer
        )
        self._calls.record(noted, self._sources.now().timestamp())
        return held

    async def _refused(self, entry: MockEntry, mock_id: str, request: Request) -> Answer | None:
        """The refusal of a call that the mock is not to answer; None if it may."""
        if not entry.active:
            return failure(MockError.INACTIVE)
        if not entry.private:
            return None
        key = request.header("x-api-key")
        if not key:
            return failure(MockError.NO_KEY)
        return None if await self._mocks.may_call(mock_id, key) else failure(WRONG_KEY)

    async def _answered(
        self, entry: MockEntry, mock_id: str, request: Request, scope: Scope, receive: Receive
    ) -> Held:
        """What the mock itself answers, once it may be sent. Raises ClientGone."""
        session = session_of(entry.plan.config.session, request, _address(scope))
        outcome = await self._outcome(entry, mock_id, session, request)
        if len(request.body) > THREAD_ABOVE:
            decision, answer = await asyncio.to_thread(self._decided, entry, request, outcome)
        else:
            decision, answer = self._decided(entry, request, outcome)
        if answer.missed and outcome is not None and left_out(entry.plan, request):
            answer = replace(answer, why=LEFT_OUT)
        elif answer.missed:
            base = base_url(scope, request.target)
            answer = self._misses.explained(entry, request, base, answer)
        if not hold_up(decision.controls):
            return Held(answer)
        return await self._holding.held(mock_id, session, decision, answer, receive)

    async def _outcome(
        self, entry: MockEntry, mock_id: str, session: str, request: Request
    ) -> Outcome | None:
        """What matching decides where examples have state; None where `decide` is to match."""
        if entry.plan.states is None or entry.server_reply is not None:
            return None
        return await outcome_of(self._states, mock_id, session, entry.plan, request)

    def _decided(
        self, entry: MockEntry, request: Request, outcome: Outcome | None
    ) -> tuple[Decision, Answer]:
        decision = decide(entry, request, outcome)
        return decision, answered(entry, request, decision.outcome, self._sources)


def _address(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None


async def live(receive: Receive, send: Send) -> None:
    """Take part in the lifespan protocol; there is nothing to start or stop."""
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
