"""The verdict of every stage on one example, whether or not an earlier one put it out.

Knows the stages and asks the matcher's own functions for each verdict; it
holds no rule of its own. Must not know which examples are worth judging, nor
how a verdict is worded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from postiche.core.directives import Directives
from postiche.core.explaining.differences import (
    Difference,
    Stage,
    body_differences,
    content_differences,
    header_differences,
    path_differences,
    query_differences,
)
from postiche.core.explaining.saved import SavedRequestView
from postiche.core.match import Reading, body_fits, code_fits, headers_fit, total, with_id
from postiche.core.paths import PathVerdict, judge_path
from postiche.core.plan import MethodPlan, Plan, PlannedExample
from postiche.core.query import QueryVerdict, judge_query


@dataclass(frozen=True, slots=True)
class Points:
    """The points of an example, by what they are for; they add up to its score."""

    path: float
    query: float
    body: float

    @property
    def total(self) -> float:
        """The score, as the matcher rounds it."""
        return round(self.path + self.query + self.body, 9)


class Choice(Enum):
    """What an `x-mock-response-id` or `-name`, which leave the other stages no say, did."""

    NONE_MADE = auto()
    ASKED_FOR = auto()
    PASSED_OVER = auto()


@dataclass(frozen=True)
class Verdict:
    """How one example fits one request; each stage is judged when it is first asked for."""

    call: Reading
    example: PlannedExample
    choice: Choice
    public: bool = False

    @cached_property
    def saved(self) -> SavedRequestView:
        """What may be shown of the example's request."""
        return SavedRequestView(self.example, public=self.public)

    @property
    def method_fits(self) -> bool:
        """Stage 1."""
        return self.example.source.method == self.call.request.method.upper()

    @property
    def directives_fit(self) -> bool:
        """Stage 2: whether `x-mock-response-code`, `-id` and `-name` keep the example."""
        return self.choice is not Choice.PASSED_OVER and self.code_fits

    @property
    def code_fits(self) -> bool:
        """Whether `x-mock-response-code` keeps the example."""
        return code_fits(self.example, self.call.directives)

    @cached_property
    def path(self) -> PathVerdict:
        """Stage 3."""
        wildcards, strict = self.call.config.match_wildcards, self.call.config.strict
        return judge_path(self.example.path, self.call.path, wildcards=wildcards, strict=strict)

    @cached_property
    def query(self) -> QueryVerdict | None:
        """Stage 4; None if queries do not count."""
        if not self.call.config.match_query_params:
            return None
        return judge_query(self.example.query, self.call.query, self.call.query_count)

    @cached_property
    def headers_fit(self) -> bool:
        """Stage 5, headers."""
        return headers_fit(self.call, self.example)

    @cached_property
    def body_fits(self) -> bool:
        """Stage 5, body; True if body matching is off."""
        return not self.directives.match_body or body_fits(self.call, self.example)

    @property
    def directives(self) -> Directives:
        """The directives for the example, which may ask for something itself."""
        return self.call.directives_for(self.example.controls)

    @cached_property
    def out_at(self) -> Stage | None:
        """The stage that puts the example out; None if it is in to the end."""
        fits = {Stage.METHOD: self.method_fits, Stage.DIRECTIVES: self.directives_fit}
        if all(fits.values()) and self.choice is Choice.NONE_MADE:
            fits[Stage.PATH] = self.path.step is not None
            fits |= {Stage.HEADERS: self.headers_fit, Stage.BODY: self.body_fits}
        return next((stage for stage, kept in fits.items() if not kept), None)

    @cached_property
    def points(self) -> Points | None:
        """The points; None for an example that is out, or that a directive chose."""
        if self.out_at is not None or self.choice is not Choice.NONE_MADE:
            return None
        path, query = self.path.score, self.query.score if self.query else 0.0
        body = round(total(self.call, self.example, path) - path - query, 6)
        return Points(path, query, body)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """All that differs, in the order of the stages; of the path only if it does not fit."""
        found = [] if self.method_fits else [self._method()]
        if not self.code_fits:
            found.append(self._code())
        if self.path.step is None:
            found += path_differences(self.call, self.example, self.saved)
        if self.query is not None:
            found += query_differences(self.call, self.example, self.saved)
        found += header_differences(self.call, self.example, self.saved)
        if self.directives.match_body:
            found += body_differences(self.call, self.example, self.saved)
        elif self.points is not None and not self.points.body:
            found += content_differences(self.call, self.example, self.saved)
        return tuple(found)

    def _method(self) -> Difference:
        method = self.call.request.method.upper()
        return Difference(Stage.METHOD, "method", method, self.example.source.method)

    def _code(self) -> Difference:
        asked = self.call.request.header("x-mock-response-code")
        if asked is None and self.call.directives.code is not None:
            asked = str(self.call.directives.code)
        code = str(self.example.source.code)
        return Difference(Stage.DIRECTIVES, "x-mock-response-code", asked, code)


def asked_for(method: MethodPlan, call: Reading) -> Iterable[PlannedExample] | None:
    """The examples that an id or name directive means; None if there is no such directive."""
    if call.directives.id is not None:
        return with_id(method, call.directives.id)
    if call.directives.name is not None:
        return method.by_name.get(call.directives.name, ())
    return None


class Judge:
    """Gives verdicts on the examples of a plan for one request."""

    def __init__(self, plan: Plan, call: Reading, *, public: bool = False) -> None:
        self.call = call
        self._public = public
        method = plan.methods.get(call.request.method.upper())
        named = None if method is None else asked_for(method, call)
        chooses = (call.directives.id, call.directives.name) != (None, None)
        self._named = frozenset(named or ()) if chooses else None

    def on(self, example: PlannedExample) -> Verdict:
        """The verdict on one example."""
        choice = Choice.NONE_MADE
        if self._named is not None:
            choice = Choice.ASKED_FOR if example in self._named else Choice.PASSED_OVER
        return Verdict(self.call, example, choice, self._public)
