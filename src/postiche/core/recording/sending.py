"""Saved requests made ready to be sent to the service that they are about.

Knows how Postman turns a saved request into one on the wire: variables, path
variables, authorization, body modes. Must not know sockets, nor what becomes
of the reply. Scripts are not run.

What cannot be sent as it was meant is refused with the reason; a request with
a hole in it would only record an error.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote, urlencode

import orjson

from postiche.core.collection import CollectionError, read_collection
from postiche.core.dynamic import Sources, dynamic_value
from postiche.core.paths import segments
from postiche.core.recording.upstream import Target, read_target
from postiche.core.scalars import text
from postiche.core.urls import TOKEN, path_variable, split_url
from postiche.core.variables import Scope
from postiche.model import BodyMode, Example, Headers, Request, RequestBody

Node = Mapping[str, Any]

CONTENT_TYPES = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "text": "text/plain",
}
"""What Postman sends for a raw body of this language, unless the request says otherwise."""

_URL_SAFE = "/?&=%:@!$'()*+,;~-._[]"


class NotSendable(ValueError):  # noqa: N818 - reads as what it says
    """A saved request that cannot be sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """A request item of a collection and the folders above it, outermost first."""

    item: dict[str, Any]
    folders: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        """The item's name."""
        return text(self.item.get("name"))

    @property
    def path(self) -> str:
        """The way to it: `Folder / Request`."""
        return " / ".join([*(text(each.get("name")) for each in self.folders), self.name])

    @property
    def examples(self) -> list[Any]:
        """The saved examples."""
        saved = self.item.get("response")
        return saved if isinstance(saved, list) else []


def places(tree: Node) -> Iterator[Place]:
    """Every request of a collection, in file order, with the folders above it."""
    stack: list[tuple[Iterator[Any], tuple[Node, ...]]] = [(iter(tree.get("item") or ()), ())]
    while stack:
        siblings, folders = stack[-1]
        item = next(siblings, None)
        if item is None:
            stack.pop()
        elif isinstance(item, dict) and isinstance(item.get("item"), list):
            stack.append((iter(item["item"]), (*folders, item)))
        elif isinstance(item, dict):
            yield Place(item, folders)


@dataclass(frozen=True, slots=True)
class Sendable:
    """A request ready to be sent; `secrets` names the headers and query keys of its auth."""

    target: Target
    request: Request
    secrets: tuple[str, ...] = ()


def sendable(place: Place, tree: Node, scope: Scope, sources: Sources) -> Sendable:
    """A saved request as it is sent, and where to. Raises NotSendable."""
    saved = _read(place)
    fill = _filler(scope, sources)
    target, path = _address(fill(saved.url))
    headers = [(fill(name).lower(), _on_the_wire(fill(value))) for name, value in saved.headers]
    kind, body = _body(saved, fill)
    if kind and all(name != "content-type" for name, _ in headers):
        headers.append(("content-type", kind))
    elif saved.body is not None and saved.body.mode is BodyMode.FORMDATA:
        headers = [*(each for each in headers if each[0] != "content-type"), ("content-type", kind)]
    credentials, query = _authorization(_auth(place, tree), fill)
    taken = {name for name, _ in credentials}
    headers = [*(each for each in headers if each[0] not in taken), *credentials]
    if query:
        path += ("&" if "?" in path else "?") + query
    secrets = (*taken, *([unquote(query.partition("=")[0])] if query else []))
    return Sendable(target, Request(saved.method, path, tuple(headers), body), secrets)


@dataclass(frozen=True, slots=True)
class _Saved:
    """A saved request as read: variables still as written."""

    method: str
    url: str
    headers: Headers
    body: RequestBody | None
    language: str


def _read(place: Place) -> _Saved:
    """Read a request the way that the requests of examples are read."""
    request = place.item.get("request")
    probe = {"request": request, "response": [{"originalRequest": request}]}
    try:
        collection = read_collection({"item": [probe]})
    except CollectionError as error:
        raise NotSendable(str(error)) from None
    examples: list[Example] = list(collection.examples())
    if not examples:
        raise NotSendable(collection.dropped[0].why)
    [read] = examples
    body = request.get("body") if isinstance(request, dict) else None
    _refuse_files(body)
    return _Saved(
        read.method, read.url, read.request_headers, read.request_body, _language_of(body)
    )


def _refuse_files(body: object) -> None:
    if not isinstance(body, dict) or body.get("disabled"):
        return
    fields = body.get("formdata") if body.get("mode") == "formdata" else ()
    entries = [each for each in fields or () if isinstance(each, dict)]
    has_file = any(each.get("type") == "file" and not each.get("disabled") for each in entries)
    if has_file or body.get("mode") == "file":
        raise NotSendable("it sends a file, which is not in the collection")


def _language_of(body: object) -> str:
    options = body.get("options") if isinstance(body, dict) else None
    raw = options.get("raw") if isinstance(options, dict) else None
    return text(raw.get("language")) if isinstance(raw, dict) else ""


Fill = Callable[[str], str]
"""Fills in all variables of a text. Raises NotSendable if one has no value."""


def _filler(scope: Scope, sources: Sources) -> Fill:
    def fill(template: str) -> str:
        filled = TOKEN.sub(
            lambda token: dynamic_value(token[1].strip(), sources) or token[0],
            scope.fill(template),
        )
        missing = dict.fromkeys(TOKEN.findall(filled))
        if missing:
            names = ", ".join(f"{{{{{name}}}}}" for name in missing)
            raise NotSendable(f"no value for {names}")
        return filled

    return fill


def _address(url: str) -> tuple[Target, str]:
    """Where a URL without variables leads, and the target to ask for there."""
    if "://" not in url:
        url = "http://" + url  # as Postman does
    path, query = split_url(url)
    for segment in segments(path):
        variable = path_variable(segment)
        if variable is not None:
            raise NotSendable(f"the path variable :{variable[0]} has no value")
    try:
        where = read_target(url)
    except ValueError as error:
        raise NotSendable(f"its URL cannot be used: {error}") from None
    called = f"{path}?{query}" if query else path
    return Target(where.scheme, where.host, where.port), quote(called, safe=_URL_SAFE)


def _on_the_wire(value: str) -> str:
    """A header value as `Request` carries it: the bytes of its UTF-8, read as Latin-1."""
    if any(ord(char) < 32 and char != "\t" for char in value):
        raise NotSendable("a header value holds a line break or another control character")
    return value.encode().decode("latin-1")


# --- body -----------------------------------------------------------------------------


def _body(saved: _Saved, fill: Fill) -> tuple[str, bytes]:
    """The media type that Postman would send for a body, "" for none, and its bytes."""
    body = saved.body
    if body is None:
        return "", b""
    fields = [(fill(key), fill(value)) for key, value in body.fields]
    match body.mode:
        case BodyMode.RAW:
            return CONTENT_TYPES.get(saved.language, "text/plain"), fill(body.text).encode()
        case BodyMode.URLENCODED:
            return "application/x-www-form-urlencoded", urlencode(fields).encode()
        case BodyMode.FORMDATA:
            return _multipart(fields)
        case BodyMode.GRAPHQL:
            return "application/json", _graphql(fill(body.text), fill(body.variables))
        case BodyMode.FILE:
            raise NotSendable("it sends a file, which is not in the collection")


def _graphql(query: str, variables: str) -> bytes:
    try:
        values = orjson.loads(variables) if variables.strip() else {}
    except orjson.JSONDecodeError:
        raise NotSendable("its GraphQL variables are not JSON") from None
    return orjson.dumps({"query": query, "variables": values})


def _multipart(fields: Iterable[tuple[str, str]]) -> tuple[str, bytes]:
    """Form-data (RFC 7578); the boundary is drawn from the content, which cannot hold it."""
    pairs = list(fields)
    boundary = sha256(repr(pairs).encode()).hexdigest()
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n{value}\r\n'
        for key, value in pairs
    ]
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    return f"multipart/form-data; boundary={boundary}", body


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


# --- authorization --------------------------------------------------------------------


def _auth(place: Place, tree: Node) -> Node | None:
    """The auth that a request uses: its own, else that of the nearest folder, else the root's."""
    request = place.item.get("request")
    holders = [request, *reversed(place.folders), tree]
    for holder in holders:
        auth = holder.get("auth") if isinstance(holder, dict) else None
        if isinstance(auth, dict) and auth.get("type"):
            return None if auth["type"] == "noauth" else auth
    return None


def _authorization(auth: Node | None, fill: Fill) -> tuple[Headers, str]:
    """The headers and the query that an auth adds. Raises NotSendable for a kind not known."""
    if auth is None:
        return (), ""
    kind = auth["type"]
    given = {name: fill(value) for name, value in _parameters(auth.get(str(kind))).items()}
    match kind:
        case "bearer":
            return (("authorization", _on_the_wire(f"Bearer {given.get('token', '')}")),), ""
        case "basic":
            pair = f"{given.get('username', '')}:{given.get('password', '')}"
            return (("authorization", f"Basic {b64encode(pair.encode()).decode()}"),), ""
        case "apikey":
            return _api_key(given)
        case "oauth2" if given.get("accessToken"):
            prefix = given.get("headerPrefix", "Bearer").strip()
            return (("authorization", _on_the_wire(f"{prefix} {given['accessToken']}")),), ""
    raise NotSendable(f"its authorization, {text(kind)}, is not supported; add a header instead")


def _api_key(given: Mapping[str, str]) -> tuple[Headers, str]:
    key, value = given.get("key", ""), given.get("value", "")
    if not key:
        return (), ""
    if given.get("in") == "query":
        return (), f"{quote(key, safe='')}={quote(value, safe='')}"
    return ((key.lower(), _on_the_wire(value)),), ""


def _parameters(saved: object) -> dict[str, str]:
    """The parameters of an auth: an object in v2.0, a list of key and value in v2.1 (D)."""
    if isinstance(saved, dict):
        return {str(key): text(value) for key, value in saved.items()}
    entries = saved if isinstance(saved, list) else []
    return {
        text(each.get("key")): text(each.get("value")) for each in entries if isinstance(each, dict)
    }
