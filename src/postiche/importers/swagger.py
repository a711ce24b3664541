"""OpenAPI 2.0 (Swagger) documents as OpenAPI 3.0, as far as collections are made from them.

Knows where version 2.0 says things that 3.0 says elsewhere. Must not know
collections. Definitions stay where they are, so that references still lead
to them.
"""

from typing import Any

from postiche.importers.document import (
    Document,
    DocumentError,
    References,
    as_list,
    as_object,
    as_text,
)
from postiche.importers.media import FORMDATA, URLENCODED
from postiche.importers.operations import METHODS

Part = dict[str, Any]

VERSION = "2.0"

_OUTSIDE = ("name", "in", "description", "required", "collectionFormat", "allowEmptyValue")
"""What a parameter says beside its schema."""

_STYLES: dict[str, Part] = {
    "multi": {"explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}
_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}


def swagger_to_openapi(document: Document) -> Document:
    """The document in the terms of OpenAPI 3.0. Raises DocumentError if it is not version 2.0."""
    if str(document.get("swagger")) != VERSION or not isinstance(document.get("paths", {}), dict):
        raise DocumentError(f"The definition is not OpenAPI {VERSION}.")
    references = References(document)
    paths = {
        path: _path(document, references, references.resolve(item))
        for path, item in as_object(document.get("paths")).items()
    }
    schemes = as_object(document.get("securityDefinitions"))
    security = {name: _scheme(as_object(each)) for name, each in schemes.items()}
    return {
        **document,
        "openapi": "3.0.3",
        "servers": [{"url": _server(document)}],
        "paths": paths,
        "components": {"securitySchemes": security},
    }


def _server(document: Document) -> str:
    host, base = as_text(document.get("host")), as_text(document.get("basePath"))
    schemes = [each for each in as_list(document.get("schemes")) if isinstance(each, str)]
    return f"{[*schemes, 'https'][0]}://{host}{base}" if host else base


def _path(document: Document, references: References, item: Part) -> Part:
    shared = as_list(item.get("parameters"))
    return {
        method: _operation(document, references, shared, as_object(item[method]))
        for method in METHODS
        if method in item
    }


def _operation(document: Document, references: References, shared: Any, operation: Part) -> Part:
    consumes = operation.get("consumes", document.get("consumes"))
    produces = operation.get("produces", document.get("produces"))
    given = [references.resolve(each) for each in [*shared, *as_list(operation.get("parameters"))]]
    body = _body(given, _first(consumes, ""))
    responses = {
        status: _response(references.resolve(each), _first(produces, "application/json"))
        for status, each in as_object(operation.get("responses")).items()
    }
    others = [_parameter(each) for each in given if each.get("in") not in ("body", "formData")]
    return {
        **operation,
        "parameters": others,
        "responses": responses,
        **({"requestBody": {"content": body}} if body else {}),
    }


def _first(media_types: object, otherwise: str) -> str:
    """The media type to show of those listed: JSON if there is any."""
    known = [each for each in as_list(media_types) if isinstance(each, str)]
    return min(known, key=lambda each: "json" not in each) if known else otherwise


def _schema(parameter: Part) -> Part:
    return {key: value for key, value in parameter.items() if key not in _OUTSIDE}


def _parameter(parameter: Part) -> Part:
    """A parameter with what it says of its value in a schema."""
    style = _STYLES.get(as_text(parameter.get("collectionFormat")), {"explode": False})
    names = ("name", "in", "description", "required")
    kept: Part = {key: parameter[key] for key in names if key in parameter}
    return {**kept, **style, "schema": _schema(parameter)}


def _body(parameters: list[Part], media_type: str) -> Part | None:
    for each in parameters:
        if each.get("in") == "body":
            return {media_type or "application/json": {"schema": each.get("schema")}}
    fields = [each for each in parameters if each.get("in") == "formData"]
    if not fields:
        return None
    has_files = any(each.get("type") == "file" for each in fields)
    form = media_type if media_type in (URLENCODED, FORMDATA) else ""
    schema = {
        "type": "object",
        "properties": {as_text(each.get("name")): _field(each) for each in fields},
        "required": [each.get("name") for each in fields if each.get("required") is True],
    }
    return {form or (FORMDATA if has_files else URLENCODED): {"schema": schema}}


def _field(field: Part) -> Part:
    described = {"description": field["description"]} if "description" in field else {}
    is_file = field.get("type") == "file"
    return {**({"type": "string", "format": "binary"} if is_file else _schema(field)), **described}


def _response(response: Part, produced: str) -> Part:
    examples = as_object(response.get("examples"))
    names = list(examples) or ([produced] if "schema" in response else [])
    schema = {"schema": response["schema"]} if "schema" in response else {}
    content = {
        name: {**schema, **({"example": examples[name]} if name in examples else {})}
        for name in names
    }
    headers = {name: {"schema": each} for name, each in as_object(response.get("headers")).items()}
    return {"description": response.get("description"), "content": content, "headers": headers}


def _scheme(scheme: Part) -> Part:
    kind = scheme.get("type")
    if kind == "basic":
        return {"type": "http", "scheme": "basic"}
    if kind == "oauth2":
        flow = as_text(scheme.get("flow"))
        return {"type": "oauth2", "flows": {_FLOWS.get(flow, flow): scheme}}
    return scheme
