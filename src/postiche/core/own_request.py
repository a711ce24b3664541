"""The request that an example was saved for, as a client would send it.

Knows how saved requests are put on the wire, and a value for each wildcard.
Must not know how requests are matched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from postiche.core.bodies import media_type
from postiche.core.directives import PREFIX
from postiche.core.paths import PathPattern, Wildcard, readable
from postiche.core.urls import TOKEN, shown, split_url
from postiche.core.variables import Scope
from postiche.model import BodyMode, Example, Headers, Request, RequestBody, joined

SAMPLE = "8153970246"
"""What stands in for a wildcard: a number, so that JSON around it stays JSON; and one that no
saved path, query or id is likely to hold, so that only wildcards cover it."""

BOUNDARY = "postiche-boundary"

_SAFE = "%!$'()*+,;:@~"
_DEFAULT_TYPES = {
    BodyMode.URLENCODED: "application/x-www-form-urlencoded",
    BodyMode.FORMDATA: f"multipart/form-data; boundary={BOUNDARY}",
    BodyMode.GRAPHQL: "application/json",
}


def own_request(example: Example, path: PathPattern, scope: Scope) -> Request:
    """The request saved with an example: known variables filled in, SAMPLE for wildcards.

    `path` is its path as the plan has it. `x-mock-*` headers are left out, and
    a file body is empty, for what is in the file is not saved.
    """
    query = sample_query(split_url(scope.fill(example.url)).query)
    headers = tuple(
        (name.strip().lower(), as_sent(scope.fill(value)))
        for name, value in example.request_headers
        if not name.strip().lower().startswith(PREFIX)
    )
    target = target_of(sample_segments(path), query)
    bare = Request(example.method, target, headers)
    return bare if example.request_body is None else _with_body(bare, example.request_body, scope)


def as_sent(value: str) -> str:
    """Text as it arrives in a header: its UTF-8 bytes read as Latin-1."""
    return value.encode("utf-8", "replace").decode("latin-1")


def target_of(segments: Iterable[str], query: str) -> str:
    """A request target from canonical segments and a query that is encoded already."""
    path = "".join("/" + quote(readable(segment), safe=_SAFE[1:]) for segment in segments)
    return f"{path}?{query}" if query else path


def sample_segments(path: PathPattern) -> list[str]:
    """A path that the pattern fits, with SAMPLE wherever it has a wildcard."""
    return [
        SAMPLE.join(part.literals) if isinstance(part, Wildcard) else part for part in path.parts
    ]


def sample_query(query: str) -> str:
    """A saved query, encoded, with SAMPLE for the variables in its values."""
    return "&".join(_pair(piece) for piece in query.split("&") if piece)


def _pair(piece: str) -> str:
    key, equals, value = piece.partition("=")
    shown_key = quote(shown(key), safe=_SAFE)
    return shown_key + equals + quote(TOKEN.sub(SAMPLE, value), safe=_SAFE + "=/?")


def _with_body(request: Request, body: RequestBody, scope: Scope) -> Request:
    fields = [(scope.fill(key), scope.fill(value)) for key, value in body.fields]
    content = _encoded(body, scope, fields)
    return replace(request, headers=_typed(request.headers, body.mode), body=content)


def _typed(headers: Headers, mode: BodyMode) -> Headers:
    """The headers with the Content-Type that Postman adds, for form-data with the boundary."""
    default = _DEFAULT_TYPES.get(mode)
    saved = media_type(joined(headers, "content-type"))
    if default is None or saved not in (None, media_type(default)):
        return headers
    others = tuple((name, value) for name, value in headers if name != "content-type")
    return (*others, ("content-type", default))


def _encoded(body: RequestBody, scope: Scope, fields: Sequence[tuple[str, str]]) -> bytes:
    match body.mode:
        case BodyMode.RAW:
            return scope.fill(body.text).encode("utf-8", "surrogatepass")
        case BodyMode.URLENCODED:
            return urlencode(fields, errors="replace").encode()
        case BodyMode.FORMDATA:
            return _multipart(fields)
        case BodyMode.GRAPHQL:
            return _graphql(scope.fill(body.text), scope.fill(body.variables))
        case BodyMode.FILE:
            return b""


def _multipart(fields: Sequence[tuple[str, str]]) -> bytes:
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n{value}\r\n'
        for key, value in fields
    )
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode("utf-8", "replace")


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _graphql(query: str, variables: str) -> bytes:
    """A GraphQL call; variables that are no JSON are sent as text, and fit nothing."""
    value: Any = {}
    if variables.strip():
        try:
            value = orjson.loads(variables)
        except orjson.JSONDecodeError:
            value = variables
    try:
        return orjson.dumps({"query": query, "variables": value})
    except orjson.JSONEncodeError:
        return b""
