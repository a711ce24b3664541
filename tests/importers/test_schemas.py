import string
from contextlib import suppress
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.importers.document import References
from postiche.importers.schemas import MAX_LEVELS, MAX_REQUIRED, EndlessError, Maker

Json = dict[str, Any]


def made(schema: object, schemas: Json | None = None, **options: Any) -> Any:
    document = {"components": {"schemas": schemas or {}}}
    return Maker(References(document), **options).example(schema)


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def bounds(low: int, high: int, names: tuple[str, str]) -> st.SearchStrategy[Json]:
    def ordered(pair: tuple[int, int]) -> Json:
        return dict(zip(names, sorted(pair), strict=True))

    both = st.tuples(st.integers(low, high), st.integers(low, high)).map(ordered)
    one = st.sampled_from(names).flatmap(
        lambda name: st.integers(low, high).map(lambda value: {name: value})
    )
    return st.one_of(st.just({}), one, both)


integers = st.one_of(
    bounds(-50, 50, ("minimum", "maximum")),
    st.integers(-50, 50).map(lambda low: {"exclusiveMinimum": low, "maximum": low + 1}),
    st.tuples(st.integers(1, 9), st.integers(-50, 50)).map(
        lambda pair: {"multipleOf": pair[0], "minimum": pair[1], "maximum": pair[1] + pair[0]}
    ),
).map(lambda limits: {"type": "integer", **limits})
numbers = st.one_of(
    bounds(-50, 50, ("minimum", "maximum")),
    st.integers(-50, 50).map(lambda low: {"exclusiveMinimum": low, "exclusiveMaximum": low + 1}),
).map(lambda limits: {"type": "number", **limits})
texts = st.one_of(
    bounds(0, 40, ("minLength", "maxLength")),
    st.sampled_from(["date-time", "date", "uuid", "email", "ipv4", "uri"]).map(
        lambda name: {"format": name}
    ),
    st.sampled_from(
        [
            "^[A-Z]{3}-[0-9]{4}$",
            "^(cat|dog)s?$",
            r"^\d{1,3}(\.\d{1,3}){3}$",
            "^[^a-z]+$",
            r"^[\w.+-]+@[\w-]+\.[a-z]{2,}$",
            "x",
            "a|b",
            "^#(?:[0-9a-fA-F]{3}){1,2}$",
        ]
    ).map(lambda pattern: {"pattern": pattern}),
).map(lambda limits: {"type": "string", **limits})
fixed = st.one_of(
    st.lists(st.one_of(st.integers(), st.text(), st.booleans()), min_size=1, max_size=3).map(
        lambda options: {"enum": options}
    ),
    st.one_of(st.none(), st.integers(), st.text()).map(lambda value: {"const": value}),
)
scalars = st.one_of(integers, numbers, texts, fixed, st.just({"type": ["null", "boolean"]}))
names = st.sampled_from(string.ascii_lowercase[:6])


def composed(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    arrays = st.tuples(inner, bounds(0, 5, ("minItems", "maxItems"))).map(
        lambda pair: {"type": "array", "items": pair[0], **pair[1]}
    )
    objects = st.tuples(
        st.dictionaries(names, inner, max_size=4),
        st.lists(names, max_size=3, unique=True),
        st.one_of(st.just({}), inner.map(lambda each: {"additionalProperties": each})),
    ).map(
        lambda parts: {
            "type": "object",
            "properties": parts[0],
            "required": parts[1],
            **parts[2],
        }
    )
    anything = st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each})
    all_of = st.tuples(objects, st.dictionaries(names, integers, max_size=2)).map(
        lambda pair: {
            "allOf": [
                {k: v for k, v in pair[0].items() if k != "additionalProperties"},
                {
                    "type": "object",
                    "properties": {f"other_{key}": each for key, each in pair[1].items()},
                    "required": [f"other_{key}" for key in pair[1]],
                },
            ]
        }
    )
    return st.one_of(arrays, objects, anything, all_of)


@settings(max_examples=150, deadline=None)
@given(st.recursive(scalars, composed, max_leaves=12))
def test_an_example_fits_its_schema(schema: Json) -> None:
    jsonschema_rs.Draft202012Validator(schema).validate(made(schema))


@settings(max_examples=50, deadline=None)
@given(st.recursive(scalars, composed, max_leaves=12))
def test_the_same_schema_gives_the_same_example(schema: Json) -> None:
    assert made(schema) == made(schema)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=5,
)
KEYWORDS = """
$ref type properties items required allOf oneOf anyOf enum const minimum maximum minLength
maxLength pattern format multipleOf minItems maxItems uniqueItems additionalProperties
nullable exclusiveMinimum discriminator prefixItems examples example minProperties
readOnly
"""
keywords = st.sampled_from(KEYWORDS.split())
nonsense = st.recursive(
    json_values, lambda inner: st.dictionaries(keywords, inner, max_size=5), max_leaves=20
)


@settings(max_examples=150, deadline=None)
@given(nonsense)
def test_nonsense_gives_a_value_or_a_clear_error(schema: Any) -> None:
    with suppress(EndlessError):
        made(schema)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 5, "exclusiveMinimum": True}, 6),
        ({"type": "number", "multipleOf": 0.1, "minimum": 2.25}, 2.3),
        ({"type": "integer", "maximum": -3, "multipleOf": 2}, -4),
        ({"type": "string", "format": "uuid"}, "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
        ({"type": "string", "maxLength": 3}, "str"),
        ({"type": ["null", "string"]}, "string"),
        ({"type": "null"}, None),
        ({"const": None}, None),
        ({"default": 7, "type": "integer"}, 7),
        ({"example": 8, "default": 7}, 8),
        ({"examples": [9], "default": 7}, 9),
        ({"enum": ["b", "a"]}, "b"),
        ({"minimum": 3}, 3),
        ({"items": {"type": "boolean"}}, [True]),
        ({"properties": {"a": {"format": "date"}}}, {"a": "2026-01-15"}),
        ({}, {}),
        (
            {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3},
            [1, 2, 3],
        ),
        ({"prefixItems": [{"const": 1}, {"const": "x"}], "items": False}, [1, "x"]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"key0": 1}),
        ({"type": "object", "additionalProperties": True}, {}),
    ],
)
def test_small_schemas_give_plain_examples(schema: Json, value: object) -> None:
    assert made(schema) == value


def test_unique_entries_differ() -> None:
    for items in ({"type": "string"}, {"type": "integer"}, {"type": "string", "format": "uuid"}):
        entries = made({"type": "array", "items": items, "uniqueItems": True, "minItems": 4})
        assert len(set(entries)) == 4


def test_read_only_properties_are_not_in_requests_nor_write_only_ones_in_responses() -> None:
    properties = {"id": {"type": "integer", "readOnly": True}, "secret": {"writeOnly": True}}
    schema = {"type": "object", "properties": properties, "required": ["id", "secret"]}
    assert made(schema) == {"id": 1}
    assert made(schema, for_request=True) == {"secret": {}}


def test_deprecated_properties_can_be_left_out() -> None:
    schema = {"properties": {"old": {"type": "string", "deprecated": True}, "new": {"const": 1}}}
    assert made(schema) == {"old": "string", "new": 1}
    assert made(schema, deprecated=False) == {"new": 1}


def test_a_schema_that_contains_itself_ends_where_it_may() -> None:
    tree = {
        "properties": {
            "value": {"type": "integer"},
            "left": ref("Tree"),
            "wrapped": {"allOf": [ref("Tree")]},
            "children": {"type": "array", "items": ref("Tree")},
        },
        "required": ["value", "children"],
    }
    assert made(ref("Tree"), {"Tree": tree}) == {"value": 1, "children": []}
    chain = {
        "properties": {"next": {"oneOf": [ref("Chain"), {"type": "null"}]}},
        "required": ["next"],
    }
    assert made(ref("Chain"), {"Chain": chain}) == {"next": None}


def test_a_schema_that_must_contain_itself_has_no_example() -> None:
    with pytest.raises(EndlessError):
        made(ref("A"), {"A": {"properties": {"a": ref("A")}, "required": ["a"]}})
    with pytest.raises(EndlessError):
        made(False)


def test_references_in_circles_mean_nothing() -> None:
    assert made(ref("A"), {"A": ref("B"), "B": ref("A")}) == {}
    assert made(ref("A"), {"A": {"allOf": [ref("A"), {"const": 1}]}}) == 1


def test_a_discriminator_names_the_branch() -> None:
    pet = {
        "oneOf": [ref("Dog"), ref("Cat")],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"dog": "#/components/schemas/Dog"},
        },
    }
    dog = {"properties": {"kind": {"type": "string"}, "bark": {"type": "boolean"}}}
    assert made(ref("Pet"), {"Pet": pet, "Dog": dog}) == {"kind": "dog", "bark": True}
    base = {
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind"},
    }
    cat = {"allOf": [ref("Base"), {"properties": {"lives": {"const": 9}}}]}
    assert made(ref("Cat"), {"Base": base, "Cat": cat}) == {"kind": "Cat", "lives": 9}


def test_a_branch_that_includes_its_base_again_is_no_circle() -> None:
    schemas = {
        "Pet": {"oneOf": [ref("Dog")], "properties": {"name": {"const": "Rex"}}},
        "Dog": {"allOf": [ref("Pet"), {"properties": {"bark": {"const": True}}}]},
    }
    assert made(ref("Pet"), schemas) == {"name": "Rex", "bark": True}


@pytest.mark.parametrize(
    "hostile",
    [
        {f"S{n}": {"properties": {k: ref(f"S{n + 1}") for k in "abcdef"}} for n in range(50)},
        {
            f"S{n}": {
                "properties": {k: ref(f"S{n + 1}") for k in "abcdef"},
                "required": list("abcdef"),
            }
            for n in range(50)
        },
        {f"S{n}": {"allOf": [ref(f"S{n + 1}")] * 50} for n in range(50)},
        {f"S{n}": {"anyOf": [ref(f"S{(n + k) % 50}") for k in range(50)]} for n in range(50)},
        {f"S{n}": {"properties": {f"p{k}": ref(f"S{k}") for k in range(50)}} for n in range(50)},
        {"S0": {"type": "array", "minItems": 10**9, "items": {"type": "string"}}},
        {"S0": {"type": "string", "minLength": 10**9}},
        {"S0": {"type": "object", "minProperties": 10**9}},
        {"S0": {"type": "string", "pattern": "((((a{999}){999}){999}){999})"}},
        {"S0": {"enum": list(range(100_000))}},
        {"S0": {"type": "number", "multipleOf": 1e-300, "minimum": 1e300}},
    ],
)
def test_hostile_schemas_stay_within_the_budget(hostile: Json) -> None:
    try:
        value = made(ref("S0"), hostile)
    except EndlessError:
        return
    assert len(repr(value)) < 40 * MAX_REQUIRED


def test_schemas_nested_inline_end_at_the_levels() -> None:
    for wrap in (
        lambda inner: {"properties": {"a": inner}},
        lambda inner: {"anyOf": [inner]},
        lambda inner: {"items": inner, "minItems": 1},
        lambda inner: {"allOf": [inner]},
    ):
        schema: Json = {"const": 1}
        for _ in range(1000):
            schema = wrap(schema)
        try:
            value, depth = made(schema), 0
        except EndlessError:
            continue
        while value and value != 1:
            value, depth = value.get("a"), depth + 1
        assert depth <= MAX_LEVELS


def test_the_work_for_a_whole_document_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postiche.importers.schemas.MAX_WORK", 100)
    maker = Maker(References({"a": {"const": 1}}))
    assert maker.example({"$ref": "#/a"}) == 1
    with suppress(EndlessError):
        for _ in range(100):
            maker.example({"type": "string"})
    with pytest.raises(EndlessError):
        maker.example({"type": "string"})
    assert maker.example({"$ref": "#/a"}) == 1
