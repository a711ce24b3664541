import jsonschema_rs
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.importers.inference import MAX_LEVELS, schema_of, value_in


def test_schemas_are_told_from_values() -> None:
    assert schema_of({"a": [1.5], "b": None, "c": [], "d": [1, "x"]}) == {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "number", "example": 1.5}},
            "b": {"nullable": True},
            "c": {"type": "array", "items": {}},
            "d": {"type": "array", "items": {}},
        },
    }


def test_texts_that_are_no_json_or_too_deep_hold_nothing() -> None:
    assert value_in("{") is None
    assert value_in('{"a": 1}') == {"a": 1}
    assert value_in("[" * MAX_LEVELS + "]" * MAX_LEVELS) is not None
    assert value_in("[" * (MAX_LEVELS + 1) + "]" * (MAX_LEVELS + 1)) is None


scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=5))
values = st.recursive(
    scalars, lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@settings(max_examples=50, deadline=None)
@given(values)
def test_a_value_fits_its_schema(value: object) -> None:
    jsonschema_rs.Draft4Validator(schema_of(value)).validate(orjson.loads(orjson.dumps(value)))
