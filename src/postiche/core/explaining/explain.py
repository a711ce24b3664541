"""Why a request was answered as it was: every candidate, and the nearest of a miss.

Knows how candidates are put in order and what sets them apart from the
winner. The winner is the matcher's own; verdicts, points and what would have
helped come from `judging.py` and `corrections.py`. Must not know how an
explanation is written out.

The work is bounded: near examples are found first, cheaply, and only those
shown are looked into.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from postiche.core.candidates import PREFERRED_CODE
from postiche.core.errors import MockError
from postiche.core.explaining.corrections import Remedies, is_crowded, remedies
from postiche.core.explaining.judging import Choice, Judge, Points, Verdict
from postiche.core.explaining.nearby import (
    body_distance,
    choice_distance,
    nearby,
    path_distance,
    surroundings,
)
from postiche.core.match import Outcome, Reading, match, preferred, stages_of
from postiche.core.plan import Plan, PlannedExample
from postiche.model import Request, SavedRequest

SHOWN = 50
"""How many candidates an explanation has, unless more or fewer are asked for."""

NEAREST = 3
"""How many near misses are told."""

POOL = 8
"""How many examples are judged to find the nearest ones."""

METHOD_COST, CODE_COST, CHOICE_COST = 3.0, 1.0, 20.0
PATH_COST, PATH_SPREAD = 2.0, 6.0
HEADERS_COST, BODY_COST, BODY_SPREAD = 0.5, 0.5, 0.5
"""How far a stage that does not fit puts an example away from a request. Code, headers and body
together weigh less than the method; another method of the same path is nearer than another path,
unless that is spelled almost alike."""


@dataclass(frozen=True)
class Candidate:
    """One example of an explanation: its verdict, and what would have made it answer.

    `winner` is the verdict on the example that answered, if one did; `crowded`
    as in `corrections.is_crowded`.
    """

    plan: Plan
    crowded: bool
    verdict: Verdict
    answers: bool
    winner: Verdict | None

    @property
    def example(self) -> PlannedExample:
        """The example."""
        return self.verdict.example

    @property
    def points(self) -> Points | None:
        """Its points; None for an example that is out, or that a directive chose."""
        return self.verdict.points

    @cached_property
    def remedies(self) -> Remedies:
        """What would have made it answer; nothing for the one that does."""
        if self.answers:
            return Remedies()
        return remedies(self.plan, self.verdict, crowded=self.crowded)

    @cached_property
    def short_of(self) -> float | None:
        """How many points it lacks to equal the winner; None where points did not decide."""
        own, best = self.points, self.winner.points if self.winner else None
        return None if own is None or best is None else round(best.total - own.total, 9)

    @cached_property
    def tie(self) -> str | None:
        """Why the winner was preferred to an equal; None if the two are not equal."""
        if self.answers or self.winner is None or self.verdict.out_at is not None:
            return None
        chosen = self.verdict.choice is Choice.ASKED_FOR
        if not chosen and self.short_of != 0:
            return None
        own, best = self.example.source, self.winner.example.source
        if best.code == PREFERRED_CODE != own.code:
            return f"a status of exactly {PREFERRED_CODE} is preferred"
        if own.id is not None and best.id is not None and own.id != best.id:
            return f"ids decide, and {best.id} comes before {own.id}"
        return "the one that comes first in the collection is preferred"


@dataclass(frozen=True)
class Explanation:
    """Why a request was answered as it was.

    `candidates` begin with the example that answered, then those that were
    outscored, then those that are out, the nearest first. `left_out` counts
    examples that are not among them. `unanswered` is a saved request that
    fits, but has no example.
    """

    request: Request
    outcome: Outcome
    call: Reading
    candidates: tuple[Candidate, ...]
    left_out: int
    unanswered: SavedRequest | None


def explain(
    plan: Plan, request: Request, *, limit: int = SHOWN, public: bool = False
) -> Explanation:
    """Why a request is answered as it is, with at most `limit` candidates, at least one.

    `public` leaves out what strangers must not see of the saved requests. Pure.
    """
    return _explained(plan, request, max(limit, 1), max(limit, POOL), public=public)


def nearest(
    plan: Plan, request: Request, count: int = NEAREST, *, public: bool = True
) -> Explanation:
    """The same with only the nearest candidates: quick enough to run at every miss. Pure."""
    return _explained(plan, request, count, POOL, public=public)


def _explained(plan: Plan, request: Request, limit: int, pool: int, *, public: bool) -> Explanation:
    call = Reading(request, plan.config, plan.rules)
    outcome = match(plan, request)
    judge = Judge(plan, call, public=public)
    winner = None if outcome.example is None else judge.on(outcome.example)
    others = [judge.on(each) for each in nearby(plan, call, pool) if each is not outcome.example]
    ordered = [*([winner] if winner else []), *_in_order(others)][:limit]
    crowded = is_crowded(plan, call)
    candidates = tuple(Candidate(plan, crowded, each, each is winner, winner) for each in ordered)
    left_out = len(surroundings(plan).examples) - len(candidates)
    missing = _unanswered(plan, call) if outcome.miss is MockError.NO_EXAMPLE else None
    return Explanation(request, outcome, call, candidates, left_out, missing)


# --- the order of candidates -----------------------------------------------------------------


def _in_order(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those with points by points and preference, then the rest by nearness."""
    scored: dict[float, list[Verdict]] = {}
    rest: list[tuple[float, int, Verdict]] = []
    for verdict in verdicts:
        if verdict.points is not None:
            scored.setdefault(verdict.points.total, []).append(verdict)
        else:
            rest.append((distance(verdict), verdict.example.index, verdict))
    rest.sort(key=lambda each: each[:2])
    tied = (each for points in sorted(scored, reverse=True) for each in _preferred(scored[points]))
    return [*tied, *(verdict for _, _, verdict in rest)]


def _preferred(tied: list[Verdict]) -> list[Verdict]:
    """Equals in the order in which the matcher prefers them."""
    ordered: list[Verdict] = []
    left = {each.example: each for each in tied}
    while (best := preferred(left)) is not None and len(ordered) < SHOWN:
        ordered.append(left.pop(best))
    return [*ordered, *left.values()]


def distance(verdict: Verdict) -> float:
    """How far an example that is out is from answering: 0 for one that a directive chose."""
    if verdict.out_at is None:
        return 0.0
    call, example = verdict.call, verdict.example
    far = 0.0 if verdict.method_fits else METHOD_COST
    far += 0.0 if verdict.code_fits else CODE_COST
    if verdict.choice is Choice.PASSED_OVER:
        far += CHOICE_COST * choice_distance(call.directives, example)
    if verdict.path.step is None:
        far += PATH_COST + PATH_SPREAD * path_distance(call, example)
    far += 0.0 if verdict.headers_fit else HEADERS_COST
    if not verdict.body_fits:
        far += BODY_COST + BODY_SPREAD * body_distance(call, example.body)
    earned = verdict.path.score + (verdict.query.score if verdict.query else 0.0)
    return far - earned / 1_000


def _unanswered(plan: Plan, call: Reading) -> SavedRequest | None:
    """A saved request that fits by method and path, but has no example (behaviour B.1)."""
    method = plan.methods.get(call.request.method.upper())
    if method is None:
        return None
    for _, look_up in stages_of(call):
        for _, saved in look_up(method.unanswered, call.path):
            return next(iter(saved), None)
    return None
