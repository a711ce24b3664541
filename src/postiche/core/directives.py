"""What the matcher is asked to do for a call.

Knows which controls bear on matching (behaviour A.1.3, A.4, A.5), and that a
request's own headers win over what the config says. Must not know what the
matcher makes of them.
"""

from dataclasses import dataclass
from typing import Final

from postiche.core import body_schemas
from postiche.core.paths import canonical
from postiche.core.steering.controls import (
    CONTROLS,
    NO_CONTROLS,
    PREFIX,
    UNKNOWN_CODE,
    Place,
    lowered,
    merged,
    of_config,
    of_headers,
    sent_text,
)
from postiche.core.steering.rules import Rules
from postiche.model import Controls, MockConfig, Request

__all__ = [
    "EXAMPLE_CONTROLS",
    "PREFIX",
    "UNKNOWN_CODE",
    "Asked",
    "Directives",
    "asked_by",
    "directives_of",
    "in_force",
    "is_steered",
    "listed_headers",
    "read_directives",
    "sent_text",
]


EXAMPLE_CONTROLS: Final = frozenset(
    (body_schemas.HEADER, *(each.header for each in CONTROLS if Place.EXAMPLE in each.places))
)
"""Saved response headers that steer their own example, lower case. All that begin with PREFIX
are left out of replies."""


@dataclass(frozen=True, slots=True)
class Directives:
    """What a request, over the mock's config, asks of the matcher."""

    code: int | None = None
    id: str | None = None
    name: str | None = None
    match_headers: frozenset[str] = frozenset()
    match_body: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for by header, and what route and mock ask `below` that."""

    request: Controls
    below: Controls

    def directives(self, example: Controls = NO_CONTROLS) -> Directives:
        """The directives, with those of an example where they belong in between."""
        return directives_of(merged(self.request, example, self.below))


def is_steered(request: Request) -> bool:
    """Whether a request has any `x-mock-*` header, known or not."""
    for name, _ in request.headers:  # noqa: SIM110 - any() takes three times as long here
        if PREFIX in name and name.startswith(PREFIX):  # "in" is the quicker one
            return True
    return False


def asked_by(request: Request) -> Controls:
    """What the `x-mock-*` headers of a request ask for."""
    if not is_steered(request):
        return NO_CONTROLS
    return of_headers(request.headers, Place.REQUEST)


def in_force(rules: Rules, request: Request, example: Controls = NO_CONTROLS) -> Controls:
    """All controls that hold for a call that an example, or nothing, answers."""
    path = canonical(request.target.partition("?")[0])
    route = rules.routes.of(request.method.upper(), path)
    return merged(asked_by(request), example, route.controls)


def directives_of(controls: Controls) -> Directives:
    """The directives that controls are."""
    return Directives(
        controls.response_code,
        controls.response_id,
        controls.response_name,
        frozenset(controls.match_headers or ()),
        bool(controls.match_body),
    )


def listed_headers(config: MockConfig) -> frozenset[str]:
    """The headers that the config itself wants matched, in lower case."""
    return frozenset(lowered(config.headers)) if config.match_header else frozenset()


def read_directives(config: MockConfig, request: Request) -> Directives:
    """The directives of a request; what a header leaves open the config decides."""
    return Asked(asked_by(request), of_config(config)).directives()
