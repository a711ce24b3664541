"""Plans: a collection made ready to answer requests.

Knows how examples become candidates and how they are indexed, so that the
cost of a request does not grow with the number of examples. Must not know
requests: looking a request up is `match.py`.

A plan is immutable once `compile_plan` has returned it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from types import MappingProxyType

from postiche.core import body_schemas
from postiche.core.bodies import SavedBody, saved_body
from postiche.core.body_schemas import BodySchema, body_schema
from postiche.core.candidates import Candidates, candidates
from postiche.core.directives import listed_headers
from postiche.core.index import PathIndex
from postiche.core.paths import PathPattern, path_pattern
from postiche.core.query import (
    Parameters,
    has_patterns,
    patterned_parameters,
    saved_parameters,
)
from postiche.core.reply import PreparedReply, completed_headers, prepare_reply
from postiche.core.steering.controls import (
    NO_CONTROLS,
    PREFIX,
    Place,
    filtering,
    hold_up,
    of_headers,
)
from postiche.core.steering.rules import Rules, rules_of
from postiche.core.steering.states import StatePlan, state_plan
from postiche.core.urls import MAX_URL, split_url
from postiche.core.value_patterns import ValuePattern, value_pattern
from postiche.core.variables import Scope, scope_of
from postiche.model import (
    Collection,
    Controls,
    Environment,
    Example,
    Headers,
    MockConfig,
    RequestBody,
    SavedRequest,
    joined,
)

NO_PATTERNS: Mapping[str, ValuePattern] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class PlannedExample:
    """An example with its variables filled in and everything about it computed once.

    `index` is its place in the file, which orders examples without ids;
    `headers` are the saved request headers by lower-case name, trimmed, and
    `patterns` those of them that are patterns. `controls` are what the saved
    response asks for; `schema` is what bodies must be valid by, if it says so.
    Two of them are equal only if they are the same one.
    """

    source: Example
    index: int
    path: PathPattern
    query: Parameters
    headers: Mapping[str, str]
    body: SavedBody
    reply: PreparedReply
    controls: Controls
    schema: BodySchema | None
    patterns: Mapping[str, ValuePattern]

    @property
    def particular(self) -> bool:
        """Whether it has matching of its own, which no table of keys can hold."""
        return (
            self.schema is not None
            or self.body.template is not None
            or filtering(self.controls)
            or has_patterns(self.query)
        )


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """All that a plan holds for one method; `unanswered` are saved requests without an example.

    `saved_pairs` and `saved_keys` are the query parameters of all examples
    together; `sends_bodies` says whether any example has a body to compare,
    `particular` whether any has matching of its own.
    """

    by_id: Mapping[str, tuple[PlannedExample, ...]]
    by_name: Mapping[str, tuple[PlannedExample, ...]]
    examples: PathIndex[Candidates]
    unanswered: PathIndex[Sequence[SavedRequest]]
    saved_pairs: frozenset[tuple[str, str | None]]
    saved_keys: frozenset[str]
    sends_bodies: bool
    particular: bool = False


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Plan:
    """What a mock server answers from. Two of them are equal only if they are the same one.

    `rules` are the config, compiled. `headers_decide` says that request headers
    may keep examples out though no request asks for it: header matching is in
    force for all. `filter_by_part` says that headers or bodies are matched for
    some routes or examples; `hold_up` that route, mock or an example asks for
    something that keeps answers from being sent at once. `replies_read_headers`:
    the reply of some example repeats one of them. With `states`, what
    was answered before has a part in it too, and `stateful` has to be asked.
    """

    collection_name: str
    config: MockConfig
    methods: Mapping[str, MethodPlan]
    rules: Rules
    headers_decide: bool = False
    filter_by_part: bool = False
    hold_up: bool = False
    replies_read_headers: bool = False
    states: StatePlan | None = None

    @property
    def target_decides(self) -> bool:
        """Whether method and target alone choose the example for a request that has neither a
        body nor any `x-mock-*` header: no header or body matching or state is in force."""
        matched = self.headers_decide or self.filter_by_part or self.config.match_body
        return not (matched or self.states)

    @property
    def headers_matter(self) -> bool:
        """Whether the headers of such a request can make any difference to its reply."""
        return self.replies_read_headers or not self.target_decides


def compile_plan(
    collection: Collection,
    environment: Environment | None = None,
    config: MockConfig | None = None,
) -> Plan:
    """Compile a collection, its environment and the mock's config into a plan.

    Every example of every folder takes part (behaviour A.1.1). Pure; the time
    it takes is proportional to the size of the collection.
    """
    config = config or MockConfig()
    scope = scope_of(collection, environment)
    examples: dict[str, list[PlannedExample]] = defaultdict(list)
    unanswered: dict[str, list[tuple[PathPattern, SavedRequest]]] = defaultdict(list)
    rules = rules_of(config)
    planner = _Planner(scope, config, rules)
    for index, example in enumerate(collection.examples()):
        if len(scope.fill(example.url)) <= MAX_URL:
            examples[example.method].append(planner.plan(example, index))
    for request in collection.requests:
        url = None if request.url is None else scope.fill(request.url)
        if not request.examples and url is not None and len(url) <= MAX_URL:
            pattern = path_pattern(split_url(url).path, tails=config.wildcard_tail)
            unanswered[request.method].append((pattern, request))
    methods = {
        method: _method_plan(examples.get(method, []), unanswered.get(method, []), config)
        for method in {**examples, **unanswered}
    }
    every = [example for found in examples.values() for example in found]
    return Plan(
        collection.name,
        config,
        MappingProxyType(methods),
        rules,
        headers_decide=bool(listed_headers(config)),
        filter_by_part=rules.filter_by_route or any(filtering(e.controls) for e in every),
        hold_up=rules.routes.hold_up or any(hold_up(e.controls) for e in every),
        replies_read_headers=any(e.reply.by_headers for e in every),
        states=state_plan(chain.from_iterable(examples.values()), scope),
    )


def _method_plan(
    examples: list[PlannedExample],
    unanswered: list[tuple[PathPattern, SavedRequest]],
    config: MockConfig,
) -> MethodPlan:
    by_id: dict[str, list[PlannedExample]] = defaultdict(list)
    by_name: dict[str, list[PlannedExample]] = defaultdict(list)
    for example in examples:
        if example.source.id is not None:
            by_id[example.source.id].append(example)
        by_name[example.source.name.strip()].append(example)

    def leaf(found: Sequence[PlannedExample]) -> Candidates:
        return candidates(found, typed=config.match_body, queries=config.match_query_params)

    queries = [(key, values) for e in examples for key, values in e.query.items()]
    return MethodPlan(
        {key: tuple(found) for key, found in by_id.items()},
        {key: tuple(found) for key, found in by_name.items()},
        PathIndex(((e.path, e) for e in examples), leaf),
        PathIndex(unanswered, tuple),
        frozenset((key, value) for key, values in queries for value in values.counts),
        frozenset(key for key, _ in queries),
        any(e.body.mode is not None for e in examples),
        any(e.particular for e in examples),
    )


def plan_example(example: Example, index: int, scope: Scope) -> PlannedExample:
    """One example with its variables filled in."""
    config = MockConfig()
    return _Planner(scope, config, rules_of(config)).plan(example, index)


class _Planner:
    """Plans examples; what many of them have in common is made once and shared."""

    def __init__(self, scope: Scope, config: MockConfig, rules: Rules) -> None:
        self._scope = scope
        self._config = config
        self._path = cache(lambda path: path_pattern(path, tails=config.wildcard_tail))
        self._query = cache(patterned_parameters if config.match_regex else saved_parameters)
        self._body = cache(lambda body, headers: saved_body(body, headers, rules.likeness))
        self._headers = cache(_by_name)
        self._complete = cache(completed_headers)
        self._schemas = dict(config.schemas)
        self._schema = cache(lambda written: body_schema(written, self._schemas))
        self._controls = cache(lambda headers: of_headers(headers, Place.EXAMPLE))

    def plan(self, example: Example, index: int) -> PlannedExample:
        """One example with its variables filled in."""
        scope = self._scope
        url = split_url(scope.fill(example.url))
        path = self._path(url.path)
        sent = self._filled(example.request_headers)
        headers = self._headers(sent)
        steering = self._filled(_steering(example.headers))
        schema, controls = self._steered(steering) if steering else (None, NO_CONTROLS)
        return PlannedExample(
            source=example,
            index=index,
            path=path,
            query=self._query(url.query),
            headers=headers,
            body=self._body(_filled_body(example.request_body, scope), sent),
            reply=prepare_reply(example, scope, frozenset(path.names), self._complete),
            controls=controls,
            schema=schema,
            patterns=_patterns(headers) if self._config.match_regex else NO_PATTERNS,
        )

    def _filled(self, headers: Headers) -> Headers:
        fill = self._scope.fill
        return tuple((fill(name).lower(), fill(value)) for name, value in headers)

    def _steered(self, headers: Headers) -> tuple[BodySchema | None, Controls]:
        """What the steering headers of a saved response ask for; a schema is body matching."""
        controls: Controls = self._controls(headers)
        written = joined(headers, body_schemas.HEADER)
        schema: BodySchema | None = None if written is None else self._schema(written)
        if schema is not None and controls.match_body is None:
            controls = replace(controls, match_body=True)
        return schema, controls


def _steering(headers: Headers) -> Headers:
    """The saved response headers that steer: they are never sent."""
    return tuple(
        (name.strip(), value) for name, value in headers if name.strip().lower().startswith(PREFIX)
    )


def _patterns(headers: Mapping[str, str]) -> Mapping[str, ValuePattern]:
    found = {name: value_pattern(value) for name, value in headers.items()}
    return {name: pattern for name, pattern in found.items() if pattern is not None} or NO_PATTERNS


def _by_name(headers: Headers) -> Mapping[str, str]:
    return {name: (joined(headers, name) or "").strip() for name, _ in headers}


def _filled_body(body: RequestBody | None, scope: Scope) -> RequestBody | None:
    if body is None:
        return None
    return replace(
        body,
        text=scope.fill(body.text),
        variables=scope.fill(body.variables),
        fields=tuple((scope.fill(name), scope.fill(value)) for name, value in body.fields),
    )
