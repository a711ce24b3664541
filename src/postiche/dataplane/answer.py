"""What a mock server answers, decided without waiting for anything.

Knows the order in which a mock's own answers are tried (behaviour B.4), and
how far an answer may be used again. Must not know ASGI, sockets, or how calls
are located and logged: both the ASGI application and the fast path ask here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, NamedTuple
from urllib.parse import quote

from postiche.core.directives import in_force, is_steered
from postiche.core.dynamic import Sources
from postiche.core.errors import MockError
from postiche.core.match import Outcome, match
from postiche.core.plan import Plan, PlannedExample
from postiche.core.render import render
from postiche.core.steering.controls import NO_CONTROLS
from postiche.dataplane.calls import Noted
from postiche.dataplane.plans import MockEntry
from postiche.model import Controls, Example, Headers, Reply, Request

EXPLAIN: Final = "x-mock-explain"
"""The request header that asks for the winner's name, id and score in response headers."""

_READABLE: Final = " !\"#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""What stands in a header as it is; the rest of a name is percent-encoded."""


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
    """A reply, what the call log says of it (behaviour C.4), and how long it holds.

    `missed` says that no example fits; `nearest` and `why` explain it.
    """

    reply: Reply
    name: str
    error: bool = False
    missed: bool = False
    example: str | None = None
    score: float | None = None
    settled: Settled = Settled.ANEW
    nearest: str | None = None
    why: str | None = None


class Decision(NamedTuple):
    """What answers a request, and the controls that hold for it.

    `outcome` is None where the active server response answers.
    """

    outcome: Outcome | None
    controls: Controls

    @property
    def own(self) -> Controls:
        """What the example itself asks for, whatever else was asked."""
        example = None if self.outcome is None else self.outcome.example
        return NO_CONTROLS if example is None else example.controls


def decide(entry: MockEntry, request: Request, outcome: Outcome | None = None) -> Decision:
    """What answers: the active server response, the best example, or a miss.

    `outcome` is what matching decided, where it had a state to look at.
    """
    plan = entry.plan
    if entry.server_reply is not None:
        outcome = None
    elif outcome is None:
        outcome = match(plan, request)
    if not plan.hold_up and not is_steered(request):
        return Decision(outcome, NO_CONTROLS)
    own = Decision(outcome, NO_CONTROLS).own
    return Decision(outcome, in_force(plan.rules, request, own))


def answer_of(entry: MockEntry, request: Request, sources: Sources) -> Answer:
    """What a mock answers: its active server response, its best example, or a miss."""
    return answered(entry, request, decide(entry, request).outcome, sources)


def answered(
    entry: MockEntry, request: Request, outcome: Outcome | None, sources: Sources
) -> Answer:
    """The answer that was decided on."""
    if outcome is None:
        response, reply = entry.server_response, entry.server_reply
        assert response is not None
        assert reply is not None
        return Answer(reply, response.name, settled=Settled.BY_TARGET)
    reply = render(outcome, request, sources)
    if outcome.example is None:
        settled = _by(entry.plan)
        miss = (outcome.miss or MockError.NO_MATCH).value.message
        return Answer(reply, miss, error=True, missed=True, settled=settled)
    example = outcome.example.source
    settled = _settled(entry.plan, outcome.example)
    if request.headers and asks_why(request):
        reply = replace(reply, headers=(*reply.headers, *_winner(example, outcome.score)))
    return Answer(reply, example.name, example=example.id, score=outcome.score, settled=settled)


def asks_why(request: Request) -> bool:
    """Whether `x-mock-explain: true` asks which example answers."""
    return (request.header(EXPLAIN) or "").strip().lower() == "true"


def _winner(example: Example, score: float | None) -> Headers:
    """The response headers that say which example answered; no score if it was asked for."""
    told = (
        ("x-mock-explain-name", quote(example.name, safe=_READABLE)),
        ("x-mock-explain-id", example.id),
        ("x-mock-explain-score", None if score is None else f"{score:g}"),
    )
    return tuple((name, value) for name, value in told if value is not None)


def failure(error: MockError) -> Answer:
    """The answer that is an error of the mock server itself."""
    return Answer(error.value.reply(), error.value.message, error=True)


def noted_of(
    mock_id: str,
    method: str,
    target: str,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    answer: Answer,
    size: int | None = None,
) -> Noted:
    """An answered call as the log takes it; `headers` are the request's own, undecoded."""
    return Noted(
        mock=mock_id,
        method=method,
        target=target,
        headers=headers,
        body=body,
        reply=answer.reply,
        name=answer.name,
        error=answer.error,
        example=answer.example,
        score=answer.score,
        nearest=answer.nearest,
        why=answer.why,
        size=size,
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
