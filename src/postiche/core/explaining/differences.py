"""What differs between a request and a saved one, down to the key, header or JSON field.

Knows how each part of a request is compared. Must not know points, or which
differences decide anything: whether an example fits is the matcher's to say,
and tests hold the two together.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, zip_longest
from typing import Any

import orjson

from postiche.core.bodies import FormKey, SavedBody, SentBody
from postiche.core.explaining.saved import SavedRequestView, shown_path, shown_value
from postiche.core.match import Reading
from postiche.core.paths import Wildcard, segments
from postiche.core.plan import PlannedExample
from postiche.core.query import Values
from postiche.model import BodyMode

MAX_DIFFERENCES = 20
"""How many differences of one part are told; more help nobody."""

MAX_COMPARED = 256 * 1024
"""Bytes of a body beyond which it is only said that the bodies differ."""

CONTEXT = 20
"""Characters of a text that are shown before and after the first that differs."""


CONTENT_TYPE = "Content-Type"
"""The subject of a difference in the media types of bodies."""


class Stage(StrEnum):
    """The stages of matching in their order (behaviour A.1)."""

    METHOD = "method"
    DIRECTIVES = "directives"
    PATH = "path"
    QUERY = "query"
    HEADERS = "headers"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, ready to be shown; None is what is not there."""

    stage: Stage
    subject: str
    sent: str | None
    saved: str | None

    @property
    def text(self) -> str:
        """The difference as a part of a sentence."""
        if self.sent is None and self.saved is None:
            return f"{self.subject}: neither sent nor saved"
        if self.sent is None:
            return f"{self.subject}: not sent, saved {self.saved}"
        if self.saved is None:
            return f"{self.subject}: sent {self.sent}, not saved"
        return f"{self.subject}: sent {self.sent}, saved {self.saved}"


# --- path ------------------------------------------------------------------------------


def path_differences(
    call: Reading, example: PlannedExample, saved: SavedRequestView
) -> list[Difference]:
    """The segments that differ, or their number; of a path that may not be shown, all of it."""
    requested, written = segments(call.path), segments(example.path.text)
    if saved.hides_path:
        return [Difference(Stage.PATH, "path", shown_path(call.path), saved.path)]
    if len(requested) != len(written):
        return [_number_of_segments(requested, written)]
    parts = example.path.parts
    if len(parts) != len(requested):  # a tail stands for any number of segments
        return [Difference(Stage.PATH, "path", shown_path(call.path), saved.path)]
    return [
        Difference(
            Stage.PATH,
            f"path segment {number}",
            shown_path(segment),
            shown_path(written[number - 1]),
        )
        for number, (segment, part) in enumerate(zip(requested, parts, strict=True), 1)
        if not _covers(part, segment, wildcards=call.config.match_wildcards)
    ][:MAX_DIFFERENCES]


def _number_of_segments(requested: list[str], written: list[str]) -> Difference:
    if abs(len(requested) - len(written)) == 1 and (not requested[-1]) != (not written[-1]):
        slashes = ("/", None) if len(requested) > len(written) else (None, "/")
        return Difference(Stage.PATH, "trailing slash", *slashes)
    counts = str(len(requested)), str(len(written))
    return Difference(Stage.PATH, "number of path segments", *counts)


def _covers(part: str | Wildcard, segment: str, *, wildcards: bool) -> bool:
    if isinstance(part, str):
        return part == segment
    return wildcards and part.capture(segment) is not None


# --- query -----------------------------------------------------------------------------

NO_VALUES = Values(Counter(), 0)


def query_differences(
    call: Reading, example: PlannedExample, saved: SavedRequestView
) -> list[Difference]:
    """The parameters that are partial or missing (behaviour A.1.5), saved ones first."""
    found: list[Difference] = []
    for key in [*example.query, *(key for key in call.query if key not in example.query)]:
        there, here = example.query.get(key, NO_VALUES), call.query.get(key, NO_VALUES)
        subject = f"query key {saved.query_key(key) if key in example.query else shown_value(key)}"
        found += [
            Difference(
                Stage.QUERY,
                subject,
                None if sent is None else shown_value(sent),
                None if wanted is _ABSENT else saved.parameter(key, wanted),
            )
            for sent, wanted in _unmatched(here, there)
        ]
        if len(found) >= MAX_DIFFERENCES:
            break
    return found[:MAX_DIFFERENCES]


_ABSENT = "\ufdd1"
"""Stands for a value that is not there: a noncharacter, as None is an unresolved variable."""


def _unmatched(sent: Values, saved: Values) -> Iterator[tuple[str | None, str | None]]:
    """The values of one key that are on one side only, in pairs; None is none sent."""
    surplus = list((sent.counts - saved.counts).elements())
    wanted = list((saved.counts - sent.counts).elements())
    for ours, theirs in zip_longest(surplus, wanted, fillvalue=_ABSENT):
        yield None if ours == _ABSENT else ours, theirs


# --- headers -----------------------------------------------------------------------------


def header_differences(
    call: Reading, example: PlannedExample, saved: SavedRequestView
) -> list[Difference]:
    """The headers in force that differ (behaviour A.4)."""
    found = []
    wanted = call.directives_for(example.controls).match_headers
    for name in sorted(wanted):
        sent = call.sent_headers(wanted).get(name, "")
        pattern = example.patterns.get(name)
        if sent != example.headers.get(name, "") and not (pattern and pattern.fits(sent)):
            shown = shown_value(sent) if sent else None
            subject = f"header {_spelled(call, name, saved)}"
            found.append(Difference(Stage.HEADERS, subject, shown, saved.header(name)))
    return found[:MAX_DIFFERENCES]


def _spelled(call: Reading, name: str, saved: SavedRequestView) -> str:
    """A header's name as it is saved, else as it is written where it is asked for."""
    listed = call.request.header("x-mock-match-request-headers") or ""
    asked = (*call.config.headers, *(each.strip() for each in listed.split(",")))
    found = next((each for each in asked if each.lower() == name), name)
    return saved.header_name(name) or shown_value(found)


# --- bodies ------------------------------------------------------------------------------


def body_differences(
    call: Reading, example: PlannedExample, saved: SavedRequestView
) -> list[Difference]:
    """What keeps the bodies from being equal: their types, then fields or text (behaviour A.5)."""
    body, sent = example.body, call.body
    if body.mode is None and not sent.raw:
        return []
    found = []
    if body.media_type is None or body.media_type != sent.media_type:
        found.append(
            Difference(Stage.BODY, CONTENT_TYPE, sent.media_type, saved_type(example, saved))
        )
    return found + content_differences(call, example, saved)


def content_differences(
    call: Reading, example: PlannedExample, saved: SavedRequestView
) -> list[Difference]:
    """What keeps the contents of two bodies from being equal, whatever their types."""
    body, sent = example.body, call.body
    if body.equals(sent) or (body.mode is None and not sent.raw):
        return []
    return list(islice(_content(body, sent, hidden=saved.hides_body), MAX_DIFFERENCES))


def saved_type(example: PlannedExample, saved: SavedRequestView) -> str | None:
    """The media type of an example's body, if it may be shown."""
    hidden = saved.hides_header("content-type")
    return saved.header("content-type") if hidden else example.body.media_type


def _content(body: SavedBody, sent: SentBody, *, hidden: bool) -> Iterator[Difference]:
    size = max(len(sent.raw), len(body.raw))
    if hidden or size > MAX_COMPARED or body.mode is BodyMode.FILE:
        yield Difference(Stage.BODY, "body", _size(sent.raw), _kept_back(body, hidden=hidden))
    elif not sent.raw or body.mode is None:
        yield Difference(Stage.BODY, "body", _text(sent.raw), _saved_text(body))
    elif isinstance(body.key, bytes):
        yield from _json_content(body, sent)
    elif isinstance(body.key, tuple):
        fields = sent.key("multipart" if body.mode is BodyMode.FORMDATA else "form")
        if isinstance(fields, tuple):
            yield from _form_content(body.key, fields)
        else:
            yield Difference(Stage.BODY, "body", _text(sent.raw), _saved_text(body))
    else:
        yield _first_difference(sent.raw, body.raw)


def _size(raw: bytes) -> str | None:
    return f"{len(raw)} bytes" if raw else None


def _kept_back(body: SavedBody, *, hidden: bool) -> str:
    if hidden:
        return "another, filled in from variables"
    return (
        "a file, which equals nothing" if body.mode is BodyMode.FILE else f"{len(body.raw)} bytes"
    )


def _text(raw: bytes) -> str | None:
    return shown_value(raw[:1_000].decode("utf-8", "replace")) if raw else None


def _saved_text(body: SavedBody) -> str | None:
    if body.mode is None:
        return None
    if isinstance(body.key, tuple):
        return shown_value("&".join(f"{key}={value}" for key, value in body.key))
    return _text(body.raw if body.mode is BodyMode.RAW else body.key or b"")


# --- JSON, compared by the canonical keys that the matcher compares


def _json_content(body: SavedBody, sent: SentBody) -> Iterator[Difference]:
    key = sent.key("graphql" if body.mode is BodyMode.GRAPHQL else "json")
    if not isinstance(key, bytes) or not isinstance(body.key, bytes):
        yield Difference(Stage.BODY, "body", _text(sent.raw), _saved_text(body))
        return
    for path, ours, theirs in _json(orjson.loads(key), orjson.loads(body.key), "$"):
        yield Difference(Stage.BODY, f"body {shown_value(path)}", ours, theirs)


def _json(sent: Any, saved: Any, path: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Where two JSON values differ: path, and both values as text."""
    if isinstance(sent, dict) and isinstance(saved, dict):
        for key in [*saved, *(key for key in sent if key not in saved)]:
            yield from _member(sent, saved, key, path + _step(key))
    elif isinstance(sent, list) and isinstance(saved, list):
        ours, theirs = dict(enumerate(sent)), dict(enumerate(saved))
        for index in range(max(len(sent), len(saved))):
            yield from _member(ours, theirs, index, f"{path}[{index}]")
    elif orjson.dumps(sent) != orjson.dumps(saved):
        yield path, _json_text(sent), _json_text(saved)


def _member(
    sent: Any, saved: Any, key: str | int, path: str
) -> Iterator[tuple[str, str | None, str | None]]:
    if key not in sent:
        yield path, None, _json_text(saved[key])
    elif key not in saved:
        yield path, _json_text(sent[key]), None
    else:
        yield from _json(sent[key], saved[key], path)


def _step(key: str) -> str:
    return f".{key}" if key.isidentifier() else f"[{orjson.dumps(key).decode()}]"


def _json_text(value: Any) -> str:
    return shown_value(orjson.dumps(value).decode())


# --- forms and text


def _form_content(saved: FormKey, fields: FormKey) -> Iterator[Difference]:
    ours, theirs = Counter(fields), Counter(saved)
    surplus, wanted = _by_key(ours - theirs), _by_key(theirs - ours)
    for key in dict.fromkeys([*wanted, *surplus]):
        pairs = zip_longest(surplus.get(key, ()), wanted.get(key, ()))
        yield from (
            Difference(
                Stage.BODY,
                f"body field {shown_value(key)}",
                None if sent_value is None else shown_value(sent_value),
                None if saved_value is None else shown_value(saved_value),
            )
            for sent_value, saved_value in pairs
        )


def _by_key(fields: Counter[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in fields.elements():
        found.setdefault(key, []).append(value)
    return found


def _first_difference(sent: bytes, saved: bytes) -> Difference:
    """Where two texts part: the position, and what stands around it on both sides."""
    ours, theirs = sent.decode("utf-8", "replace"), saved.decode("utf-8", "replace")
    same = next(
        (at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
        min(len(ours), len(theirs)),
    )
    line, column = theirs.count("\n", 0, same) + 1, same - theirs.rfind("\n", 0, same)
    where = f"body line {line}, column {column}"
    return Difference(Stage.BODY, where, _around(ours, same), _around(theirs, same))


def _around(text: str, at: int) -> str:
    return shown_value(text[max(0, at - CONTEXT) : at + CONTEXT])
