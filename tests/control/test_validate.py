import pytest

from postiche.control.validate import NO_NUL, OUTLINE_ENTRIES, compile_schema

PET = compile_schema(
    {
        "type": "object",
        "required": ["name", "kind"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": NO_NUL},
            "kind": {"enum": ["dog", "cat", None]},
            "age": {"type": "integer", "minimum": 0, "maximum": 99},
            "code": {"pattern": "^[a-z]+$"},
            "toys": {"type": ["array", "null"], "items": {"type": "object", "required": ["id"]}},
            "house": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
        },
    }
)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"name": "Rex"}, ": must have required property 'kind'"),
        ({"name": 7, "kind": "dog"}, "name: must be string"),
        ({"name": "", "kind": "dog"}, "name: must NOT have fewer than 1 characters"),
        ({"name": "Rexxxx", "kind": "dog"}, "name: must NOT have more than 5 characters"),
        ({"name": "a\0b", "kind": "dog"}, "name: must not contain NUL"),
        ({"name": "Rex", "kind": "cow"}, "kind: must be one of dog, cat, null"),
        ({"name": "Rex", "kind": "dog", "age": -1}, "age: must be >= 0"),
        ({"name": "Rex", "kind": "dog", "age": 100}, "age: must be <= 99"),
        ({"name": "Rex", "kind": "dog", "age": 1.5}, "age: must be integer"),
        ({"name": "Rex", "kind": "dog", "code": "A"}, 'code: must match pattern "^[a-z]+$"'),
        ({"name": "Rex", "kind": "dog", "toys": 1}, "toys: must be null,array"),
        (
            {"name": "Rex", "kind": "dog", "toys": [{}]},
            "toys.0: must have required property 'id'",
        ),
        ({"name": "Rex", "kind": "dog", "house": {"b": 1}}, "house.b: must be a known property"),
        ([], ": must be object"),
    ],
)
def test_complaints_read_like_ajv(value: object, complaint: str) -> None:
    assert [str(each) for each in PET(value)] == [complaint]


def test_a_valid_value_has_no_complaints() -> None:
    assert PET({"name": "Rex", "kind": None, "toys": None, "more": object}) == ()


def test_complaints_near_the_root_come_first() -> None:
    found = PET({"name": "", "age": -1, "toys": [{}]})
    assert str(found[0]) == ": must have required property 'kind'"
    assert [len(each.path) for each in found] == [0, 1, 1, 2]


def test_paths_begin_with_the_root_given() -> None:
    complaints = compile_schema({"type": "object", "required": ["name"]}, "pet")
    (complaint,) = complaints({})
    assert str(complaint) == "pet: must have required property 'name'"
    assert complaint.subject == "pet.name"


def test_a_wrong_type_is_named_with_what_was_expected() -> None:
    (complaint,) = PET({"name": None, "kind": "dog"})
    assert (complaint.actual, complaint.expected) == ("null", ("string",))


TREE = compile_schema(
    {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "required": ["leaf"],
                "properties": {"leaf": {"$ref": "#/$defs/node"}},
            }
        },
    }
)


def test_a_mistake_far_down_is_found_and_none_is_made_up() -> None:
    value: object = {"leaf": 5}
    for _ in range(9):
        value = {"leaf": value}
    assert [str(each) for each in TREE(value)] == [f"{'.'.join(['leaf'] * 10)}: must be object"]


def test_a_mistake_far_down_a_list_is_found() -> None:
    toys = [{"id": n} for n in range(OUTLINE_ENTRIES)] + [{}]
    (complaint,) = PET({"name": "Rex", "kind": "dog", "toys": toys})
    assert complaint.where == f"toys.{OUTLINE_ENTRIES}"


def test_of_a_list_full_of_mistakes_only_the_first_few_are_told() -> None:
    # Each one told costs memory; a body of megabytes must not make millions of them.
    found = PET({"name": "Rex", "kind": "dog", "toys": [0] * 1000})
    assert len(found) == OUTLINE_ENTRIES
