"""The official definition of the Postman API, where this checkout has it.

Knows where it lies and how its references resolve. Must not know the server.
"""

from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

Json: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[2]
DEFINITION = ROOT.parent / "shared" / "postman" / "openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")

needs_definition = pytest.mark.skipif(
    not DEFINITION.is_file(),
    reason="../shared/postman/openapi.yaml, the official definition, is not beside this checkout: "
    "left out are Schemathesis's run and the checks against its operations and examples",
)


def load() -> Json:
    """The whole document."""
    document: Json = yaml.load(DEFINITION.read_bytes(), yaml.CSafeLoader)
    return document


def operations(document: Json) -> set[tuple[str, str]]:
    """Every operation, as (path, METHOD)."""
    return {
        (path, method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }


def resolve(document: Json, part: Json) -> Json:
    """What a part is, or refers to."""
    while "$ref" in part:
        target: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
