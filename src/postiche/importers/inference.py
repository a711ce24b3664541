"""JSON Schemas told from values (OpenAPI 3.0's dialect).

Knows JSON values. Must not know where they come from.
"""

from typing import Any

import orjson

MAX_LEVELS = 50
"""How many levels a value may have to be described; deeper ones stay text."""

_NAMES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def value_in(text: str) -> Any:
    """The JSON value that a text holds; None if it holds none, or one too deep to describe."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if _levels(value) <= MAX_LEVELS else None


def _levels(value: Any) -> int:
    level, layer = 0, [value]
    while layer and level <= MAX_LEVELS:
        level += 1
        inner: list[Any] = []
        for each in layer:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        layer = inner
    return level


def schema_of(value: Any) -> dict[str, Any]:
    """A schema that a value of at most MAX_LEVELS levels fits; lists by their first entry."""
    if isinstance(value, dict):
        properties = {key: schema_of(each) for key, each in value.items()}
        return {"type": "object", "properties": properties}
    if isinstance(value, list):
        alike = value and all(type(each) is type(value[0]) for each in value)
        return {"type": "array", "items": schema_of(value[0]) if alike else {}}
    name = _NAMES.get(type(value))
    return {"type": name, "example": value} if name else {"nullable": True}
