"""Plans: a collection made ready to answer requests.

Knows how examples become candidates and how they are indexed, so that the
cost of a request does not grow with the number of examples. Must not know
requests: looking a request up is `match.py`.

A plan is immutable once `compile_plan` has returned it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from postiche.core.bodies import SavedBody, saved_body
from postiche.core.index import PathIndex
from postiche.core.paths import PathPattern, path_pattern
from postiche.core.query import Parameters, saved_parameters
from postiche.core.reply import PreparedReply, prepare_reply
from postiche.core.urls import MAX_URL, split_url
from postiche.core.variables import Scope, scope_of
from postiche.model import (
    Collection,
    Environment,
    Example,
    Headers,
    MockConfig,
    RequestBody,
    SavedRequest,
    joined,
)


@dataclass(frozen=True, slots=True, eq=False)
class PlannedExample:
    """An example with its variables filled in and everything about it computed once.

    `index` is its place in the file, which orders examples without ids;
    `headers` are the saved request headers by lower-case name, trimmed. Two
    of them are equal only if they are the same one.
    """

    source: Example
    index: int
    path: PathPattern
    query: Parameters
    headers: Mapping[str, str]
    body: SavedBody
    reply: PreparedReply


@dataclass(slots=True)
class MethodPlan:
    """All that a plan holds for one method; `unanswered` are saved requests without an example."""

    by_id: dict[str, list[PlannedExample]] = field(default_factory=dict)
    by_name: dict[str, list[PlannedExample]] = field(default_factory=dict)
    examples: PathIndex[PlannedExample] = field(default_factory=PathIndex)
    unanswered: PathIndex[SavedRequest] = field(default_factory=PathIndex)

    def add(self, example: PlannedExample) -> None:
        """Enter an example into every index."""
        if example.source.id is not None:
            self.by_id.setdefault(example.source.id, []).append(example)
        self.by_name.setdefault(example.source.name.strip(), []).append(example)
        self.examples.add(example.path, example)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Plan:
    """What a mock server answers from. Two of them are equal only if they are the same one."""

    collection_name: str
    config: MockConfig
    methods: Mapping[str, MethodPlan]


def compile_plan(
    collection: Collection,
    environment: Environment | None = None,
    config: MockConfig | None = None,
) -> Plan:
    """Compile a collection, its environment and the mock's config into a plan.

    Every example of every folder takes part (behaviour A.1.1). Pure; the time
    it takes is proportional to the size of the collection.
    """
    scope = scope_of(collection, environment)
    methods: dict[str, MethodPlan] = defaultdict(MethodPlan)
    for index, example in enumerate(collection.examples()):
        if len(scope.fill(example.url)) <= MAX_URL:
            methods[example.method].add(plan_example(example, index, scope))
    for request in collection.requests:
        url = None if request.url is None else scope.fill(request.url)
        if not request.examples and url is not None and len(url) <= MAX_URL:
            methods[request.method].unanswered.add(path_pattern(split_url(url).path), request)
    return Plan(collection.name, config or MockConfig(), MappingProxyType(dict(methods)))


def plan_example(example: Example, index: int, scope: Scope) -> PlannedExample:
    """One example with its variables filled in."""
    url = split_url(scope.fill(example.url))
    path = path_pattern(url.path)
    filled = _filled(example.request_headers, scope)
    headers = tuple((name.lower(), value) for name, value in filled)
    return PlannedExample(
        source=example,
        index=index,
        path=path,
        query=saved_parameters(url.query),
        headers={name: (joined(headers, name) or "").strip() for name, _ in headers},
        body=saved_body(_filled_body(example.request_body, scope), headers),
        reply=prepare_reply(example, scope, frozenset(path.names)),
    )


def _filled(pairs: Headers, scope: Scope) -> Headers:
    return tuple((scope.fill(name), scope.fill(value)) for name, value in pairs)


def _filled_body(body: RequestBody | None, scope: Scope) -> RequestBody | None:
    if body is None:
        return None
    return replace(
        body,
        text=scope.fill(body.text),
        variables=scope.fill(body.variables),
        fields=_filled(body.fields, scope),
    )
