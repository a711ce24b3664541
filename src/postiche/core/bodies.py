"""Request bodies: what makes two of them equal.

Knows behaviour A.5 and how each body mode of the Collection format is sent.
Must not know whether body matching is switched on, nor what equality earns.

A body is compared by *keys*: canonical bytes, made once for each example when
the plan is compiled, and for a request only when some candidate asks.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson

from postiche.model import BodyMode, Headers, Request, RequestBody, joined

Fields = list[tuple[str, str]]
FormKey = tuple[tuple[str, str], ...]

Form = Literal["raw", "json", "form", "multipart", "graphql"]
"""What a body is read as to be compared: the bytes themselves, a JSON value, urlencoded pairs, the
text fields of form-data, a GraphQL call."""

BodyKey = bytes | FormKey

MAX_DEPTH = 250
"""Levels of the deepest JSON that is compared by value; orjson writes 254."""

MAX_PARSED = 1024 * 1024
"""Bytes of the largest body that is looked into. A larger one is compared as bytes and has no
fields: parsing takes up to 0.25 s for each megabyte of a form."""


def media_type(content_type: str | None) -> str | None:
    """The media type without parameters, lower case; None if there is none (A.5, #8335)."""
    bare = (content_type or "").partition(";")[0].strip().lower()
    return bare or None


class SentBody:
    """A request's body with its forms parsed when first asked for, and never again."""

    def __init__(self, request: Request) -> None:
        self.raw = request.body
        self._request = request
        self._keys: dict[Form, BodyKey | None] = {"raw": request.body}

    def key(self, form: Form) -> BodyKey | None:
        """The key of the body read as one form; None if it is not of that form."""
        if form not in self._keys:
            self._keys[form] = self._read(form)
        return self._keys[form]

    def _read(self, form: Form) -> BodyKey | None:
        match form:
            case "json":
                return json_key(self.raw)
            case "graphql":
                value = _parsed(self.raw)
                return _graphql_key(value) if isinstance(value, dict) else None
            case "form":
                return _form_key(urlencoded(self.raw)) if len(self.raw) <= MAX_PARSED else None
            case "multipart":
                multipart = self.media_type == "multipart/form-data"
                fields = self.fields if multipart else None
                return None if fields is None else _form_key(fields)
            case _:
                return self.raw

    @cached_property
    def media_type(self) -> str | None:
        """The media type of the body, as sent."""
        return media_type(self._request.header("content-type"))

    @cached_property
    def fields(self) -> Fields | None:
        """The fields of a form body, urlencoded or form-data (text fields); None for others."""
        if len(self.raw) > MAX_PARSED:
            return None
        if self.media_type == "application/x-www-form-urlencoded":
            return urlencoded(self.raw)
        if self.media_type == "multipart/form-data":
            sent = self._request.header("content-type")
            return multipart_text_fields(self.raw, sent or "")
        return None


@dataclass(frozen=True, slots=True)
class SavedBody:
    """An example's request body, ready to compare: its media type and its key by mode."""

    mode: BodyMode | None
    media_type: str | None
    raw: bytes = b""
    key: bytes | FormKey | None = None

    def equals(self, sent: SentBody) -> bool:
        """Whether the bodies are equal, whatever the content types say.

        Text is equal to itself; JSON by value; forms by their pairs in any
        order. A file body equals nothing (A.5: file fields are not matched).
        """
        if self.mode is None:
            return not sent.raw
        if self.mode is BodyMode.RAW and sent.raw == self.raw:
            return True
        form = self._form
        return form is not None and self.key is not None and sent.key(form) == self.key

    def keys(self) -> list[tuple[Form, BodyKey]]:
        """The keys of which a request's body must have one to be equal.

        There are none without a body: that equals no body, which has no keys.
        """
        raw: list[tuple[Form, BodyKey]] = [("raw", self.raw)] if self.mode is BodyMode.RAW else []
        form = self._form
        return raw if form is None or self.key is None else [*raw, (form, self.key)]

    @property
    def _form(self) -> Form | None:
        """What `key` is a key of."""
        match self.mode:
            case BodyMode.RAW:
                form = self.media_type == "application/x-www-form-urlencoded"
                return "form" if form else "json"
            case BodyMode.URLENCODED:
                return "form"
            case BodyMode.FORMDATA:
                return "multipart"
            case BodyMode.GRAPHQL:
                return "graphql"
            case _:
                return None


def saved_body(body: RequestBody | None, headers: Headers) -> SavedBody:
    """The comparable form of an example's body; variables are filled in already."""
    kind = media_type(joined(headers, "content-type"))
    if body is None:
        return SavedBody(None, kind)
    raw = _encoded(body.text)
    match body.mode:
        case BodyMode.RAW:
            form = kind == "application/x-www-form-urlencoded"
            key: bytes | FormKey | None = _form_key(urlencoded(raw)) if form else json_key(raw)
        case BodyMode.GRAPHQL:
            key = _graphql_key({"query": body.text, "variables": body.variables})
        case _:
            key = _form_key(list(body.fields))
    return SavedBody(body.mode, kind, raw, key)


def json_key(raw: bytes) -> bytes | None:
    """Canonical bytes of a JSON text: equal for deeply equal values; None if it is no JSON.

    Keys are sorted, and numbers are doubles as in JavaScript: 1.0 is 1. What is
    nested deeper than MAX_DEPTH or larger than MAX_PARSED counts as no JSON,
    so that such bodies compare as text.
    """
    value = _parsed(raw)
    if value is _NOTHING:
        return None
    if _is_canonical(raw):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return _canonical(value)


def _is_canonical(raw: bytes) -> bool:
    """Whether JSON text surely holds only numbers that are written back as they are, and is flat.

    Only whole numbers of few digits are; text that looks like another number
    makes this False too, which costs time but changes nothing.
    """
    unsure = _LIKE_A_NUMBER.search(raw) and _UNSURE_NUMBER.search(raw)
    return not unsure and raw.count(b"{") + raw.count(b"[") < MAX_DEPTH


def urlencoded(raw: bytes) -> Fields:
    """The pairs of a urlencoded body, blank values kept."""
    return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)


def multipart_text_fields(raw: bytes, content_type: str) -> Fields | None:
    """The text fields of a form-data body; parts with a file name are passed over (#9184)."""
    # Loaded with the first such body: most mocks meet none.
    from python_multipart.multipart import MultipartParser, parse_options_header

    parts = _Parts()
    try:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        parser = MultipartParser(boundary, parts.callbacks())
        parser.write(raw)
        parser.finalize()
    except ValueError:  # whatever is wrong with the boundary or a part
        return None
    return parts.fields if boundary else None


class _Parts:
    """Gathers the text fields that a MultipartParser reports."""

    def __init__(self) -> None:
        self.fields: Fields = []
        self._disposition: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._chunks: list[bytes] = []

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._grow("_name", data[start:end]),
            "on_header_value": lambda data, start, end: self._grow("_value", data[start:end]),
            "on_header_end": self._header,
            "on_part_data": self._part_data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._disposition = {}
        self._name = self._value = b""
        self._chunks = []

    def _grow(self, name: str, data: bytes) -> None:
        setattr(self, name, getattr(self, name) + data)

    def _header(self) -> None:
        if self._name.lower() == b"content-disposition":
            from python_multipart.multipart import parse_options_header

            self._disposition = parse_options_header(self._value)[1]
        self._name = self._value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if b"filename" not in self._disposition:
            self._chunks.append(data[start:end])

    def _end(self) -> None:
        if b"filename" not in self._disposition:
            name = self._disposition.get(b"name", b"")
            self.fields.append(
                (name.decode("utf-8", "replace"), b"".join(self._chunks).decode("utf-8", "replace"))
            )


_NOTHING = object()
_LARGEST_EXACT = 2.0**53
_LIKE_A_NUMBER = re.compile(rb"\d(?:[.eE]|\d{15})")  # a quick look: UUIDs and texts pass it, too
_UNSURE_NUMBER = re.compile(rb"(?:^|[\s:,\[])-?\d+(?:[.eE]|(?<=\d{16}))")


def _parsed(raw: bytes) -> Any:
    if len(raw) > MAX_PARSED:
        return _NOTHING
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _NOTHING


def _canonical(value: Any) -> bytes | None:
    try:
        return orjson.dumps(_as_in_javascript(value, MAX_DEPTH), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError):
        return None


def _as_in_javascript(value: Any, depth: int) -> Any:
    """The value with every number the double it would be, and whole ones ints again."""
    if depth == 0:
        raise RecursionError
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        return int(number) if abs(number) <= _LARGEST_EXACT and number.is_integer() else number
    if isinstance(value, list):
        return [_as_in_javascript(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {key: _as_in_javascript(item, depth - 1) for key, item in value.items()}
    return value


def _graphql_key(call: dict[str, Any]) -> bytes | None:
    """Query and variables; absent, null, empty-text and empty-object variables are one."""
    variables = call.get("variables")
    if isinstance(variables, str):
        variables = _parsed(_encoded(variables)) if variables.strip() else {}
        if variables is _NOTHING:
            return None
    return _canonical({"query": call.get("query"), "variables": variables or {}})


def _form_key(fields: Fields) -> FormKey:
    return tuple(sorted(fields))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
