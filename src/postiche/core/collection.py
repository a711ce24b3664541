"""Postman's collection and environment formats, read into the model.

Knows Collection v2.0.0 and v2.1.0 as they occur in the wild (behaviour D) and
environments. Must not know files, plans or requests, nor fill in variables:
they belong to the plan.

What cannot be used is dropped and named, as Postman drops examples that fail
conversion (behaviour A.1.1); only a document that is no collection at all is
refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from postiche.core.scalars import text
from postiche.core.urls import MAX_URL, url_text
from postiche.model import (
    BodyMode,
    Collection,
    Dropped,
    Environment,
    Example,
    RequestBody,
    SavedRequest,
    Variable,
)

FINAL_CODES = range(200, 600)
"""Status codes that can end an exchange (RFC 9110, 15); a saved 1xx would leave the client
waiting, and servers have no status line for 600 and more."""


MAX_NAME = 80
"""Characters of each name in the way to what was dropped."""

MAX_DROPPED = 1_000
"""How many dropped things are named; a file that is all wrong need not list all of itself."""


class CollectionError(ValueError):
    """A document that is no collection or environment; `problems` says what is wrong where."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _UnusableError(ValueError):
    """One request or example that cannot be converted, and why."""


def read_collection(document: object) -> Collection:
    """The collection that a parsed JSON document holds, bare or in the API's envelope.

    Raises CollectionError if it is not a v2.0 or v2.1 collection.
    """
    body = _unwrapped(document, "collection")
    if not isinstance(body, dict):
        raise CollectionError("a collection must be a JSON object")
    items = body.get("item")
    if not isinstance(items, list):
        raise CollectionError(_why_no_items(body))
    given = body.get("info")
    info: dict[str, Any] = given if isinstance(given, dict) else {}
    found = _Found()
    for place in _leaves(items, found.dropped):
        found.add(place)
    return Collection(
        id=text_or_none(info.get("_postman_id")),
        name=text(info.get("name")) or "Untitled collection",
        variables=_variables(body.get("variable")),
        requests=tuple(found.requests),
        dropped=tuple(found.dropped),
    )


def read_environment(document: object) -> Environment:
    """The environment that a parsed JSON document holds, bare or in the API's envelope.

    Raises CollectionError if it is not an environment.
    """
    body = _unwrapped(document, "environment")
    if not isinstance(body, dict):
        raise CollectionError("an environment must be a JSON object")
    if not isinstance(body.get("values", []), list):
        raise CollectionError("environment: 'values' must be an array")
    return Environment(
        id=text_or_none(body.get("id")),
        name=text(body.get("name")) or "Untitled environment",
        variables=_variables(body.get("values")),
    )


def text_or_none(value: object) -> str | None:
    """A non-empty string, or None for anything else."""
    return value if isinstance(value, str) and value else None


def _unwrapped(document: object, envelope: str) -> object:
    if isinstance(document, dict) and isinstance(document.get(envelope), dict):
        return document[envelope]
    return document


def _why_no_items(body: dict[str, Any]) -> str:
    if "requests" in body and "order" in body:
        return "this is a v1 collection; export it from Postman as v2.1"
    if "values" in body:
        return "this is an environment, not a collection"
    return "a collection must have an array 'item'"


@dataclass(frozen=True, slots=True)
class _Place:
    """A request item and the folders above it."""

    item: dict[str, Any]
    folders: tuple[str, ...]

    def where(self, name: str = "") -> str:
        return way(*self.folders, text(self.item.get("name")), *([name] if name else []))


def way(*names: str) -> str:
    """The way to a place; long names are cut, for a document may drop very many things."""
    return " / ".join(name[:MAX_NAME] for name in names)


def _leaves(items: list[Any], dropped: list[Dropped]) -> Iterator[_Place]:
    """All request items in file order, however deep; a stack, for depth is the file's choice."""
    stack: list[tuple[Iterator[Any], tuple[str, ...]]] = [(iter(items), ())]
    while stack:
        siblings, folders = stack[-1]
        item = next(siblings, _END)
        if item is _END:
            stack.pop()
        elif not isinstance(item, dict):
            _note(dropped, way(*folders), "an item is not an object")
        elif isinstance(item.get("item"), list):
            stack.append((iter(item["item"]), (*folders, text(item.get("name")))))
        else:
            yield _Place(item, folders)


_END = object()


@dataclass(slots=True)
class _Found:
    """What a walk through the items has gathered."""

    requests: list[SavedRequest] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def add(self, place: _Place) -> None:
        """Convert one request with its examples; note what had to be dropped."""
        item = place.item
        url: str | None = None
        method = "GET"
        try:
            method, url = _method_and_url(item.get("request"))
        except _UnusableError as problem:
            _note(self.dropped, place.where(), str(problem))
        self.requests.append(
            SavedRequest(
                id=text_or_none(item.get("id")) or text_or_none(item.get("_postman_id")),
                name=text(item.get("name")),
                folders=place.folders,
                method=method,
                url=url,
                examples=tuple(self._examples(place)),
            )
        )

    def _examples(self, place: _Place) -> Iterator[Example]:
        saved = place.item.get("response")
        for number, response in enumerate(saved if isinstance(saved, list) else (), 1):
            try:
                yield _example(response)
            except _UnusableError as problem:
                name = text(response.get("name")) if isinstance(response, dict) else ""
                _note(self.dropped, place.where(name or f"example {number}"), str(problem))


def _note(dropped: list[Dropped], where: str, why: str) -> None:
    if len(dropped) < MAX_DROPPED:
        dropped.append(Dropped(where, why))


def _example(response: object) -> Example:
    if not isinstance(response, dict):
        raise _UnusableError("the example is not an object")
    request = response.get("originalRequest")
    if request is None:
        raise _UnusableError("the example has no originalRequest, so nothing can match it")
    method, url = _method_and_url(request)
    parts = request if isinstance(request, dict) else {}
    return Example(
        id=_id(response),
        name=text(response.get("name")),
        method=method,
        url=url,
        request_headers=tuple(_headers(parts.get("header"))),
        request_body=_body(parts.get("body")),
        code=_code(response.get("code")),
        headers=tuple(_headers(response.get("header"))),
        body=text(response.get("body")),
    )


def _id(response: dict[str, Any]) -> str | None:
    found = text_or_none(response.get("id")) or text_or_none(response.get("_postman_id"))
    uid = text_or_none(response.get("uid"))
    if found or not uid:
        return found
    owner, _, plain = uid.partition("-")
    return plain if owner.isdigit() and plain else uid


def _code(value: object) -> int:
    """The status; 200 where none is saved, as Postman shows such an example."""
    if value is None:
        return 200
    try:
        code = int(value) if isinstance(value, (int, str)) else 0
    except ValueError:
        code = 0
    if code not in FINAL_CODES:
        raise _UnusableError(f"its status code {text(value)[:40]} cannot be sent")
    return code


def _method_and_url(request: object) -> tuple[str, str]:
    if isinstance(request, str):
        return "GET", _bounded(request)
    if not isinstance(request, dict):
        raise _UnusableError("it has no request")
    method = text_or_none(request.get("method")) or "GET"
    url = request.get("url")
    if isinstance(url, (str, dict)):
        return method.upper(), _bounded(url_text(url))
    raise _UnusableError("it has no url" if url is None else "its url is no string or object")


def _bounded(url: str) -> str:
    if len(url) > MAX_URL:
        raise _UnusableError(f"its url is longer than {MAX_URL} characters")
    return url


def _headers(saved: object) -> Iterator[tuple[str, str]]:
    """Enabled headers from a list of objects or lines, or from one string (behaviour D)."""
    entries: Iterable[object] = ()
    if isinstance(saved, str):
        entries = saved.splitlines()
    elif isinstance(saved, list):
        entries = saved
    for entry in entries:
        if isinstance(entry, str):
            name, _, value = entry.partition(":")
            if name.strip() and not name.lstrip().startswith("//"):
                yield name.strip(), value.strip()
        elif isinstance(entry, dict) and not entry.get("disabled"):
            name = text(entry.get("key") or entry.get("name"))
            if name.strip():
                yield name.strip(), text(entry.get("value"))


def _body(saved: object) -> RequestBody | None:
    if isinstance(saved, str):
        return RequestBody(BodyMode.RAW, saved) if saved else None
    if not isinstance(saved, dict) or saved.get("disabled"):
        return None
    mode = saved.get("mode") or "raw"
    content = saved.get(mode) if isinstance(mode, str) else None
    if mode == "raw":
        return RequestBody(BodyMode.RAW, text(content)) if content else None
    if mode in ("urlencoded", "formdata"):
        return _form(BodyMode(mode), content)
    if mode == "graphql" and isinstance(content, dict):
        query, variables = text(content.get("query")), text(content.get("variables"))
        sent = query or variables
        return RequestBody(BodyMode.GRAPHQL, query, variables=variables) if sent else None
    return RequestBody(BodyMode.FILE) if mode == "file" else None


def _form(mode: BodyMode, content: object) -> RequestBody | None:
    if isinstance(content, str):
        return RequestBody(BodyMode.RAW, content) if content else None
    entries = content if isinstance(content, list) else []
    sent = [each for each in entries if isinstance(each, dict) and not each.get("disabled")]
    fields = tuple(
        (text(entry.get("key")), text(entry.get("value")))
        for entry in sent
        if entry.get("type") != "file"
    )
    return RequestBody(mode, fields=fields) if sent else None


def _variables(saved: object) -> tuple[Variable, ...]:
    """Enabled variables: an environment says `enabled`, a collection `disabled` (A.3)."""
    return tuple(
        Variable(key, text(entry.get("value")))
        for entry in (saved if isinstance(saved, list) else ())
        if isinstance(entry, dict)
        and (key := text(entry.get("key") or entry.get("id")))
        and not entry.get("disabled")
        and entry.get("enabled", True) is not False
    )
