from typing import Any

from postiche.importers.document import References
from postiche.importers.merging import merged, number, types

Json = dict[str, Any]


def together(*schemas: Json) -> Json:
    document: Json = {"s": {"A": {"type": "string", "minLength": 2, "example": "no"}}}
    return merged(References(document), {"allOf": list(schemas)}, lambda _: None).schema


def test_both_constraints_hold() -> None:
    assert together({"minimum": 1, "maximum": 9}, {"minimum": 3, "maximum": 12}) == {
        "minimum": 3,
        "maximum": 9,
    }
    assert together({"type": "number"}, {"type": "integer"}) == {"type": ["integer"]}
    assert together({"enum": [1, 2, 3]}, {"enum": [3, 2]}) == {"enum": [2, 3]}
    assert together({"required": ["a"]}, {"required": ["b", "a"]}) == {"required": ["a", "b"]}
    assert together({"additionalProperties": True}, {"additionalProperties": False}) == {
        "additionalProperties": False
    }
    assert together({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 4}) == {
        "minimum": 1,
        "exclusiveMinimum": 4,
    }


def test_properties_come_together() -> None:
    found = together(
        {"properties": {"a": {"type": "string"}, "b": {}}},
        {"properties": {"a": {"minLength": 2}, "c": {}}},
    )
    assert found["properties"] == {
        "a": {"allOf": [{"type": "string"}, {"minLength": 2}]},
        "b": {},
        "c": {},
    }


def test_references_count_but_their_examples_do_not() -> None:
    assert together({"$ref": "#/s/A"}, {"minLength": 4}) == {"type": "string", "minLength": 4}
    found = merged(References({"A": {"example": 5}}), {"$ref": "#/A"}, lambda _: None)
    assert found.schema == {"example": 5}
    assert (found.name, found.references) == ("A", frozenset({"#/A"}))


def test_false_is_impossible_and_junk_is_nothing() -> None:
    assert merged(References({}), {"allOf": [False]}, lambda _: None).impossible
    assert together({"allOf": 5}, {"$ref": "#/nowhere"}) == {}
    assert types(["string", "odd", 5]) == ["string"]
    assert number(True) is None
