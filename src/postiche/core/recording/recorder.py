"""Exchanges with a real service, saved in a collection as requests with examples.

Knows how a request and its reply are written in Collection format v2.1, which
of them belong to one request, and which are saved already. Must not know how
they were sent, nor files or stores.

An example keeps the URL that was called, so that a mock server of the
collection gives the same replies. Secrets never get into the collection:
`redaction` says what they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from postiche.core.bodies import MAX_PARSED, media_type, multipart_text_fields, urlencoded
from postiche.core.collection import FINAL_CODES
from postiche.core.directives import PREFIX, sent_text
from postiche.core.paths import is_id
from postiche.core.recording.codings import NotText, body_text
from postiche.core.recording.redaction import Redaction
from postiche.core.recording.upstream import end_to_end
from postiche.core.templates import compile_template
from postiche.core.urls import MAX_URL, split_url, url_text
from postiche.core.variables import Scope
from postiche.model import Exchange, Headers, Request

Node = dict[str, Any]
"""A collection, or a part of one, as parsed JSON."""

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

BASE_URL = "baseUrl"
"""The variable that stands for the service; Postman's own importers name it so (behaviour C.5)."""

OF_THE_CALL = frozenset({"host", "content-length", "accept-encoding", "expect", "via"})
"""Request headers that say how one call was made, not what it asked."""

OF_THE_MOMENT = frozenset({"content-length", "content-encoding", "date"})
"""Reply headers that are made anew for each reply; the body is saved unpacked."""

_LANGUAGES = {"json": "json", "html": "html", "xml": "xml", "javascript": "javascript"}
_COLON = re.compile(r"^:")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an exchange.

    `example` and `request` are names; None where nothing was saved, because it
    is there already or because of what `note` says. A note beside an example
    says in which way it is less than the exchange.
    """

    request: str | None = None
    example: str | None = None
    note: str | None = None


def new_collection(name: str, collection_id: str) -> Node:
    """An empty collection."""
    return {"info": {"_postman_id": collection_id, "name": name, "schema": SCHEMA}, "item": []}


def set_variable(tree: Node, key: str, value: str) -> str:
    """Give a collection a variable unless it has one of that name; the value it then has."""
    variables: list[Node] = tree.setdefault("variable", [])
    for each in variables:
        if each.get("key") == key:
            return str(each.get("value", ""))
    variables.append({"key": key, "value": value, "type": "string"})
    return value


class Recorder:
    """Adds exchanges to a collection, each only once.

    `tree` is changed in place. `variable` is the one that stands for scheme
    and host in saved URLs. `new_id` draws ids; where two examples fit a call
    equally the lower id answers, so they should grow.
    """

    def __init__(
        self,
        tree: Node,
        new_id: Callable[[], str],
        *,
        redact: Iterable[str] = (),
        ids_to_variables: bool = False,
        variable: str = BASE_URL,
    ) -> None:
        self._tree = tree
        self._new_id = new_id
        self._redaction = Redaction(redact)
        self._ids_to_variables = ids_to_variables
        self._variable = variable
        self._added: list[Node] = []
        self._items: dict[tuple[str, str], Node] = {}
        self._known: set[bytes] = set()
        for item in requests_of(tree):
            self._items.setdefault(_key_of(item.get("request")), item)
            self._known.update(map(_fingerprint, item.get("response") or ()))

    def add(self, exchange: Exchange) -> Added:
        """Save an exchange as an example of the request that it belongs to, which may be new."""
        try:
            text = savable_text(exchange)
        except NotText as flaw:
            return Added(note=str(flaw))
        self._learn(exchange, text)
        original, note = saved_request(exchange.request, self._variable)
        example = saved_example(exchange, text, original, self._redaction)
        fingerprint = _fingerprint(example)
        if fingerprint in self._known:
            return Added()
        self._known.add(fingerprint)
        item = self._item(example["originalRequest"])
        example = {"id": self._new_id(), **example, "name": free_name(item, example["name"])}
        item["response"].append(example)
        self._added.append(example)
        note = note or _token_note(example["body"], self._variable)
        return Added(str(item.get("name", "")), example["name"], note)

    def _learn(self, exchange: Exchange, text: str) -> None:
        """Note new secrets, and take them out of what was saved before they were known as such."""
        if self._redaction.learn(exchange, text):
            for node in self._added:
                own = {key: value for key, value in node.items() if key != "response"}
                node.update(self._redaction.everywhere(own))
            self._known.update(map(_fingerprint, self._added))

    def _item(self, original: Node) -> Node:
        """The request in the collection that an example with this original request belongs to."""
        request = deepcopy(original)
        if self._ids_to_variables:
            _generalise(request["url"])
        _without_boundary(request)
        method, path = key = _key_of(request)
        item = self._items.get(key)
        if item is None:
            name = f"{method} {path}"
            item = {"id": self._new_id(), "name": name, "request": request, "response": []}
            self._items[key] = item
            self._tree["item"].append(item)
            self._added.append(item)
        elif not isinstance(item.get("response"), list):
            item["response"] = []
        return item


def requests_of(tree: Node) -> Iterator[Node]:
    """Every request item of a collection, in file order, however deep."""
    stack = [iter(tree.get("item") or ())]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
        elif isinstance(item, dict):
            if isinstance(item.get("item"), list):
                stack.append(iter(item["item"]))
            else:
                yield item


def free_name(item: Node, name: str) -> str:
    """The name, numbered if an example of the request has it: names choose examples (A.1.3)."""
    taken = {each.get("name") for each in item.get("response") or () if isinstance(each, dict)}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def captured_example(item: Node, exchange: Exchange, redact: Iterable[str]) -> Node | None:
    """The reply to a saved request as an example of it, without id; None if it has the same one.

    The example keeps the request as it is saved, variables included, as
    Postman's "Save as example" does. Raises NotText.
    """
    text = savable_text(exchange)
    redaction = Redaction(redact)
    redaction.learn(exchange, text)
    saved = item.get("request")
    request = saved if isinstance(saved, dict) else {"method": "GET", "header": [], "url": saved}
    original = {key: request[key] for key in _OF_AN_EXAMPLE if key in request}
    example = saved_example(exchange, text, original, redaction)
    if _fingerprint(example) in map(_fingerprint, item.get("response") or ()):
        return None
    return {**example, "name": free_name(item, example["name"])}


_OF_AN_EXAMPLE = ("method", "header", "body", "url")
"""What an example keeps of its request; its authorization is not among them."""


# --- one exchange -----------------------------------------------------------------------


def savable_text(exchange: Exchange) -> str:
    """The text of the reply's body. Raises NotText if the exchange cannot be an example."""
    reply = exchange.reply
    if exchange.flaw is not None:
        raise NotText(exchange.flaw)
    if reply.status not in FINAL_CODES:
        raise NotText(f"an example cannot have status {reply.status}")
    if len(exchange.request.target) > MAX_URL:
        raise NotText(f"its URL is longer than {MAX_URL} characters")
    return body_text(reply.headers, reply.body)


def saved_example(exchange: Exchange, text: str, original: Node, redaction: Redaction) -> Node:
    """An exchange as an example without id; `text` is that of the reply's body.

    `original` is the request as it is to be saved. What is secret in either is
    left out; `redaction` has learnt from the exchange before.
    """
    reply = exchange.reply
    headers = _header_list(reply_headers(reply.headers))
    redaction.headers(headers)
    example = {
        "name": f"{reply.status} {exchange.reason}".strip(),
        "originalRequest": _redacted_request(original, redaction),
        "status": exchange.reason,
        "code": reply.status,
        "_postman_previewlanguage": _language(reply.headers),
        "header": headers,
        "cookie": [],
        "body": redaction.json_text(text),
    }
    cleaned: Node = redaction.everywhere(example)
    return cleaned


def reply_headers(headers: Headers) -> Headers:
    """The headers of a reply that an example keeps.

    Those that steer an example are left out: they would be the service's, not
    the collection's owner's.
    """
    kept = end_to_end(headers)
    return tuple(
        (name, value)
        for name, value in kept
        if name not in OF_THE_MOMENT and not name.startswith(PREFIX)
    )


def saved_request(request: Request, variable: str = BASE_URL) -> tuple[Node, str | None]:
    """A request in Collection format v2.1, and what of it could not be saved, if anything."""
    headers = [
        (name, sent_text(value))
        for name, value in end_to_end(request.headers)
        if name not in OF_THE_CALL and not name.startswith(PREFIX)
    ]
    saved: Node = {"method": request.method, "header": _header_list(tuple(headers))}
    body, note = _saved_body(request)
    if body is not None:
        saved["body"] = body
    saved["url"] = _saved_url(request.target, variable)
    return saved, note


def _header_list(headers: Headers) -> list[Node]:
    return [{"key": name, "value": value} for name, value in headers]


def _saved_url(target: str, variable: str) -> Node:
    """A called target as a URL object; what Postman would read as a variable is encoded."""
    path, _, query = target.replace("{", "%7B").replace("}", "%7D").partition("?")
    url: Node = {
        "host": [f"{{{{{variable}}}}}"] if variable else [],
        "path": [_COLON.sub("%3A", segment) for segment in path.split("/")[1:]],
    }
    pairs = [piece.partition("=") for piece in query.split("&") if piece]
    if pairs:
        url["query"] = [{"key": key, "value": value if eq else None} for key, eq, value in pairs]
    return {"raw": url_text(url), **url}


def _saved_body(request: Request) -> tuple[Node | None, str | None]:
    """The body of a request by its media type, and what of it is not saved."""
    raw, kind = request.body, media_type(request.header("content-type"))
    if not raw:
        return None, None
    if len(raw) <= MAX_PARSED:
        if kind == "application/x-www-form-urlencoded":
            return {"mode": "urlencoded", "urlencoded": _fields(urlencoded(raw))}, None
        if kind == "multipart/form-data":
            fields = multipart_text_fields(raw, request.header("content-type") or "")
            if fields is not None:
                files = b"filename=" in raw or b"filename*=" in raw
                note = "the files of its form are not saved" if files else None
                return {"mode": "formdata", "formdata": _fields(fields)}, note
    try:
        body: Node = {"mode": "raw", "raw": raw.decode()}
    except UnicodeDecodeError:
        return {"mode": "file", "file": {}}, "its request body is not text and is not saved"
    if kind and "json" in kind:
        body["options"] = {"raw": {"language": "json"}}
    return body, None


def _fields(pairs: list[tuple[str, str]]) -> list[Node]:
    return [{"key": key, "value": value, "type": "text"} for key, value in pairs]


def _redacted_request(original: Node, redaction: Redaction) -> Node:
    """A saved request without what stands in the places for secrets."""
    request = deepcopy(original)
    if isinstance(request.get("header"), list):
        redaction.headers(each for each in request["header"] if isinstance(each, dict))
    url, body = request.get("url"), request.get("body")
    if isinstance(url, dict) and isinstance(url.get("query"), list):
        before = url_text(url)
        redaction.fields(each for each in url["query"] if isinstance(each, dict))
        if url_text(url) != before:
            url["raw"] = url_text(url)
    if isinstance(body, dict):
        for mode in ("urlencoded", "formdata"):
            if isinstance(body.get(mode), list):
                redaction.fields(each for each in body[mode] if isinstance(each, dict))
        if isinstance(body.get("raw"), str):
            body["raw"] = redaction.json_text(body["raw"])
    return request


def _language(headers: Headers) -> str:
    kind = next((value for name, value in headers if name == "content-type"), "")
    subtype = (media_type(kind) or "").partition("/")[2]
    return next((shown for part, shown in _LANGUAGES.items() if part in subtype), "text")


def _token_note(text: str, variable: str) -> str | None:
    """A note on a body in which a mock server would fill something in (behaviour B.3)."""
    template = compile_template(text, Scope({variable: ""}), frozenset())
    same = template.fixed == text
    return None if same else "its body holds {{variables}}, which a mock server fills in"


# --- what belongs together --------------------------------------------------------------


def _key_of(request: object) -> tuple[str, str]:
    """Method and path of a saved request, path variables by their names."""
    if not isinstance(request, dict):
        return "GET", split_url(request if isinstance(request, str) else "").path
    method, url = request.get("method"), request.get("url")
    if isinstance(url, dict):
        url = url_text({key: value for key, value in url.items() if key != "variable"})
    path = split_url(url if isinstance(url, str) else "").path
    return (method if isinstance(method, str) and method else "GET").upper(), path


def _fingerprint(example: object) -> bytes:
    """What makes two examples the same: what was asked, the status and the body."""
    if not isinstance(example, dict):
        return b""
    asked = example.get("originalRequest")
    asked = asked if isinstance(asked, dict) else {"url": asked}
    url = asked.get("url")
    called = url_text(url) if isinstance(url, dict) else url
    what = (asked.get("method"), called, asked.get("body"), example.get("code"))
    return orjson.dumps((*what, example.get("body")), default=str)


def _generalise(url: Node) -> None:
    """Turn the ids in a URL's path into path variables, with the ids as their values."""
    variables: list[Node] = []
    path: list[str] = []
    for segment in url["path"]:
        if is_id(unquote(segment)):
            name = f"id{len(variables) + 1}" if variables else "id"
            variables.append({"key": name, "value": segment})
            segment = f":{name}"
        path.append(segment)
    if variables:
        url["path"], url["variable"] = path, variables
        url["raw"] = url_text({key: each for key, each in url.items() if key != "variable"})


def _without_boundary(request: Node) -> None:
    """Leave the Content-Type of a form with files to whoever sends it: its boundary is theirs."""
    if request.get("body", {}).get("mode") == "formdata":
        kept = [each for each in request["header"] if each["key"] != "content-type"]
        request["header"] = kept
