"""The matcher as judge: who answers a request, with how many points, and what would change it.

Knows what can be asked of a plan. Must not know what the answers are taken for.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

from postiche.core.candidates import PREFERRED_CODE
from postiche.core.directives import PREFIX
from postiche.core.lint.dominance import always_beats, goes_first, shape
from postiche.core.lint.subjects import Subject, brief
from postiche.core.match import Reading, match, passes, total
from postiche.core.own_request import as_sent
from postiche.core.paths import judge_path
from postiche.core.plan import Plan, PlannedExample
from postiche.model import Request

MAX_TRIED = 25
"""How many examples of one path are tried against the matcher, which may look at all of that
path: so the work stays in proportion to the collection."""


@dataclass(slots=True)
class Trial:
    """A plan with the examples under the lint, and how often each path has been tried."""

    plan: Plan
    subjects: Sequence[Subject]
    unnamed: frozenset[str]
    _tried: Counter[Hashable] = field(default_factory=Counter)

    def admits(self, what: str, subject: Subject, path: Hashable = None) -> bool:
        """Whether its path, or another one, may be tried once more for this purpose."""
        key = (what, subject.source.method, path or shape(subject.planned.path))
        self._tried[key] += 1
        return self._tried[key] <= MAX_TRIED

    def winner(self, request: Request) -> PlannedExample | None:
        """The example that answers a request."""
        return match(self.plan, request).example

    def points(self, example: PlannedExample, request: Request) -> float | None:
        """The points of one example; None if the path, or a filter, puts it out."""
        call = Reading(request, self.plan.config)
        verdict = judge_path(example.path, call.path, wildcards=self.plan.config.match_wildcards)
        if verdict.step is None or not passes(call, example):
            return None
        return total(call, example, verdict.score)

    def selector(self, subject: Subject) -> str | None:
        """The `x-mock-*` header with which its own request brings an example; None if none does."""
        source = subject.source
        wanted = (("code", str(source.code)), ("name", source.name), ("id", source.id or ""))
        for what, value in wanted:
            name = f"{PREFIX}response-{what}"
            headers = (*subject.own.headers, (name, as_sent(value)))
            asked = replace(subject.own, headers=headers)
            if value.strip() and self.winner(asked) is subject.planned:
                return f"{name}: {brief(value.strip())}"
        return None

    def beats(self, winner: PlannedExample, loser: PlannedExample) -> bool:
        """Whether the winner provably answers before the loser, whatever is asked."""
        named = loser.source.method not in self.unnamed
        return always_beats(winner, loser, self.plan.config, all_named=named)

    def goes_first(self, winner: PlannedExample, loser: PlannedExample) -> bool:
        """Whether the winner provably wins every tie with the loser."""
        named = loser.source.method not in self.unnamed
        return goes_first(winner, loser, all_named=named)


def trial_of(plan: Plan, subjects: Sequence[Subject]) -> Trial:
    """A trial of all examples of a plan."""
    sources = (subject.source for subject in subjects)
    return Trial(plan, subjects, frozenset(each.method for each in sources if each.id is None))


def tie_break(winner: PlannedExample, loser: PlannedExample) -> str:
    """What puts the winner of a tie first (behaviour A.1.7), for a message."""
    if winner.source.code == PREFERRED_CODE != loser.source.code:
        return f"its status, exactly {PREFERRED_CODE}"
    if winner.source.id is None or loser.source.id is None:
        return "its place in the file"
    return "its id, which sorts first"
