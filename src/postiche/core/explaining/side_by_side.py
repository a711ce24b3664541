"""A request and a saved one, line by line beside each other.

Knows which lines of the two belong together. Must not know how they are
printed. For whoever may read the collection: nothing is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import orjson

from postiche.core.explaining.judging import Verdict
from postiche.core.explaining.saved import A_VARIABLE
from postiche.core.paths import ENCODED_SLASH
from postiche.core.query import Values
from postiche.model import BodyMode

MAX_BODY_LINES = 200
"""Lines of each body that are compared; the rest is left out."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines that belong together; None where one side has none. `same` as the matcher says."""

    sent: str | None
    saved: str | None
    same: bool


def side_by_side(verdict: Verdict) -> list[Pair]:
    """The request and the example's, in pairs: method, path, query, headers in force, body."""
    call, example = verdict.call, verdict.example
    path = call.path.replace(ENCODED_SLASH, "%2F")
    saved_path = example.path.text.replace(ENCODED_SLASH, "%2F")
    return [
        Pair(call.request.method.upper(), example.source.method, verdict.method_fits),
        Pair(path, saved_path, verdict.path.step is not None),
        *_query(verdict),
        *_headers(verdict),
        *_body(verdict),
    ]


def _query(verdict: Verdict) -> Iterator[Pair]:
    sent, saved = verdict.call.query, verdict.example.query
    for key in sorted({*sent, *saved}):
        pairs = zip_longest(_values(key, sent.get(key)), _values(key, saved.get(key)))
        yield from (Pair(ours, theirs, ours == theirs) for ours, theirs in pairs)


def _values(key: str, values: Values | None) -> list[str]:
    found = [] if values is None else list(values.counts.elements())
    return sorted(f"?{key}={A_VARIABLE if value is None else value}" for value in found)


def _headers(verdict: Verdict) -> Iterator[Pair]:
    call, saved = verdict.call, verdict.example.headers
    wanted = verdict.directives.match_headers
    for name in sorted(wanted):
        ours, theirs = call.sent_headers(wanted).get(name, ""), saved.get(name, "")
        yield Pair(_header(name, ours), _header(name, theirs), ours == theirs)


def _header(name: str, value: str) -> str | None:
    return f"{name}: {value}" if value else None


def _body(verdict: Verdict) -> Iterator[Pair]:
    sent, saved = verdict.call.body, verdict.example.body
    if verdict.directives.match_body and (sent.media_type or saved.media_type):
        ours_type, theirs_type = sent.media_type or "", saved.media_type or ""
        same = ours_type == theirs_type
        yield Pair(_header("content-type", ours_type), _header("content-type", theirs_type), same)
    if isinstance(saved.key, tuple):
        ours = sent.key("multipart") or sent.key("form")
        found = _fields(ours) if isinstance(ours, tuple) else []
        yield from _aligned(found, _fields(saved.key))
        return
    text = (
        saved.key if saved.mode is BodyMode.GRAPHQL and isinstance(saved.key, bytes) else saved.raw
    )
    yield from _aligned(_lines(sent.raw), _lines(text))


def _fields(fields: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{key}={value}" for key, value in sorted(fields)][:MAX_BODY_LINES]


def _lines(raw: bytes) -> list[str]:
    """A body in lines: JSON indented with its keys in order, anything else as it is."""
    try:
        value: Any = orjson.loads(raw)
        raw = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return raw.decode("utf-8", "replace").splitlines()[:MAX_BODY_LINES]


def _aligned(sent: list[str], saved: list[str]) -> Iterator[Pair]:
    matcher = SequenceMatcher(None, sent, saved, autojunk=False)
    for kind, ours_from, ours_to, theirs_from, theirs_to in matcher.get_opcodes():
        ours, theirs = sent[ours_from:ours_to], saved[theirs_from:theirs_to]
        for line, other in zip_longest(ours, theirs):
            yield Pair(line, other, kind == "equal")
