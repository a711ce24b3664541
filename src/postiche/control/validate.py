"""JSON Schema validation whose messages read like ajv's, which Postman uses.

Knows schemas and JSON values. Must not know which error shape a complaint
ends up in. The cost is bounded whatever the value: an error object of the
validator carries a copy of the part it complains about, and a list of a
million wrong entries makes a million of them, so errors are collected on an
outline of the value, and only the first one on the value itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import jsonschema_rs
from jsonschema_rs import ValidationErrorKind as Kind

OUTLINE_DEPTH = 4
"""How many levels of a value have all their errors told at once."""

OUTLINE_ENTRIES = 20
"""How many entries of each list have."""

NO_NUL = "^[^\\u0000]*$"
"""Pattern for text that becomes a database column: PostgreSQL cannot hold NUL in text."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where: the `path` to the value, and `text` in ajv's words.

    `missing` names the property that is not there; `actual` and `expected`
    name JSON types where the type is wrong.
    """

    path: tuple[str | int, ...]
    text: str
    missing: str | None = None
    actual: str = ""
    expected: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The path, joined by dots; empty for the root."""
        return ".".join(str(step) for step in self.path)

    @property
    def subject(self) -> str:
        """The parameter it is about: the missing property, or the value that is wrong."""
        return ".".join(part for part in (self.where, self.missing) if part)

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


Validator: TypeAlias = Callable[[object], tuple[Complaint, ...]]
"""A compiled schema: a value's complaints, those nearest to the root first; empty if valid."""


def compile_schema(schema: dict[str, Any], *root: str) -> Validator:
    """Compile a schema once, to be used for every request; paths begin with `root`."""
    validator = jsonschema_rs.validator_for(schema, mask="value")

    def complaints(value: object) -> tuple[Complaint, ...]:
        if validator.is_valid(value):
            return ()
        outline = validator.iter_errors(_outline(value, OUTLINE_DEPTH))
        errors = tuple(filter(_not_of_the_outline, outline)) or _first_error(validator, value)
        return tuple(sorted((_complaint(root, each) for each in errors), key=_depth))

    return complaints


def _first_error(
    validator: jsonschema_rs.Validator, value: object
) -> tuple[jsonschema_rs.ValidationError, ...]:
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as error:
        return (error,)
    return ()


def _not_of_the_outline(error: jsonschema_rs.ValidationError) -> bool:
    """Whether the error is one of the value itself, not one of having been emptied."""
    return len(error.instance_path) < OUTLINE_DEPTH or isinstance(error.kind, Kind.Type)


def _outline(value: object, depth: int) -> object:
    """The value's upper levels: containers further down are empty, long lists cut short."""
    if isinstance(value, dict):
        items = value.items() if depth else ()
        return {key: _outline(each, depth - 1) for key, each in items}
    if isinstance(value, list):
        entries = value[:OUTLINE_ENTRIES] if depth else []
        return [_outline(each, depth - 1) for each in entries]
    return value


def _depth(complaint: Complaint) -> int:
    return len(complaint.path)


def _complaint(root: tuple[str, ...], error: jsonschema_rs.ValidationError) -> Complaint:
    kind = error.kind
    path = (*root, *error.instance_path)
    if isinstance(kind, Kind.Type):
        return Complaint(
            path, _text(error), actual=_type_name(error.instance), expected=tuple(kind.types)
        )
    if isinstance(kind, Kind.AdditionalProperties):
        return Complaint((*path, kind.unexpected[0]), "must be a known property")
    missing = kind.property if isinstance(kind, Kind.Required) else None
    return Complaint(path, _text(error), missing=missing)


def _text(error: jsonschema_rs.ValidationError) -> str:
    """Ajv's message for the error, as far as Postiche's schemas can produce it."""
    write = _TEXTS.get(error.kind.name)
    return write(error.kind.value) if write else error.message


def _pattern_text(pattern: str) -> str:
    return f'must match pattern "{pattern}"' if pattern != NO_NUL else "must not contain NUL"


_TEXTS: dict[str, Callable[[Any], str]] = {
    "required": lambda name: f"must have required property '{name}'",
    "type": lambda types: f"must be {','.join(types)}",
    "enum": lambda options: f"must be one of {', '.join(str(each or 'null') for each in options)}",
    "minimum": lambda limit: f"must be >= {limit}",
    "maximum": lambda limit: f"must be <= {limit}",
    "minLength": lambda limit: f"must NOT have fewer than {limit} characters",
    "maxLength": lambda limit: f"must NOT have more than {limit} characters",
    "pattern": _pattern_text,
}

_TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def _type_name(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "unknown")
