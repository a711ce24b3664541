"""JSON Schemas that stand for the body of an example.

Knows how an example names a schema and what fits one. Must not know which
bodies are compared, nor when.

    x-mock-body-schema: {"type": "object", "required": ["id"]}
    x-mock-body-schema: #/order            the schema `order` of the mock's config
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

import orjson

HEADER: Final = "x-mock-body-schema"

MAX_PATTERN: Final = 1024 * 1024
"""Bytes of a compiled `pattern`."""

MAX_SCHEMAS: Final = 100
MAX_TEXT: Final = 256 * 1024
"""Bytes of the JSON text of a schema."""


class BodySchema:
    """A compiled schema."""

    __slots__ = ("_is_valid",)

    def __init__(self, is_valid: Callable[[object], bool]) -> None:
        self._is_valid = is_valid

    def fits(self, value: object) -> bool:
        """Whether a JSON value is valid; one that is nested too deeply to be checked is not."""
        try:
            return self._is_valid(value)
        except (ValueError, RecursionError):
            return False


def compile_body_schema(schema: object) -> BodySchema:
    """A schema, compiled. Raises ValueError, which says what is wrong with it.

    Patterns are Rust's, whose time grows with the length of the text alone. A
    `$ref` may lead to another place in the same schema; nothing is ever loaded.
    """
    # Loaded by the first example that has a schema.
    from jsonschema_rs import RegexOptions, validator_for

    if not isinstance(schema, dict | bool):
        raise ValueError("must be a JSON Schema: an object, true or false")
    patterns = RegexOptions(size_limit=MAX_PATTERN)
    try:
        made = validator_for(schema, retriever=_refuse, pattern_options=patterns)
    except ValueError as problem:
        first = next(iter(str(problem).splitlines()), "it cannot be compiled")
        raise ValueError(f"is no JSON Schema: {first}") from None
    return BodySchema(made.is_valid)


def body_schema(written: str, named: Mapping[str, str]) -> BodySchema | None:
    """The schema that a saved header asks for; None for one that is malformed or not there.

    `named` are the schemas of the mock's config, as JSON text.
    """
    written = written.strip()
    text: str | None = written
    if written.startswith("#/"):
        text = named.get(written.removeprefix("#/"))
    try:
        return None if text is None else compile_body_schema(orjson.loads(text))
    except ValueError:
        return None


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not part of it, and nothing is loaded from elsewhere")


def schema_text(name: str, schema: object) -> str:
    """The JSON text of a schema of a config. Raises ValueError, which names it and the remedy."""
    try:
        compile_body_schema(schema)
        text = orjson.dumps(schema).decode()
    except (ValueError, TypeError) as problem:
        raise ValueError(f"schemas.{name} {problem}") from None
    if len(text) > MAX_TEXT:
        raise ValueError(f"schemas.{name} must be shorter than {MAX_TEXT} bytes of JSON")
    return text


def schema_value(text: str) -> Any:
    """The schema that a text of `schema_text` is."""
    return orjson.loads(text)
