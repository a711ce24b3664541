"""What a mock server answers, decided without waiting for anything.

Knows the order in which a mock's own answers are tried (behaviour B.4), and
how far an answer may be used again. Must not know ASGI, sockets, or how calls
are located and logged: both the ASGI application and the fast path ask here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from postiche.core.dynamic import Sources
from postiche.core.errors import MockError
from postiche.core.match import Outcome, match
from postiche.core.plan import Plan, PlannedExample
from postiche.core.render import render
from postiche.dataplane.calls import Noted
from postiche.dataplane.plans import MockEntry
from postiche.model import Reply, Request


class Settled(Enum):
    """How much of a request an answer depends on, and so for which others it holds too."""

    BY_TARGET = "method and target"
    """Of any other request with this method and target, without body and `x-mock-*` headers."""
    BY_REQUEST = "the whole request"
    """Of the same request only, sent again."""
    ANEW = "nothing"
    """Of no other: chance or time is part of the reply."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, what the call log says of it (behaviour C.4), and how long it holds."""

    reply: Reply
    name: str
    error: bool = False
    example: str | None = None
    score: float | None = None
    settled: Settled = Settled.ANEW


def answer_of(
    entry: MockEntry, request: Request, sources: Sources, outcome: Outcome | None = None
) -> Answer:
    """What a mock answers: its active server response, its best example, or a miss.

    `outcome` is what matching decided, if that is known already: where examples
    have state, `states.outcome_of` must be asked.
    """
    response, reply = entry.server_response, entry.server_reply
    if response is not None and reply is not None:
        return Answer(reply, response.name, settled=Settled.BY_TARGET)
    outcome = outcome or match(entry.plan, request)
    reply = render(outcome, request, sources)
    if outcome.example is None:
        settled = _by(entry.plan)
        miss = (outcome.miss or MockError.NO_MATCH).value.message
        return Answer(reply, miss, error=True, settled=settled)
    example = outcome.example.source
    settled = _settled(entry.plan, outcome.example)
    return Answer(reply, example.name, False, example.id, outcome.score, settled)


def failure(error: MockError) -> Answer:
    """The answer that is an error of the mock server itself."""
    return Answer(error.value.reply(), error.value.message, error=True)


def noted_of(
    entry: MockEntry,
    mock_id: str,
    method: str,
    target: str,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    answer: Answer,
) -> Noted:
    """An answered call as the log takes it; `headers` are the request's own, undecoded."""
    return Noted(
        mock=mock_id if entry.mock is None else entry.mock.id,
        method=method,
        target=target,
        headers=headers,
        body=body,
        reply=answer.reply,
        name=answer.name,
        error=answer.error,
        example=answer.example,
        score=answer.score,
    )


def _settled(plan: Plan, example: PlannedExample) -> Settled:
    if example.reply.by_target:
        return _by(plan)
    return Settled.ANEW if example.reply.by_chance or plan.states else Settled.BY_REQUEST


def _by(plan: Plan) -> Settled:
    """How much of a request the choice of an example depends on."""
    if plan.states is not None:
        return Settled.ANEW
    return Settled.BY_TARGET if plan.target_decides else Settled.BY_REQUEST
