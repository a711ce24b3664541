"""Sessions of mocks, and the one place where their state is read and written.

Knows how a call is matched within the state of its session, and how states are
kept: by the store, for all processes together, or by this process alone. Must
not know sequences and scenarios, nor ASGI.

    states = StoredStates(store, now)              # or LocalStates(now), without a store
    session = session_of(SessionKey(), request, address)
    outcome = await outcome_of(states, mock_id, session, plan, request)
    answer = answer_of(entry, request, sources, outcome)

Reading a state, deciding and writing the next one are one step that no other
call comes between, in whichever process. A call that no state can change takes
no step, and costs no look at the store.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from postiche.core.match import Outcome, match
from postiche.core.plan import Plan
from postiche.core.reading import Reading
from postiche.core.steering import stateful
from postiche.model import Request
from postiche.store import SESSIONS, Store

IDLE: Final = timedelta(days=1)
"""A session that was not used for so long begins anew."""
LEFT_OUT: Final = "The state of the session leaves out every example that fits."
"""Why a call was a miss although an example fits it."""
THREAD_ABOVE: Final = 1024 * 1024
"""Bytes of a request body above which reading it moves to a thread, so that serving goes on."""

T = TypeVar("T")


class StateKeeper(Protocol):
    """Where the states of sessions are, as texts."""

    async def advance(
        self,
        mock_id: str,
        session: str,
        step: Callable[[bytes | None], tuple[bytes | None, T]],
    ) -> T:
        """Take one step of a session: from the text of its state, None in the beginning.

        The step gives the next text and what it decided. Steps of one session
        follow each other; `step` must be pure.
        """
        ...


async def outcome_of(
    states: StateKeeper, mock_id: str, session: str, plan: Plan, request: Request
) -> Outcome:
    """What matching decides about a request in its session. Raises StoreError."""
    planned = plan.states
    if planned is None:
        return match(plan, request)
    call = Reading(request, plan.config, plan.rules)
    if len(request.body) > THREAD_ABOVE:
        settled = await asyncio.to_thread(stateful.settled_outcome, plan, planned, call)
    else:
        settled = stateful.settled_outcome(plan, planned, call)
    if settled is not None:
        return settled
    return await states.advance(
        mock_id, session, lambda text: stateful.step(plan, planned, call, text)
    )


def left_out(plan: Plan, request: Request) -> bool:
    """Whether an example would answer if no state left it out."""
    return match(plan, request).example is not None


class StoredStates:
    """States in the store, the same for every process that has it open."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def advance(
        self,
        mock_id: str,
        session: str,
        step: Callable[[bytes | None], tuple[bytes | None, T]],
    ) -> T:
        """As StateKeeper says. Raises StoreError."""
        at = self._now()
        return await self._store.advance(mock_id, session, step, at=at, since=at - IDLE)


class LocalStates:
    """States in the memory of this process; of each mock, the sessions used last."""

    def __init__(self, now: Callable[[], datetime], *, sessions: int = SESSIONS) -> None:
        self._now = now
        self._most = sessions
        self._mocks: dict[str, OrderedDict[str, tuple[bytes, datetime]]] = {}

    async def advance(
        self,
        mock_id: str,
        session: str,
        step: Callable[[bytes | None], tuple[bytes | None, T]],
    ) -> T:
        """As StateKeeper says."""
        kept = self._mocks.setdefault(mock_id, OrderedDict())
        at = self._now()
        text, used_at = kept.get(session, (None, at))
        after, decided = step(text if used_at >= at - IDLE else None)
        kept.pop(session, None)
        if after is not None:
            kept[session] = after, at
        if len(kept) > self._most:
            kept.popitem(last=False)
        return decided
