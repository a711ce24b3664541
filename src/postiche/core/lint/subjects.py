"""Examples as the lint looks at them: planned, with their own request, and where they stand.

Knows how a plan's examples belong to a collection's requests. Must not know
any rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from postiche.core.lint.findings import Place, example_place, request_place
from postiche.core.own_request import own_request
from postiche.core.plan import Plan, PlannedExample
from postiche.core.variables import Scope
from postiche.model import Collection, Example, Request


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """An example under the lint; `own` is the request that it was saved for."""

    planned: PlannedExample
    place: Place
    own: Request

    @property
    def source(self) -> Example:
        """The example as saved."""
        return self.planned.source

    @property
    def named(self) -> str:
        """Status and name, as a message calls it."""
        return called(self.source)

    @property
    def asked(self) -> str:
        """Method and target of its own request."""
        return f"{self.own.method} {brief(self.own.target)}"


def called(example: Example) -> str:
    """An example's status and name, for a message."""
    return f'{example.code} "{brief(example.name)}"'


def brief(text: str) -> str:
    """A text short enough for a message."""
    return text if len(text) <= 100 else text[:99] + "…"


def subjects(collection: Collection, plan: Plan, scope: Scope) -> list[Subject]:
    """The examples that a plan of this collection answers with, in file order."""
    planned = by_index(plan)
    return [
        Subject(planned[index], place, own_request(example, planned[index].path, scope))
        for index, place, example in placed(collection)
        if index in planned
    ]


def placed(collection: Collection) -> Iterator[tuple[int, Place, Example]]:
    """Every example with its index in the collection and its place."""
    index = 0
    for number, request in enumerate(collection.requests):
        above = request_place(request, number)
        for position, example in enumerate(request.examples):
            yield index, example_place(above, example, position), example
            index += 1


def by_index(plan: Plan) -> Mapping[int, PlannedExample]:
    """A plan's examples by their index in the collection."""
    return {
        example.index: example
        for method in plan.methods.values()
        for named in method.by_name.values()
        for example in named
    }
