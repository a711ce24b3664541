"""What several JSON Schemas that must all hold say together.

Knows `allOf`, `$ref` with neighbours, and how two constraints make one. Must
not know values.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from postiche.importers.document import MAX_HOPS, References, as_list, as_object, as_text

Schema: TypeAlias = dict[str, Any]

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")

_OWN = {"example", "examples", "default", "title", "description", "allOf", "oneOf", "anyOf", "$ref"}
"""Keywords that tell of the schema they stand in, not of those that include it."""


@dataclass(slots=True)
class Merged:
    """One schema without `allOf`, and its groups of alternatives (`oneOf`, `anyOf`).

    `name` is the last part of the `$ref` that led here, empty if none did;
    `references` are all that were followed.
    """

    schema: Schema = field(default_factory=dict)
    alternatives: list[list[Any]] = field(default_factory=list)
    name: str = ""
    references: frozenset[str] = frozenset()
    impossible: bool = False


def merged(references: References, schema: object, spend: Callable[[int], None]) -> Merged:
    """All that must hold where `schema` must; `spend` is told how many schemas were read."""
    result = Merged()
    seen: set[str] = set()
    waiting: list[tuple[object, bool]] = [(schema, True)]
    while waiting:
        each, own = waiting.pop()
        spend(1)
        if each is False:
            result.impossible = True
        if not isinstance(each, dict):
            continue
        spend(len(as_object(each.get("properties"))))
        target = each.get("$ref")
        if isinstance(target, str) and (len(seen) > MAX_HOPS**2 or target in seen):
            target = None
        _add(result, each, own=own)
        waiting += [(part, False) for part in reversed(as_list(each.get("allOf")))]
        if isinstance(target, str):
            seen.add(target)
            result.name = result.name or (target.rpartition("/")[2] if own else "")
            waiting.append((references.target(target), own))
    result.references = frozenset(seen)
    return result


def _add(result: Merged, schema: Schema, *, own: bool) -> None:
    for key in ("oneOf", "anyOf"):
        if as_list(schema.get(key)):
            result.alternatives.append(schema[key])
    for key, value in schema.items():
        if key not in _OWN:
            known = result.schema.get(key)
            result.schema[key] = value if known is None else _both(key, known, value)
        elif own and key in ("example", "examples", "default"):
            result.schema.setdefault(key, value)


def _both(key: str, one: Any, other: Any) -> Any:
    combine = _COMBINE.get(key)
    return combine(one, other) if combine else one


def number(value: object) -> int | float | None:
    """The value if it is a number, which true and false are not."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _higher(one: Any, other: Any) -> Any:
    numbers = [each for each in (one, other) if number(each) is not None]
    return max(numbers) if numbers else bool(one or other)


def _lower(one: Any, other: Any) -> Any:
    numbers = [each for each in (one, other) if number(each) is not None]
    return min(numbers) if numbers else bool(one or other)


def _union(one: Any, other: Any) -> Any:
    return list(dict.fromkeys(as_text(each) for each in [*as_list(one), *as_list(other)]))


def _common(one: Any, other: Any) -> Any:
    return [each for each in as_list(one) if each in as_list(other)] or one


def _properties(one: Any, other: Any) -> Any:
    first, second = as_object(one), as_object(other)
    shared = {
        key: {"allOf": [value, second[key]]}
        for key, value in first.items()
        if key in second and value is not second[key]
    }
    return {**first, **{k: v for k, v in second.items() if k not in first}, **shared}


def _items(one: Any, other: Any) -> Any:
    return one if one is other else {"allOf": [one, other]}


def _types(one: Any, other: Any) -> Any:
    first, second = types(one), types(other)
    if "integer" in second and "number" in first:
        first = [*first, "integer"]
    if "integer" in first and "number" in second:
        second = [*second, "integer"]
    return [each for each in first if each in second] or one


def _additional(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    return other if one is True else one


def types(value: object) -> list[str]:
    """The types that a `type` keyword names."""
    return [
        each for each in ([value] if isinstance(value, str) else as_list(value)) if each in TYPES
    ]


_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "required": _union,
    "properties": _properties,
    "items": _items,
    "enum": _common,
    "additionalProperties": _additional,
    "minimum": _higher,
    "exclusiveMinimum": _higher,
    "minLength": _higher,
    "minItems": _higher,
    "minProperties": _higher,
    "maximum": _lower,
    "exclusiveMaximum": _lower,
    "maxLength": _lower,
    "maxItems": _lower,
    "maxProperties": _lower,
    "uniqueItems": lambda one, other: one or other,
    "readOnly": lambda one, other: one or other,
    "writeOnly": lambda one, other: one or other,
    "nullable": lambda one, other: one and other,
}
