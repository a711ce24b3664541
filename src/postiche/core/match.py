"""Which example answers a request.

Knows the stages of Postman's matching algorithm, in Postman's order
(behaviour A): method, `x-mock-*` directives, path, query, headers, body, and
the tie-break. Must not know I/O, time or randomness, nor how a reply is made.

    1. Examples of another method are out.
    2. `x-mock-response-code` keeps the examples with that status;
       `x-mock-response-id`, then `x-mock-response-name`, choose at once.
    3. The path gives 70 to 100 points, or the example is out.
    4. The query adds up to 10 points or takes up to 10.
    5. Header matching, then body matching, put examples out if switched on;
       a body that is equal though matching is off adds 5.
    6. The most points win; among equals the lowest id with status 200, else
       the lowest id.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from postiche.core.bodies import SentBody
from postiche.core.directives import Directives, read_directives, sent_text
from postiche.core.errors import MockError
from postiche.core.paths import SCORES, Step, canonical, captures, segments
from postiche.core.plan import MethodPlan, Plan, PlannedExample
from postiche.core.query import ALL_MATCH, Parameters, judge_query, parameter_count, parameters
from postiche.model import MockConfig, Request

EQUAL_BODY = 5.0
"""Points for an equal body while body matching is off (behaviour A.1.6, note of 2023-01-17)."""

PREFERRED_CODE = 200
"""Among equals, exactly this status is preferred; 201 is not (behaviour A.1.7)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What matching decided: an example with its score and captures, or why there is none.

    `score` is None when a directive chose the example.
    """

    example: PlannedExample | None = None
    score: float | None = None
    captures: dict[str, str] = field(default_factory=dict)
    miss: MockError | None = None


NO_MATCH = Outcome(miss=MockError.NO_MATCH)
NO_EXAMPLE = Outcome(miss=MockError.NO_EXAMPLE)


class Reading:
    """A request as the stages see it; each part is read once."""

    def __init__(self, request: Request, config: MockConfig) -> None:
        path, _, query = request.target.partition("?")
        self.request = request
        self.config = config
        self.directives: Directives = read_directives(config, request)
        self.path = canonical(path)
        self.query: Parameters = parameters(query) if config.match_query_params else {}
        self.query_count = parameter_count(self.query)
        self.body = SentBody(request)
        wanted = self.directives.match_headers
        self.wanted_headers = {
            name: sent_text(request.header(name) or "").strip()
            for name in {name for name, _ in request.headers} & wanted
        }

    @property
    def bonus(self) -> float:
        """The most that query and body can add to the points of a path."""
        query = ALL_MATCH if self.query_count else 0.0
        body = EQUAL_BODY if self.request.body and not self.directives.match_body else 0.0
        return query + body


def match(plan: Plan, request: Request) -> Outcome:
    """The example that Postman would answer a request with, or the error it would give."""
    method = plan.methods.get(request.method.upper())
    if method is None:
        return NO_MATCH
    call = Reading(request, plan.config)
    directives = call.directives
    if directives.id is not None:
        return _chosen(call, with_id(method, directives.id))
    if directives.name is not None:
        return _chosen(call, method.by_name.get(directives.name, ()))
    return _best(method, call)


def _best(method: MethodPlan, call: Reading) -> Outcome:
    """The example with the most points."""
    found: dict[PlannedExample, float | None] = {}
    best = -inf
    for step, example in _by_path(method, call):
        if best > SCORES[step] + call.bonus:
            break  # the steps that are left can neither win nor tie
        if example not in found and code_fits(example, call.directives):
            points = total(call, example, SCORES[step]) if passes(call, example) else None
            found[example] = points
            best = best if points is None else max(best, points)
    if not found:
        return NO_EXAMPLE if _unanswered(method, call) else NO_MATCH
    winner = preferred(e for e, points in found.items() if points == best)
    return Outcome(winner, best, _captured(call, winner)) if winner else NO_MATCH


def with_id(method: MethodPlan, asked: str) -> Iterable[PlannedExample]:
    """The examples with an id, which may be asked for as a uid, `<user id>-<id>` (A.1.3)."""
    owner, _, plain = asked.partition("-")
    found = method.by_id.get(asked)
    if found is None and owner.isdigit():
        found = method.by_id.get(plain)
    return found or ()


def preferred(tied: Iterable[PlannedExample]) -> PlannedExample | None:
    """The one of several equals that answers (behaviour A.1.7); None if there are none.

    Ids sort as plain strings. Where an id is missing, file order stands in
    for the order of all.
    """
    found = sorted(tied, key=lambda example: example.index)
    if all(example.source.id is not None for example in found):
        found.sort(key=lambda example: example.source.id or "")
    first = found[0] if found else None
    return next((e for e in found if e.source.code == PREFERRED_CODE), first)


# --- stage 2: directives -------------------------------------------------------------


def code_fits(example: PlannedExample, directives: Directives) -> bool:
    """Whether `x-mock-response-code`, if sent, keeps the example."""
    return directives.code is None or example.source.code == directives.code


def _chosen(call: Reading, named: Iterable[PlannedExample]) -> Outcome:
    """An id or name chooses at once, without the path; captures are filled if the path fits."""
    example = preferred(e for e in named if code_fits(e, call.directives))
    if example is None:
        return NO_MATCH
    return Outcome(example, None, _captured(call, example))


# --- stage 3: path ---------------------------------------------------------------------


def _by_path(method: MethodPlan, call: Reading) -> Iterator[tuple[Step, PlannedExample]]:
    """The examples whose path fits, in the order of the steps, looked up only when asked for."""
    yield from method.examples.fitting(call.path, wildcards=call.config.match_wildcards)
    for example in method.examples.almost(call.path):
        yield Step.DISTANCE, example


def _unanswered(method: MethodPlan, call: Reading) -> bool:
    """Whether a saved request would have fitted, had it an example (behaviour B.1)."""
    saved = method.unanswered
    fitting = saved.fitting(call.path, wildcards=call.config.match_wildcards)
    return next(fitting, None) is not None or next(iter(saved.almost(call.path)), None) is not None


# --- stages 4 to 6 ---------------------------------------------------------------------


def passes(call: Reading, example: PlannedExample) -> bool:
    """Whether header and body matching, where switched on, keep the example (A.4, A.5)."""
    return headers_fit(call, example) and (
        not call.directives.match_body or body_fits(call, example)
    )


def headers_fit(call: Reading, example: PlannedExample) -> bool:
    """Whether every listed header has the saved value, trimmed; absent on both sides is equal."""
    sent, saved = call.wanted_headers, example.headers
    return all(saved.get(name, "") == value for name, value in sent.items()) and not any(
        value and name in call.directives.match_headers and name not in sent
        for name, value in saved.items()
    )


def body_fits(call: Reading, example: PlannedExample) -> bool:
    """Whether the bodies are equal and of one saved Content-Type (behaviour A.5).

    Two empty bodies are equal without one: a GET has no Content-Type to save.
    """
    saved = example.body
    if saved.mode is None and not call.body.raw:
        return True
    typed = saved.media_type is not None and saved.media_type == call.body.media_type
    return typed and saved.equals(call.body)


def total(call: Reading, example: PlannedExample, path_score: float) -> float:
    """The points of an example that is still in: path, query, and an equal body (A.1.4 to 6)."""
    score = path_score
    if call.config.match_query_params:
        score += judge_query(example.query, call.query, call.query_count).score
    if call.body.raw and not call.directives.match_body and example.body.equals(call.body):
        score += EQUAL_BODY
    return round(score, 9)


def _captured(call: Reading, example: PlannedExample) -> dict[str, str]:
    """What the example's wildcards cover, wherever they fit, however it was chosen (#11323)."""
    if not call.config.match_wildcards:
        return {}
    return captures(example.path, segments(call.path)) or {}
