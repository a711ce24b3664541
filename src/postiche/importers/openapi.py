"""OpenAPI 3.0 and 3.1 documents as Postman collections.

Knows the document as a whole: servers, tags, paths, folders. Must not know
operations from within. Pure: the same document and options give the same
collection, without ids, which whoever stores it will add.
"""

from dataclasses import dataclass, field
from typing import Any

from postiche.importers.document import (
    Document,
    DocumentError,
    References,
    as_list,
    as_object,
    as_text,
)
from postiche.importers.operations import METHODS, Budget, Writer
from postiche.importers.options import ImportOptions
from postiche.importers.parameters import Part
from postiche.importers.schemas import Maker
from postiche.importers.security import Security

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

VERSIONS = ("3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1.0")
"""The versions that Postman imports (import400Error, "Unsupported OpenAPI Version")."""

MAX_FOLDERS = 50
"""How many folders may stand inside each other; the rest of a longer path stays in the last."""


class UnsupportedVersionError(DocumentError):
    """A document of a version of OpenAPI that is not imported."""

    def __init__(self, version: str) -> None:
        known = ", ".join(VERSIONS)
        super().__init__(
            f"Unsupported OpenAPI version: {version}. Postman API only supports versions {known}"
        )


def openapi_to_collection(document: Document, options: ImportOptions) -> Document:
    """The collection (format v2.1.0) that an OpenAPI document describes.

    Every response becomes an example of its request, each named example one
    of its own; where the document has none, one is made from the schema.
    Raises DocumentError for what is no OpenAPI document of a known version.
    """
    _check(document)
    references = References(document)
    schemes = as_object(as_object(document.get("components")).get("securitySchemes"))
    security = Security(references, schemes)
    writer = Writer(
        options,
        Maker(references, deprecated=options.includeDeprecated),
        Maker(references, for_request=True, deprecated=options.includeDeprecated),
        security,
        document.get("security"),
        Budget(),
    )
    auth = security.auth(document.get("security") or None)
    return {
        "info": _info(document),
        "item": _items(document, writer),
        **({"auth": auth} if auth else {}),
        "variable": _variables(document),
    }


def _check(document: Document) -> None:
    version = document.get("openapi", document.get("swagger"))
    if not isinstance(version, str | int | float):
        raise DocumentError("The definition has no openapi version.")
    if document.get("openapi") not in VERSIONS:
        raise UnsupportedVersionError(str(version)[:40])
    if not isinstance(document.get("paths", {}), dict):
        raise DocumentError("The paths of the definition must be an object.")


def _info(document: Document) -> Part:
    info = as_object(document.get("info"))
    name = as_text(info.get("title")).replace("\0", "") or "Untitled API"
    return {"name": name, "description": _text(info), "schema": SCHEMA}


def _text(described: Part) -> str:
    return as_text(described.get("description"))


def _variables(document: Document) -> list[Part]:
    """`baseUrl` and what it consists of; empty without a server, so that paths stay as written."""
    server = as_object(next(iter(as_list(document.get("servers"))), None))
    url = as_text(server.get("url")).rstrip("/")
    found = []
    for name, described in as_object(server.get("variables")).items():
        if "{" + name + "}" in url:
            url = url.replace("{" + name + "}", "{{" + name + "}}")
            default = as_object(described).get("default")
            value = default if isinstance(default, str) else ""
            found.append({"key": name, "value": value, "type": "string"})
    return [{"key": "baseUrl", "value": url, "type": "string"}, *found]


# --- folders ------------------------------------------------------------------------


@dataclass(slots=True)
class _Folder:
    """A folder that is being filled, its folders reachable by name."""

    item: list[Part]
    inner: dict[str, "_Folder"] = field(default_factory=dict)

    def folder(self, name: str, description: str = "") -> "_Folder":
        """The folder of that name in this one, made at the first call."""
        if name not in self.inner:
            made: Part = {"name": name, "description": description, "item": []}
            self.item.append(made)
            self.inner[name] = _Folder(made["item"])
        return self.inner[name]


def _items(document: Document, writer: Writer) -> list[Part]:
    root = _Folder([])
    tags = {
        as_text(tag.get("name")): _text(tag)
        for tag in map(as_object, as_list(document.get("tags")))
        if as_text(tag.get("name"))
    }
    by_tags = writer.options.folderStrategy == "Tags"
    for name, description in tags.items() if by_tags else ():
        root.folder(name, description)
    for path, described in as_object(document.get("paths")).items():
        shared = writer.responses.references.resolve(described)
        for method in [each for each in shared if each in METHODS]:
            operation = as_object(shared[method])
            if operation.get("deprecated") is True and not writer.options.includeDeprecated:
                continue
            item = writer.item(path, shared, method, operation)
            if by_tags:
                _by_tags(root, operation, item, writer)
            else:
                _by_path(root, path).item.append(item)
    return root.item


def _by_path(root: _Folder, path: str) -> _Folder:
    folder = root
    for segment in (path.strip("/") or "/").split("/", MAX_FOLDERS - 1) if path != "/" else ["/"]:
        folder = folder.folder(segment)
    return folder


def _by_tags(root: _Folder, operation: Part, item: Part, writer: Writer) -> None:
    """Into the folder of each of its tags, or into folders inside each other."""
    tags = list(dict.fromkeys(each for each in as_list(operation.get("tags")) if as_text(each)))
    if not tags:
        root.item.append(item)
    elif writer.options.nestedFolderHierarchy:
        folder = root
        for tag in tags[:MAX_FOLDERS]:
            folder = folder.folder(tag)
        folder.item.append(item)
    else:
        for tag in tags:
            root.folder(tag).item.append(item)
            writer.budget.spend(_size(item) if tag != tags[0] else 0)


def _size(item: Part) -> int:
    return sum(len(each["body"]) for each in item["response"]) + 200


def collection_named(collection: Document, name: str) -> dict[str, Any]:
    """The collection under another name."""
    return {**collection, "info": {**collection["info"], "name": name}}
