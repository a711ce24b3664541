"""Small builders, so that a test of the core shows only what it is about.

Knows the model and how to compile a plan from it. Must not know what any
module is expected to do: that is for the tests to say.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import settings

from postiche.core.dynamic import Sources
from postiche.core.match import Outcome, match
from postiche.core.plan import Plan, PlannedExample, compile_plan
from postiche.core.render import render
from postiche.model import (
    BodyMode,
    Collection,
    Environment,
    Example,
    MockConfig,
    Reply,
    Request,
    RequestBody,
    SavedRequest,
    Variable,
)

QUICK = settings(max_examples=100, deadline=None)
"""How long a property is tried: enough to find a slip, short enough to run on every save."""

Pairs = Mapping[str, str]


def example(
    url: str = "/",
    *,
    method: str = "GET",
    name: str = "an example",
    id: str | None = None,
    code: int = 200,
    sends: Pairs | None = None,
    sends_body: RequestBody | None = None,
    headers: Pairs | None = None,
    body: str = "",
) -> Example:
    """An example; `sends` and `sends_body` belong to the request that it was saved for."""
    return Example(
        id=id,
        name=name,
        method=method,
        url=url,
        request_headers=tuple((sends or {}).items()),
        request_body=sends_body,
        code=code,
        headers=tuple((headers or {}).items()),
        body=body,
    )


def raw(text: str) -> RequestBody:
    """A saved raw body."""
    return RequestBody(BodyMode.RAW, text)


def unanswered(url: str, method: str = "GET") -> SavedRequest:
    """A saved request that has no example."""
    return SavedRequest(None, "a request", (), method, url, ())


def collection(*examples: Example, variables: Pairs | None = None) -> Collection:
    """A collection of examples, each under a request of its own."""
    requests = tuple(SavedRequest(None, e.name, (), e.method, e.url, (e,)) for e in examples)
    return Collection(None, "a collection", _variables(variables), requests)


def plan(
    *examples: Example,
    variables: Pairs | None = None,
    environment: Pairs | None = None,
    without_example: Iterable[SavedRequest] = (),
    **config: Any,
) -> Plan:
    """A plan of examples; keywords beyond the named ones go into the mock's config."""
    made = collection(*examples, variables=variables)
    whole = Collection(made.id, made.name, made.variables, (*made.requests, *without_example))
    scope = Environment(None, "an environment", _variables(environment))
    return compile_plan(whole, scope, MockConfig(**config))


def request(
    method: str, target: str, headers: Pairs | None = None, body: str | bytes = b""
) -> Request:
    """A request whose header names may be written in any case."""
    lowered = tuple((name.lower(), value) for name, value in (headers or {}).items())
    return Request(method, target, lowered, body.encode() if isinstance(body, str) else body)


def get(target: str, headers: Pairs | None = None) -> Request:
    """A GET without a body."""
    return request("GET", target, headers)


def post(target: str, body: str | bytes = b"", headers: Pairs | None = None) -> Request:
    """A POST."""
    return request("POST", target, headers, body)


def winner(plan: Plan, asked: Request) -> str | None:
    """The name of the example that answers, or None."""
    found = match(plan, asked).example
    return found.source.name if found is not None else None


def score(plan: Plan, asked: Request) -> float | None:
    """The points of the example that answers."""
    return match(plan, asked).score


def planned(plan: Plan) -> list[PlannedExample]:
    """All examples of a plan, in file order."""
    every = (
        example
        for method in plan.methods.values()
        for named in method.by_name.values()
        for example in named
    )
    return sorted(every, key=lambda example: example.index)


def sources(seed: int = 1) -> Sources:
    """Randomness from a seed, and a clock that stands still."""
    return Sources(Random(seed), lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def answered(plan: Plan, asked: Request) -> Reply:
    """The reply to a request, from matching to rendering."""
    outcome: Outcome = match(plan, asked)
    return render(outcome, asked, sources())


def body_of(plan: Plan, asked: Request) -> str:
    """The body of the reply to a request, as text."""
    return answered(plan, asked).body.decode()


def _variables(pairs: Pairs | None) -> tuple[Variable, ...]:
    return tuple(Variable(key, value) for key, value in (pairs or {}).items())
