"""Postman collections as OpenAPI 3.0.3 documents.

Knows the Collection format v2.1 as far as an API can be told from it, and
OpenAPI. Must not know where collections are kept. What cannot be said in
OpenAPI (scripts, odd methods, a second request of the same path) is left out;
examples of requests with the same path and method come together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from postiche.core.scalars import text
from postiche.core.urls import shown, split_url, url_text
from postiche.importers.document import Document, as_list, as_object, as_text
from postiche.importers.inference import schema_of, value_in
from postiche.importers.media import FORMDATA, URLENCODED, is_json, plain, written_json
from postiche.importers.operations import METHODS
from postiche.importers.parameters import IMPLICIT_HEADERS
from postiche.importers.yaml_text import write_yaml

Part = dict[str, Any]

VERSION = "3.0.3"

MAX_SERVERS = 50

MAX_SERVER = 2000
"""The longest URL of a server, in characters."""

MAX_ROUNDS = 5
"""How many variables may stand in the values of each other."""

MAX_FOLDERS = 100
"""How many folders above a request become its tags."""

_VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
_HOST = re.compile(
    r"(?:[^/?#{}]|\{\{[^{}]*\}\})*?://(?:[^/?#{}]|\{\{[^{}]*\}\})*|(?:[^/?#{}]|\{\{[^{}]*\}\})+"
)
_LANGUAGES = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
    "text": "text/plain",
}


def collection_to_openapi(collection: Document) -> Document:
    """The OpenAPI document of a collection (format v2.0 or v2.1, as it is stored)."""
    found = _Found(_variables(collection))
    for item, folders in _requests(as_list(collection.get("item"))):
        found.add(item, folders)
    schemes = found.schemes(collection.get("auth"))
    info = as_object(collection.get("info"))
    described = _description(info)
    return {
        "openapi": VERSION,
        "info": {
            "title": as_text(info.get("name")) or "Untitled API",
            **({"description": described} if described else {}),
            "version": "1.0.0",
            "contact": {},
        },
        "servers": found.servers or [{"url": "/"}],
        "paths": {path: each.item for path, each in found.paths.items()},
        **({"components": {"securitySchemes": found.security}} if found.security else {}),
        **({"security": schemes} if schemes else {}),
        "tags": [{"name": name} for name in found.tags],
    }


def _variables(collection: Document) -> dict[str, str]:
    return {
        key: text(each.get("value"))
        for each in map(as_object, as_list(collection.get("variable")))
        if (key := as_text(each.get("key"))) and not each.get("disabled")
    }


def _requests(items: list[Any]) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """All request items in file order with the names of the folders above them."""
    stack: list[tuple[Iterator[Any], tuple[str, ...]]] = [(iter(items), ())]
    while stack:
        siblings, folders = stack[-1]
        item = next(siblings, stack)
        if item is stack:
            stack.pop()
        elif isinstance(item, dict) and isinstance(item.get("item"), list):
            name = as_text(item.get("name")) or "Untitled"
            stack.append((iter(item["item"]), (*folders, name)[:MAX_FOLDERS]))
        elif isinstance(item, dict):
            yield item, folders


def _description(part: Part) -> str:
    described = part.get("description")
    return as_text(as_object(described).get("content")) or as_text(described)


@dataclass(slots=True)
class _Path:
    """One path that is being filled."""

    item: Part
    names: list[str]


@dataclass(slots=True)
class _Found:
    """What a walk through the requests has gathered."""

    variables: dict[str, str]
    paths: dict[str, _Path] = field(default_factory=dict)
    servers: list[Part] = field(default_factory=list)
    tags: dict[str, None] = field(default_factory=dict)
    security: Part = field(default_factory=dict)
    _hosts: set[str] = field(default_factory=set)
    _templates: dict[str, str] = field(default_factory=dict)
    _operation_ids: dict[str, int] = field(default_factory=dict)

    def add(self, item: Part, folders: tuple[str, ...]) -> None:
        """Add one request with its examples."""
        saved = item.get("request")
        request = {"url": saved} if isinstance(saved, str) else as_object(saved)
        method = (as_text(request.get("method")) or "GET").lower()
        url = request.get("url")
        if method not in METHODS or not isinstance(url, str | dict):
            return
        path = self._path(url)
        responses = list(map(as_object, as_list(item.get("response"))))
        if method not in path.item:
            self.tags |= dict.fromkeys(folders)
            path.item[method] = self._operation(item, request, url, folders)
        _add_responses(path.item[method], responses)

    def _path(self, url: str | Part) -> _Path:
        host, segments = _parts(url)
        self._add_server(host)
        template, names = _template(segments)
        shape = re.sub(r"\{[^{}]*\}", "{}", template)
        path = self._templates.setdefault(shape, template)
        if path not in self.paths:
            described = as_object(url).get("variable")
            item = {"parameters": _path_parameters(names, described)} if names else {}
            self.paths[path] = _Path(item, names)
        return self.paths[path]

    def _add_server(self, host: str) -> None:
        """Note the host of a URL, its variables filled in as far as they are known."""
        if not host or host in self._hosts or len(self._hosts) >= MAX_SERVERS:
            return
        self._hosts.add(host)
        url = host
        for _ in range(MAX_ROUNDS):
            if len(url) < MAX_SERVER:
                url = _VARIABLE.sub(lambda name: self.variables.get(name[1], name[0]), url)
        unknown = _VARIABLE.findall(url)
        server: Part = {"url": _VARIABLE.sub(r"{\1}", url)[:MAX_SERVER].rstrip("/")}
        if unknown:
            server["variables"] = {name: {"default": name or "host"} for name in unknown}
        if server["url"] and server not in self.servers:
            self.servers.append(server)

    def _operation(
        self, item: Part, request: Part, url: str | Part, folders: tuple[str, ...]
    ) -> Part:
        name = as_text(item.get("name"))
        described = _description(request) or _description(item)
        parameters = [*_query_parameters(url), *_header_parameters(request.get("header"))]
        body = _request_body(request)
        security = self.schemes(request.get("auth"))
        return {
            **({"tags": list(dict.fromkeys(folders))} if folders else {}),
            "summary": name,
            **({"description": described} if described else {}),
            "operationId": self._operation_id(name),
            **({"parameters": _unique(parameters)} if parameters else {}),
            **({"requestBody": body} if body else {}),
            "responses": {},
            **({"security": security} if security is not None else {}),
        }

    def _operation_id(self, name: str) -> str:
        first, *words = re.findall(r"[A-Za-z0-9]+", name)[:20] or ["operation"]
        made = first[:1].lower() + first[1:] + "".join(w[:1].upper() + w[1:] for w in words)
        self._operation_ids[made] = self._operation_ids.get(made, 0) + 1
        count = self._operation_ids[made]
        return made if count == 1 else f"{made}{count}"

    def schemes(self, auth: object) -> list[Part] | None:
        """The requirement that a saved auth makes, its scheme noted; None if it says nothing."""
        kind = as_text(as_object(auth).get("type"))
        if kind == "noauth":
            return []
        scheme = _scheme(kind, as_object(auth).get(kind))
        if scheme is None:
            return None
        name = next((name for name, each in self.security.items() if each == scheme), None)
        if name is None:
            name = (
                f"{kind}Auth"
                if f"{kind}Auth" not in self.security
                else f"{kind}Auth{len(self.security)}"
            )
            self.security[name] = scheme
        return [{name: []}]


def _scheme(kind: str, saved: object) -> Part | None:
    """A security scheme for one of Postman's auth types; None for those OpenAPI cannot say."""
    if kind in ("basic", "bearer", "digest"):
        return {"type": "http", "scheme": kind}
    if kind == "apikey":
        known = (
            saved
            if isinstance(saved, dict)
            else {
                as_text(each.get("key")): each.get("value")
                for each in map(as_object, as_list(saved))
            }
        )
        place = "query" if known.get("in") == "query" else "header"
        return {"type": "apiKey", "name": as_text(known.get("key")) or "X-API-Key", "in": place}
    if kind == "oauth2":
        flow = {"tokenUrl": "https://example.com/token", "scopes": {}}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
    return None


# --- URLs -----------------------------------------------------------------------------


def _parts(url: str | Part) -> tuple[str, list[str]]:
    """The host of a saved URL, scheme included, and the segments of its path."""
    parts = {"raw": url} if isinstance(url, str) else {**url, "variable": [], "query": []}
    whole = url_text(parts).strip()
    host = _HOST.match(whole) if not whole.startswith("/") else None
    path = split_url(whole[host.end() :] if host else whole).path
    return (host[0] if host else ""), _VARIABLE.sub(r"{\1}", shown(path)).split("/")[1:]


def _template(segments: list[str]) -> tuple[str, list[str]]:
    """The path template and the names in it; `:id` and `{{id}}` are both `{id}`."""
    written: list[str] = []
    names: list[str] = []
    for segment in segments:
        named = re.fullmatch(r":([^.:{}]+)(\..*)?", segment)
        segment = f"{{{named[1]}}}{named[2] or ''}" if named else segment
        names += re.findall(r"\{([^{}]+)\}", segment)
        written.append(segment)
    return "/" + "/".join(written), list(dict.fromkeys(names))


def _path_parameters(names: list[str], described: object) -> list[Part]:
    known = {as_text(each.get("key")): each for each in map(as_object, as_list(described))}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            **_valued(known.get(name, {})),
        }
        for name in names
    ]


def _valued(part: Part) -> Part:
    """Schema, example and description of a parameter as it is saved."""
    value, described = part.get("value"), _description(part)
    known = {"example": text(value)} if value not in (None, "") else {}
    return {
        "schema": {"type": "string", **known},
        **({"description": described} if described else {}),
    }


def _query_parameters(url: str | Part) -> Iterator[Part]:
    saved: object = as_object(url).get("query")
    if isinstance(url, str):
        pairs = [each.partition("=") for each in split_url(url).query.split("&") if each]
        saved = [{"key": shown(key), "value": shown(value)} for key, _, value in pairs]
    for each in map(as_object, as_list(saved)):
        if as_text(each.get("key")):
            yield {"name": each["key"], "in": "query", **_valued(each)}


def _header_parameters(saved: object) -> Iterator[Part]:
    for each in map(as_object, as_list(saved)):
        name = as_text(each.get("key"))
        if name and name.lower() not in IMPLICIT_HEADERS:
            yield {"name": name, "in": "header", **_valued(each)}


def _unique(parameters: list[Part]) -> list[Part]:
    return list({(each["in"], each["name"]): each for each in reversed(parameters)}.values())[::-1]


# --- bodies ---------------------------------------------------------------------------


def _request_body(request: Part) -> Part | None:
    body = as_object(request.get("body"))
    mode = as_text(body.get("mode"))
    content = body.get(mode) if mode else None
    if mode in ("urlencoded", "formdata"):
        media_type = URLENCODED if mode == "urlencoded" else FORMDATA
        return {"content": {media_type: {"schema": _form_schema(content)}}}
    if mode == "graphql":
        asked = {"query": text(as_object(content).get("query"))}
        return {"content": {"application/json": _media(asked)}}
    if mode == "file":
        return {"content": {"application/octet-stream": {"schema": _BINARY}}}
    raw = text(content) if mode == "raw" else ""
    if not raw:
        return None
    named = as_object(as_object(body.get("options")).get("raw")).get("language")
    media_type = _header(request.get("header"), "content-type") or _LANGUAGES.get(
        as_text(named), ""
    )
    value = value_in(raw)
    return {"content": _content(media_type, raw, value)}


_BINARY = {"type": "string", "format": "binary"}


def _form_schema(saved: object) -> Part:
    known: Part = {}
    for each in map(as_object, as_list(saved)):
        if key := as_text(each.get("key")):
            known[key] = _BINARY if each.get("type") == "file" else _valued(each)["schema"]
    return {"type": "object", "properties": known}


def _media(value: Any) -> Part:
    return {"schema": schema_of(value), "example": value}


def _content(media_type: str, raw: str, value: Any) -> Part:
    """The content of a body: parsed where it is JSON, else as text."""
    name = plain(media_type) or ("application/json" if value is not None else "text/plain")
    parsed = value if is_json(name) and value is not None else raw
    return {name: _media(parsed)}


def _header(saved: object, name: str) -> str:
    found = (
        as_text(each.get("value"))
        for each in map(as_object, as_list(saved))
        if as_text(each.get("key")).lower() == name and not each.get("disabled")
    )
    return next(found, "")


def _add_responses(operation: Part, examples: list[Part]) -> None:
    """The examples of a request among its responses, by status and media type."""
    responses = operation["responses"]
    for example in examples:
        code = example.get("code")
        status = str(code) if isinstance(code, int) and 100 <= code <= 599 else "200"
        name = as_text(example.get("name")) or as_text(example.get("status")) or "Response"
        response = responses.setdefault(status, {"description": name})
        body = text(example.get("body"))
        if body:
            language = as_text(example.get("_postman_previewlanguage"))
            given = _header(example.get("header"), "content-type") or _LANGUAGES.get(language, "")
            _add_example(
                response.setdefault("content", {}), name, _content(given, body, value_in(body))
            )
    if not responses:
        responses["default"] = {"description": "Any response"}
    elif len(responses) > 1:
        responses.pop("default", None)


def _add_example(content: Part, name: str, new: Part) -> None:
    for media_type, media in new.items():
        known = content.setdefault(media_type, {"schema": media["schema"], "examples": {}})
        unique, number = name, 1
        while unique in known["examples"]:
            number += 1
            unique = f"{name} {number}"
        known["examples"][unique] = {"value": media["example"]}


def openapi_text(document: Document, *, yaml: bool) -> str:
    """The document as YAML or as indented JSON."""
    return write_yaml(document) if yaml else written_json(document)
