"""Schemas of bodies: inline or by name, compiled once, loading nothing."""

from typing import Any

import orjson
import pytest

from postiche.core.body_schemas import (
    MAX_TEXT,
    body_schema,
    compile_body_schema,
    schema_text,
    schema_value,
)

ORDER = '{"type": "object", "required": ["id"], "properties": {"id": {"pattern": "^[0-9]+$"}}}'


@pytest.mark.parametrize(
    ("value", "valid"), [({"id": "7"}, True), ({"id": "x"}, False), ([], False)]
)
@pytest.mark.parametrize("written", [ORDER, f" {ORDER} ", "#/order"])
def test_a_schema_is_inline_or_named(written: str, value: object, valid: bool) -> None:
    schema = body_schema(written, {"order": ORDER})
    assert schema is not None
    assert schema.fits(value) is valid


@pytest.mark.parametrize("written", ["", "{", "5", '"x"', "#/other", "#/", '{"type": "list"}'])
def test_a_schema_that_is_none_is_passed_over(written: str) -> None:
    assert body_schema(written, {"order": ORDER}) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:1/schema.json"},
        {"$ref": "file:///etc/hostname"},
        {"$schema": "http://127.0.0.1:1/meta"},
        {"properties": {"a": {"$ref": "other.json"}}},
    ],
)
def test_nothing_is_ever_loaded(schema: Any) -> None:
    with pytest.raises(ValueError, match="is no JSON Schema"):
        compile_body_schema(schema)


def test_a_reference_within_the_schema_is_followed() -> None:
    tree = {"properties": {"below": {"$ref": "#"}}, "required": ["name"]}
    schema = compile_body_schema(tree)
    assert schema.fits({"name": "a", "below": {"name": "b"}})
    assert not schema.fits({"name": "a", "below": {}})


def test_patterns_do_not_backtrack() -> None:
    schema = compile_body_schema({"pattern": "^(a+)+$"})
    assert not schema.fits("a" * 100_000 + "b")
    with pytest.raises(ValueError, match="is no JSON Schema"):
        compile_body_schema({"pattern": "(?=a)"})


def test_the_deepest_json_that_is_read_is_followed_to_its_end() -> None:
    deep = orjson.loads("[" * 1000 + "]" * 1000)
    assert compile_body_schema({"type": "array", "items": {"$ref": "#"}}).fits(deep)


def test_half_a_character_is_no_text_and_not_valid() -> None:
    assert not compile_body_schema({"type": "string"}).fits("\ud800")


def test_a_schema_of_a_config_is_kept_as_text() -> None:
    text = schema_text("a", {"type": "object"})
    assert schema_value(text) == {"type": "object"}
    with pytest.raises(ValueError, match=r"^schemas.a must be a JSON Schema"):
        schema_text("a", [])
    with pytest.raises(ValueError, match=r"^schemas.a must be shorter than"):
        schema_text("a", {"const": "x" * MAX_TEXT})
