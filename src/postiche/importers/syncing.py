"""What a collection says now, brought into the OpenAPI document it was made from.

Knows paths and operations. Must not know collections: it is given what
`to_openapi` tells of one. All that a collection cannot say (schemas, security,
components) stays as the document has it.
"""

import re
from copy import deepcopy
from typing import Any

from postiche.importers.document import Document, as_object, as_text
from postiche.importers.operations import METHODS

_NAME = re.compile(r"\{[^{}]*\}")


def synced_definition(
    definition: Document, told: Document, *, examples: bool, delete: bool
) -> Document:
    """The definition with the operations that are new in `told`.

    `examples` replaces the examples of known operations too; `delete` takes
    out the operations that are not in `told` any more.
    """
    synced = deepcopy({key: value for key, value in definition.items() if key != "paths"})
    paths: Document = deepcopy(as_object(definition.get("paths")))
    shapes = {_shape(path): path for path in paths}
    for path, item in as_object(told.get("paths")).items():
        known = paths.setdefault(shapes.get(_shape(path), path), {})
        if isinstance(known, dict) and "$ref" not in known:
            _bring(known, item, examples=examples)
    if delete:
        _delete_orphans(paths, {_shape(path): item for path, item in told["paths"].items()})
    return {**synced, "paths": paths}


def _shape(path: str) -> str:
    """A path template without the names in it, which a client may have changed."""
    return _NAME.sub("{}", path)


def _bring(known: Document, told: Document, *, examples: bool) -> None:
    if not known and "parameters" in told:
        known["parameters"] = told["parameters"]
    for method in METHODS:
        if method in told and not isinstance(known.get(method), dict):
            known[method] = told[method]
        elif method in told and examples:
            _bring_examples(known[method], told[method])


def _bring_examples(known: Document, told: Document) -> None:
    responses = known.setdefault("responses", {})
    if not isinstance(responses, dict):
        return
    for status, response in told["responses"].items():
        place = responses.setdefault(status, response) if status != "default" else None
        content = as_object(as_object(place).get("content"))
        for media_type, media in as_object(response.get("content")).items():
            if isinstance(content.get(media_type), dict):
                content[media_type].pop("example", None)
                content[media_type]["examples"] = media["examples"]


def _delete_orphans(paths: dict[str, Any], told: dict[str, Any]) -> None:
    for path in list(paths):
        item = as_object(paths[path])
        kept = as_object(told.get(_shape(as_text(path))))
        if "$ref" in item and kept:
            continue
        for method in [each for each in METHODS if each in item and each not in kept]:
            del item[method]
        if not any(method in item for method in METHODS):
            del paths[path]
