"""One example against one request: whether it stays in, and its points.

Knows how headers and bodies are matched (behaviour A.4, A.5), and which
controls hold for one example. Must not know how examples are found, nor which
of several wins.
"""

from typing import TYPE_CHECKING

from postiche.core.bodies import NOT_JSON
from postiche.core.reading import Reading, points_of

if TYPE_CHECKING:
    from postiche.core.plan import PlannedExample


def passes(call: Reading, example: "PlannedExample") -> bool:
    """Whether header and body matching, where switched on, keep the example (A.4, A.5)."""
    return headers_fit(call, example) and (
        not call.directives_for(example.controls).match_body or body_fits(call, example)
    )


def headers_fit(call: Reading, example: "PlannedExample") -> bool:
    """Whether every listed header has the saved value, trimmed; absent on both sides is equal."""
    wanted = call.directives_for(example.controls).match_headers
    if not wanted:
        return True
    sent, saved = call.sent_headers(wanted), example.headers
    return all(_value_fits(example, name, value) for name, value in sent.items()) and not any(
        value and name in wanted and name not in sent for name, value in saved.items()
    )


def _value_fits(example: "PlannedExample", name: str, value: str) -> bool:
    pattern = example.patterns.get(name)
    if pattern is not None and pattern.fits(value):
        return True
    return example.headers.get(name, "") == value


def body_fits(call: Reading, example: "PlannedExample") -> bool:
    """Whether the bodies are equal and of one saved Content-Type (behaviour A.5).

    Two empty bodies are equal without one: a GET has no Content-Type to save.
    What an example has a schema for, only the schema decides.
    """
    if example.schema is not None:
        document = call.body.document
        return document is not NOT_JSON and example.schema.fits(document)
    saved = example.body
    if saved.mode is None and not call.body.raw:
        return True
    typed = saved.media_type is not None and saved.media_type == call.body.media_type
    return typed and saved.equals(call.body)


def total(call: Reading, example: "PlannedExample", path_score: float) -> float:
    """The points of an example that is still in: path, query, and an equal body (A.1.4 to 6)."""
    query = call.query_points(example.query)
    matching_bodies = not call.request.body or call.directives_for(example.controls).match_body
    return points_of(
        path_score, query, equal_body=not matching_bodies and example.body.equals(call.body)
    )
