"""The reply of an outcome: templates expanded with what the request says.

Knows the template helpers, captures and dynamic variables (behaviour B.3).
Must not know how the example was chosen, nor where randomness and time come
from: `Sources` brings them.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import orjson

from postiche.core.bodies import SentBody
from postiche.core.directives import sent_text
from postiche.core.dynamic import Sources, dynamic_value
from postiche.core.errors import MockError, Problem
from postiche.core.match import Outcome
from postiche.core.query import first_values
from postiche.core.reply import server_response_reply
from postiche.core.templates import Capture, Dynamic, Helper, Slot
from postiche.model import Reply, Request

__all__ = ["render", "server_response_reply"]

_KEY = re.compile(r"((?:[^.\\]|\\.)+)", re.DOTALL)


def render(outcome: Outcome, request: Request, sources: Sources) -> Reply:
    """What to send for an outcome: the example's reply, or the error that says why none."""
    if outcome.example is None:
        problem: Problem = (outcome.miss or MockError.NO_MATCH).value
        return problem.reply()
    made = outcome.example.reply.made
    if isinstance(made, Reply):
        return made
    return made.filled(Values(outcome.captures, request, sources).of)


class Values:
    """What each slot of a template holds for one request; the request is parsed on demand."""

    def __init__(self, captured: Mapping[str, str], request: Request, sources: Sources) -> None:
        self._captured = captured
        self._request = request
        self._sources = sources

    def of(self, slot: Slot) -> str | None:
        """The text for a slot, or None if there is none and the token should stay (B.3)."""
        if isinstance(slot, Capture):
            return self._captured.get(slot.name)
        if isinstance(slot, Dynamic):
            return dynamic_value(slot.name, self._sources)
        found = self._helper(slot)
        return slot.default if found is None else found

    def _helper(self, helper: Helper) -> str | None:
        path = helper.path
        if helper.name == "body":
            return self._body_text if path is None else _text_at(self._body_value, path)
        if path is None:
            return None
        if helper.name == "queryParams":
            return self._query.get(path)
        if helper.name == "headers":
            value = self._request.header(path.lower())
            return None if value is None else sent_text(value)
        return self._segment(path)

    def _segment(self, position: str) -> str | None:
        """A path segment by its number, from zero (B.3)."""
        if not (position.isascii() and position.isdigit() and len(position) < 6):
            return None
        segments = self._segments
        return segments[int(position)] if int(position) < len(segments) else None

    @cached_property
    def _segments(self) -> list[str]:
        path = self._request.target.partition("?")[0]
        return [unquote(segment) for segment in path.split("/")[1:]]

    @cached_property
    def _query(self) -> dict[str, str]:
        return first_values(self._request.target.partition("?")[2])

    @cached_property
    def _body_text(self) -> str:
        return self._request.body.decode("utf-8", "replace")

    @cached_property
    def _body_value(self) -> Any:
        """The body as JSON, or the fields of a form."""
        try:
            return orjson.loads(self._request.body)
        except orjson.JSONDecodeError:
            return dict(reversed(SentBody(self._request).fields or []))


def _text_at(value: Any, path: str) -> str | None:
    """The text of what stands at an object-path; None if nothing does.

    A string stands for itself, anything else is JSON text (B.3, inferred).
    """
    for key in keys(path):
        value = _member(value, key)
        if value is _NOTHING:
            return None
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return None


def keys(path: str) -> list[str]:
    r"""The keys of an object-path: split at dots, `\.` is a dot within a key (B.3)."""
    return [re.sub(r"\\(.)", r"\1", key, flags=re.DOTALL) for key in _KEY.findall(path)]


_NOTHING = object()


def _member(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key, _NOTHING)
    if isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 10:
        return value[int(key)] if int(key) < len(value) else _NOTHING
    return _NOTHING
