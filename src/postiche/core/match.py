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

from collections.abc import Callable, Iterable, Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from postiche.core.candidates import OUT, Candidates, Standing, better, preferred
from postiche.core.directives import Directives, is_steered
from postiche.core.errors import MockError
from postiche.core.fitting import body_fits, headers_fit, passes, total
from postiche.core.index import Stages
from postiche.core.paths import MAX_LENIENT, SCORES, Step, captures, covered, segments
from postiche.core.plan import MethodPlan, Plan, PlannedExample
from postiche.core.query import ALL_MATCH, MOST_LOST
from postiche.core.reading import EQUAL_BODY, Reading
from postiche.model import Request

__all__ = [
    "EQUAL_BODY",
    "Admits",
    "Covered",
    "Outcome",
    "Reading",
    "body_fits",
    "by_wildcards_alone",
    "code_fits",
    "headers_fit",
    "match",
    "match_among",
    "passes",
    "preferred",
    "stages_of",
    "total",
    "with_id",
]

NO_CAPTURES: Mapping[str, str] = MappingProxyType({})

_SCORES = (inf, *SCORES.values())  # by the number of the step


class Outcome(NamedTuple):
    """What matching decided: an example with its score and captures, or why there is none.

    `score` is None when a directive chose the example.
    """

    example: PlannedExample | None = None
    score: float | None = None
    captures: Mapping[str, str] = NO_CAPTURES
    miss: MockError | None = None


class Covered(NamedTuple):
    """An example chosen by the wildcards of its path, and what they cover."""

    example: PlannedExample
    captured: Mapping[str, str]

    @property
    def score(self) -> float:
        """The points of its path, and so all that it has."""
        return SCORES[Step.WILDCARD]


NO_MATCH = Outcome(miss=MockError.NO_MATCH)
NO_EXAMPLE = Outcome(miss=MockError.NO_EXAMPLE)


Judge = Callable[[Candidates, Reading, float], Standing | None]
"""The best of some candidates whose path scores so much; None if none of them takes part."""

Admits = Callable[[PlannedExample], bool]
"""Whether an example takes part at all, for reasons that are not in the request."""


def match(plan: Plan, request: Request) -> Outcome:
    """The example that Postman would answer a request with, or the error it would give."""
    method = plan.methods.get(request.method.upper())
    if method is None:
        return NO_MATCH
    call = Reading(request, plan.config, plan.rules)
    steered = is_steered(request) or (plan.rules.choose and call.route.choosing)
    if steered or plan.headers_decide:
        return _one_by_one(method, call, None)
    bonus = _bonus(method, call) if request.body or call.pairs else 0.0
    return _best(method, call, bonus, _all_at_once)


def by_wildcards_alone(plan: Plan, method: str, target: str) -> Covered | None:
    """What `match` finds for a request of which only method and path can matter: the short way.

    For plans whose target decides, and requests without body and `x-mock-*`
    headers. None says nothing: then `match` has to be asked.
    """
    examples = plan.methods.get(method)
    if examples is None or not plan.config.match_wildcards or plan.rules.choose:
        return None
    if "%" in target or "?" in target or len(target) > MAX_LENIENT:
        return None
    leaf = examples.examples.only_covered(target)
    example = None if leaf is None else leaf.only
    return None if example is None else Covered(example, covered(example.path, target))


def match_among(plan: Plan, call: Reading, admits: Admits) -> Outcome:
    """As `match`, but only examples that `admits` lets in take part.

    An id or a name chooses among all of them nevertheless.
    """
    method = plan.methods.get(call.request.method.upper())
    return NO_MATCH if method is None else _one_by_one(method, call, admits)


def _one_by_one(method: MethodPlan, call: Reading, admits: Admits | None) -> Outcome:
    """What is decided where each example has to be looked at on its own."""
    if call.directives.id is not None:
        return _chosen(call, with_id(method, call.directives.id))
    if call.directives.name is not None:
        return _chosen(call, method.by_name.get(call.directives.name, ()))
    return _best(method, call, _most(method, call), _OneByOne(admits))


def _best(method: MethodPlan, call: Reading, bonus: float, judge: Judge) -> Outcome:
    """The example with the most points; `bonus` is the most that query and body may add."""
    best, tied = OUT
    found, decided = False, Step.IDENTICAL
    for first, look_up in stages_of(call):
        if best > _SCORES[first] + bonus:
            break  # the steps that are left can neither win nor tie
        for step, candidates in look_up(method.examples, call.path):
            standing = judge(candidates, call, _SCORES[step])
            if standing is not None:
                found = True
                if standing[0] > best:
                    best, tied = standing
                    decided = step
                else:
                    best, tied = better((best, tied), standing)
    if not found:
        return NO_EXAMPLE if _unanswered(method, call) else NO_MATCH
    winner = tied[0] if len(tied) == 1 else preferred(tied)
    if winner is None:
        return NO_MATCH
    if decided is Step.WILDCARD and len(tied) == 1:
        return Outcome(winner, best, covered(winner.path, call.path))
    return Outcome(winner, best, _captured(call, winner))


def stages_of(call: Reading) -> Stages:
    """The look-ups that the config leaves for a request's path."""
    rules = call.rules
    return rules.stages if len(call.path) <= MAX_LENIENT else rules.stages_of_long_paths


def _most(method: MethodPlan, call: Reading) -> float:
    """The most that query and body can add for any example, whatever it asks for itself."""
    if not method.particular:
        return call.bonus
    query = ALL_MATCH if call.pairs else 0.0
    return query + EQUAL_BODY if call.request.body else query


def _bonus(method: MethodPlan, call: Reading) -> float:
    """The most that query and body can add for any example of the method."""
    if method.particular:
        return _most(method, call)
    possible = method.sends_bodies and not call.config.match_body
    body = EQUAL_BODY if possible and call.request.body else 0.0
    unknown = 0
    for pair in call.pairs:
        if pair in method.saved_pairs:
            return ALL_MATCH + body
        unknown += pair[0] not in method.saved_keys
    return body - min(unknown, MOST_LOST)


def _all_at_once(leaf: Candidates, call: Reading, path_score: float) -> Standing:
    """The judge for requests that only query and body can decide, which a leaf has worked out."""
    return leaf.best(call, path_score)


class _OneByOne:
    """A judge that tries each example on its own, as directives and header matching ask."""

    def __init__(self, admits: Admits | None) -> None:
        self._seen: set[PlannedExample] = set()
        self._admits = admits

    def __call__(self, leaf: Candidates, call: Reading, path_score: float) -> Standing | None:
        points: dict[PlannedExample, float] = {}
        found = [e for e in leaf.examples if e not in self._seen and code_fits(e, call.directives)]
        self._seen.update(found)  # a later step can only score an example lower
        if self._admits is not None:
            found = [example for example in found if self._admits(example)]
        for example in found:
            if passes(call, example):
                points[example] = total(call, example, path_score)
        best = max(points.values(), default=OUT[0])
        tied = tuple(e for e, each in points.items() if each == best)
        return (best, tied) if found else None


def with_id(method: MethodPlan, asked: str) -> Iterable[PlannedExample]:
    """The examples with an id, which may be asked for as a uid, `<user id>-<id>` (A.1.3)."""
    owner, _, plain = asked.partition("-")
    found = method.by_id.get(asked)
    if found is None and owner.isdigit():
        found = method.by_id.get(plain)
    return found or ()


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


def _unanswered(method: MethodPlan, call: Reading) -> bool:
    """Whether a saved request would have fitted, had it an example (behaviour B.1)."""
    return any(
        True for _, look_up in stages_of(call) for _ in look_up(method.unanswered, call.path)
    )


# --- what the path captured --------------------------------------------------------


def _captured(call: Reading, example: PlannedExample) -> Mapping[str, str]:
    """What the example's wildcards cover, wherever they fit, however it was chosen (#11323)."""
    if not call.config.match_wildcards or not example.path.names:
        return NO_CAPTURES
    return captures(example.path, segments(call.path)) or NO_CAPTURES
