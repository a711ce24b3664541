"""One OpenAPI operation as a Postman request with its saved examples.

Knows request bodies, responses and their media types. Must not know folders
or the collection around it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from postiche.importers.document import DocumentError, as_list, as_object, as_text
from postiche.importers.media import (
    FORMDATA,
    URLENCODED,
    chosen,
    language,
    plain,
    scalar,
    written,
    written_json,
)
from postiche.importers.options import ImportOptions
from postiche.importers.parameters import (
    Part,
    example_of,
    path_names,
    postman_path,
    read_parameters,
)
from postiche.importers.schemas import EndlessError, Maker
from postiche.importers.security import Auth, Security, shown_in_example

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

MAX_OUTPUT = 50 * 1024 * 1024
"""The largest collection made, in characters: references can repeat a text very often."""

MAX_NAME = 255
"""The longest name of a request, in characters."""

OTHERWISE = 500
"""The status shown for a `default` response next to others: it mostly describes errors."""

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+(?=[A-Za-z0-9])")


@dataclass(slots=True)
class Budget:
    """What may still be written, in characters."""

    left: int = MAX_OUTPUT

    def spend(self, characters: int) -> None:
        """Count characters written. Raises DocumentError when it is too much."""
        self.left -= characters
        if self.left < 0:
            raise DocumentError(f"The collection would be larger than {MAX_OUTPUT} characters.")


@dataclass(frozen=True, slots=True)
class Writer:
    """What all operations of one document share."""

    options: ImportOptions
    responses: Maker
    requests: Maker
    security: Security
    default_security: object
    budget: Budget

    def item(self, path: str, shared: Part, method: str, operation: Part) -> Part:
        """The request for one operation; `shared` is the path item it stands in."""
        segments = postman_path(path)
        lists = (shared.get("parameters"), operation.get("parameters"))
        parts = read_parameters(self.requests, self.options, *lists)
        name = self._name(operation, segments)
        body, content_type = self._body(operation, None)
        headers = [*_content_type(content_type), *parts.headers]
        request = {
            "name": name,
            "description": as_text(operation.get("description")),
            "method": method.upper(),
            "header": headers,
            "url": _url(segments, parts.query, _variables(segments, parts.variables)),
            **({"body": body} if body else {}),
            **self._auth(operation),
        }
        examples = list(self._examples(operation, request))
        accept = examples[0]["originalRequest"]["header"][-1:] if examples else []
        if accept and accept[0]["key"] == "Accept" and not _accepts(headers):
            request["header"] = [*headers, *accept]
        self._count(request)
        return {
            "name": name,
            "request": request,
            "response": [*map(self._with_auth(operation), examples)],
        }

    def _name(self, operation: Part, segments: list[str]) -> str:
        url = "/" + "/".join(segments)
        if self.options.requestNameSource == "URL":
            return url[:MAX_NAME]
        identifier = as_text(operation.get("operationId"))
        spaced = identifier if re.search(r"\s", identifier) else _WORDS.sub(" ", identifier)
        told = (
            as_text(operation.get("summary")),
            spaced,
            as_text(operation.get("description")),
            url,
        )
        return next(each for each in told if each)[:MAX_NAME]

    def _auth(self, operation: Part) -> dict[str, Auth]:
        if self.options.alwaysInheritAuthentication or "security" not in operation:
            return {}
        auth = self.security.auth(operation["security"])
        return {"auth": auth} if auth else {}

    def _with_auth(self, operation: Part) -> Any:
        """What adds the credentials to an example's request, if they are to be shown."""
        required = operation.get("security", self.default_security)
        scheme = self.security.scheme(required) if self.options.includeAuthInfoInExample else None

        def add(example: Part) -> Part:
            original = example["originalRequest"]
            place, part = shown_in_example(scheme or {})
            changed: Part
            if place == "header":
                changed = {"header": [*original["header"], part]}
            else:
                url = original["url"]
                query = [*url.get("query", []), part]
                changed = {"url": _url(url["path"], query, url["variable"])}
            return {**example, "originalRequest": {**original, **changed}}

        return add if scheme else lambda example: example

    # --- request bodies -----------------------------------------------------------

    def _body(self, operation: Part, example: str | None) -> tuple[Part | None, str | None]:
        """The body for the example with a name, or for the first one, and its media type."""
        described = self.requests.references.resolve(operation.get("requestBody"))
        offered = chosen(described.get("content"))
        if offered is None:
            return None, None
        media_type, media = offered
        values = self._values(self.requests, media)
        value = next((each for name, each in values if name == example), values[0][1])
        if plain(media_type) in (URLENCODED, FORMDATA):
            return self._form(plain(media_type), value, media), media_type
        text = written(value, media_type, self.options.indentCharacter, _element(media))
        self.budget.spend(len(text))
        kind = {"raw": {"headerFamily": language(media_type), "language": language(media_type)}}
        return {"mode": "raw", "raw": text, "options": kind}, media_type

    def _form(self, media_type: str, value: Any, media: Part) -> Part:
        schema = self.requests.references.resolve(media.get("schema"))
        required = as_list(schema.get("required"))
        known = as_object(schema.get("properties"))
        fields = []
        for key, each in as_object(value).items():
            described = self.requests.references.resolve(known.get(key))
            part: Part = {"key": key}
            if media_type == FORMDATA and _is_file(described):
                part |= {"type": "file", "src": []}
            else:
                part |= {"value": "" if each is None else scalar(each), "type": "text"}
            if key not in required and not self.options.enableOptionalParameters:
                part["disabled"] = True
            if text := as_text(described.get("description")):
                part["description"] = text
            fields.append(part)
        mode = "formdata" if media_type == FORMDATA else "urlencoded"
        return {"mode": mode, mode: fields}

    # --- examples -----------------------------------------------------------------

    def _examples(self, operation: Part, request: Part) -> Iterator[Part]:
        responses = as_object(operation.get("responses"))
        others = len([key for key in responses if _status(key, 0)])
        original = {key: value for key, value in request.items() if key in _SAVED}
        size = self._count(original)
        original["url"] = _without_values(request["url"])
        for key, described in responses.items():
            code = _status(key, OTHERWISE if others else 200)
            if code:
                response = self.responses.references.resolve(described)
                yield from self._of_response(operation, original, size, code, response)

    def _of_response(
        self, operation: Part, original: Part, size: int, code: int, response: Part
    ) -> Iterator[Part]:
        offered = chosen(response.get("content"))
        media_type, media = offered or ("", {})
        headers = [*_content_type(media_type or None), *self._headers(response)]
        values = self._values(self.responses, media) if offered else [("", None)]
        status = _phrase(code)
        title = as_text(response.get("description")) or status or str(code)
        for name, value in values:
            text = "" if value is None and not offered else self._text(value, media_type, media)
            self.budget.spend(size + len(text) + len(title))
            yield {
                "name": name if len(values) > 1 else title,
                "originalRequest": self._original(operation, original, name, media_type),
                "status": status,
                "code": code,
                "header": headers,
                "cookie": [],
                "body": text,
                "_postman_previewlanguage": language(media_type),
            }

    def _text(self, value: Any, media_type: str, media: Part) -> str:
        return written(value, media_type, self.options.indentCharacter, _element(media))

    def _original(self, operation: Part, original: Part, name: str, media_type: str) -> Part:
        """The saved request of an example; a request example of the same name is its body."""
        wanted = media_type and not _accepts(original["header"])
        accept = [{"key": "Accept", "value": media_type}] if wanted else []
        changed = {**original, "header": [*original["header"], *accept]}
        if name and "body" in original:
            changed["body"] = self._body(operation, name)[0]
        return changed

    def _values(self, maker: Maker, media: Part) -> list[tuple[str, Any]]:
        """The named examples of a media type, or the unnamed one, or one made for its schema."""
        named = [
            (name, known["value"])
            for name, example in as_object(media.get("examples")).items()
            if "value" in (known := maker.references.resolve(example))
        ]
        if named:
            return named
        if "example" in media:
            return [("", media["example"])]
        try:
            return [("", maker.example(media["schema"]) if "schema" in media else "")]
        except EndlessError:
            return [("", {})]

    def _headers(self, response: Part) -> Iterator[Part]:
        for name, described in as_object(response.get("headers")).items():
            header = self.responses.references.resolve(described)
            if name.lower() == "content-type" or not name:
                continue
            value = example_of(self.responses, header)
            part = {"key": name, "value": value if isinstance(value, str) else scalar(value)}
            text = as_text(header.get("description"))
            yield {**part, "description": text} if text else part

    def _count(self, part: Part) -> int:
        size = len(written_json(part))
        self.budget.spend(size)
        return size


_SAVED = ("method", "header", "body", "url")
"""What an example keeps of its request."""


def _content_type(media_type: str | None) -> list[Part]:
    return [{"key": "Content-Type", "value": media_type}] if media_type else []


def _url(segments: list[str], query: list[Part], variables: list[Part]) -> Part:
    enabled = [each for each in query if not each.get("disabled")]
    text = "&".join(f"{each['key']}={each['value']}" for each in enabled)
    raw = "{{baseUrl}}/" + "/".join(segments) + (f"?{text}" if text else "")
    url: Part = {"raw": raw, "host": ["{{baseUrl}}"], "path": segments}
    return {**url, **({"query": query} if query else {}), "variable": variables}


def _variables(segments: list[str], described: list[Part]) -> list[Part]:
    """A variable for each name in the path, whether it is described as a parameter or not."""
    known = {each["key"]: each for each in described}
    return [known.get(name, {"key": name, "value": ""}) for name in path_names(segments)]


def _without_values(url: Part) -> Part:
    """The URL as an example keeps it: a path variable without a value is a wildcard (A.3)."""
    return {**url, "variable": [{**each, "value": ""} for each in url["variable"]]}


def _is_file(schema: Part) -> bool:
    return schema.get("format") == "binary" or "contentMediaType" in schema


def _element(media: Part) -> str:
    """The name of the outermost XML element: the schema's own, or that of its reference."""
    schema = as_object(media.get("schema"))
    named = as_text(as_object(schema.get("xml")).get("name"))
    return named or as_text(schema.get("$ref")).rpartition("/")[2]


def _status(key: str, otherwise: int) -> int:
    """The status of a response: 4XX is 400 (as Postman has it), `default` what is given."""
    if key == "default":
        return otherwise
    text = re.sub("(?i)x", "0", key) if re.fullmatch("[1-5][0-9xX]{2}", key) else "0"
    return int(text)


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""


def _accepts(headers: list[Part]) -> bool:
    """Whether the document itself says what to accept (`keepImplicitHeaders`)."""
    return any(str(header["key"]).lower() == "accept" for header in headers)
