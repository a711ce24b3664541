"""Small builders for tests of what explanations are made of.

Knows how to come by verdicts and candidates. Must not know what they should be.
"""

from postiche.core.explaining.explain import Candidate, Explanation, explain
from postiche.core.explaining.judging import Judge, Verdict
from postiche.core.match import Reading
from postiche.core.plan import Plan
from postiche.model import Request
from tests.core.building import planned


def verdict(plan: Plan, asked: Request, place: int = 0, *, public: bool = False) -> Verdict:
    """The verdict on one example of a plan, by its place in the file."""
    judge = Judge(plan, Reading(asked, plan.config), public=public)
    return judge.on(planned(plan)[place])


def differences(plan: Plan, asked: Request, place: int = 0, *, public: bool = False) -> list[str]:
    """All that differs between a request and one example, as text."""
    return [each.text for each in verdict(plan, asked, place, public=public).differences]


def candidate(found: Explanation, name: str) -> Candidate:
    """The candidate of an explanation with this name."""
    return next(each for each in found.candidates if each.example.source.name == name)


def explained(plan: Plan, asked: Request, name: str, *, public: bool = False) -> Candidate:
    """What is said of the example with a name."""
    return candidate(explain(plan, asked, public=public), name)
