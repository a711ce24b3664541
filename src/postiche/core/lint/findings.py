"""Findings of the lint: which rules there are, and where in a collection something was found.

Knows rules, severities and places. Must not know how anything is found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from postiche.model import Example, SavedRequest

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From worst to mildest."""

RULES: dict[str, Severity] = {
    "dropped": "error",
    "unreachable": "error",
    "body-not-json": "error",
    "body-not-xml": "error",
    "no-examples": "warning",
    "never-chosen": "warning",
    "shadowed-by-wildcard": "warning",
    "loses-own-request": "warning",
    "refuses-own-request": "warning",
    "wildcards-off": "warning",
    "tie-by-id": "warning",
    "literal-takes-wildcard": "warning",
    "wildcard-takes-literal": "warning",
    "duplicate-id": "warning",
    "empty-segment": "warning",
    "unresolved-in-query": "warning",
    "unresolved-where-matched": "warning",
    "unresolved-in-response": "warning",
    "unknown-token": "warning",
    "empty-body": "warning",
    "json-as-html": "warning",
    "invalid-content-type": "warning",
    "invalid-header": "warning",
    "unknown-control": "warning",
    "secret": "warning",
    "server-response": "info",
    "unanswered": "info",
    "code-only": "info",
    "duplicate-example": "info",
    "path-wildcard": "info",
    "unresolved-in-body": "info",
    "header-not-sent": "info",
    "body-not-sent": "info",
}
"""Every rule with its severity; docs/lint.md says what each means. An error is something that
does not work as saved, a warning something that surprises, an info worth knowing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a collection: a request, or one of its examples; the collection itself has neither.

    `position` is the place in the file, a request's before those of its examples.
    """

    position: tuple[int, int] = (-1, -1)
    folders: tuple[str, ...] = ()
    request: str | None = None
    example: str | None = None
    example_id: str | None = None


WHOLE = Place()
"""The collection itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the lint found: the rule, where, what happens, and what to do about it."""

    rule: str
    place: Place
    message: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return RULES[self.rule]

    @property
    def where(self) -> str:
        """The way to the place: folders, request, example; empty for the collection itself."""
        names = (*self.place.folders, self.place.request, self.place.example)
        return " / ".join(name for name in names if name is not None)

    def described(self) -> dict[str, Any]:
        """The finding as the command line and the API give it in JSON; ids may be null."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "where": self.where,
            "folders": list(self.place.folders),
            "request": self.place.request,
            "example": self.place.example,
            "exampleId": self.place.example_id,
            "message": self.message,
        }


def request_place(request: SavedRequest, number: int) -> Place:
    """The place of the request with that number in the file."""
    return Place((number, -1), request.folders, request.name)


def example_place(request: Place, example: Example, number: int) -> Place:
    """The place of the example with that number in a request."""
    position = (request.position[0], number)
    return Place(position, request.folders, request.request, example.name, example.id)


def counted(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity."""
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in SEVERITIES}
