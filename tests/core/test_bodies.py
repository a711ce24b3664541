"""Bodies are equal by what they mean: JSON by value, forms by their pairs, all else as text."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core import bodies
from postiche.core.bodies import (
    SavedBody,
    SentBody,
    json_key,
    media_type,
    multipart_text_fields,
    saved_body,
    urlencoded,
)
from postiche.model import BodyMode, RequestBody

from .arbitrary import latin_1
from .building import QUICK, post, raw

FORM = "application/x-www-form-urlencoded"
FORM_DATA = "multipart/form-data; boundary=cut"
JSON = "application/json"


def sent(body: str | bytes, content_type: str | None = None) -> SentBody:
    return SentBody(post("/", body, {} if content_type is None else {"content-type": content_type}))


def saved(body: RequestBody | None, content_type: str | None = None) -> SavedBody:
    return saved_body(body, () if content_type is None else (("content-type", content_type),))


def parts(*named: tuple[str, str]) -> bytes:
    """A form-data body of text fields; a name may carry further parameters."""
    text = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}\r\n\r\n{value}\r\n'
        for name, value in named
    )
    return f"{text}--cut--\r\n".encode()


# --- content types --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/plain ;a=b", "text/plain"),
        ("", None),
        (" ; charset=utf-8", None),
        (None, None),
    ],
)
def test_a_media_type_has_no_parameters_and_no_case(
    header: str | None, expected: str | None
) -> None:
    assert media_type(header) == expected


def test_a_saved_body_knows_its_media_type_even_if_it_is_empty() -> None:
    assert saved(None, "application/json; charset=utf-8").media_type == "application/json"


# --- no body, raw text ----------------------------------------------------------------


def test_no_saved_body_equals_an_empty_one_only() -> None:
    assert saved(None).equals(sent(b""))
    assert not saved(None).equals(sent(b" "))


def test_raw_text_equals_itself_to_the_byte() -> None:
    assert saved(raw("<a>J\u00f6rg</a>")).equals(sent("<a>J\u00f6rg</a>"))
    assert not saved(raw("<a/>")).equals(sent("<a />"))


def test_text_that_is_no_json_on_both_sides_is_not_equal_for_that() -> None:
    assert not saved(raw("{a}")).equals(sent("{b}"))


# --- json -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a":1,"b":[2,3]}', ' { "b" : [ 2, 3 ], "a" : 1 }\n'),
        ("1", "1.0"),
        ("100", "1e2"),
        ("0", "-0.0"),
        ('"\u00f6"', '"\\u00f6"'),
        ('{"a":1,"a":2}', '{"a":2}'),
        ("[[1.0,{}]]", "[[1,{}]]"),
        ("1e300", "1.0e+300"),
    ],
)
def test_json_is_equal_by_value(one: str, other: str) -> None:
    assert saved(raw(one)).equals(sent(other))
    assert saved(raw(other)).equals(sent(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[1,2]", "[2,1]"),
        ("1", "true"),
        ("0", "false"),
        ("0", "null"),
        ('"1"', "1"),
        ("{}", "[]"),
        ('{"a":null}', "{}"),
        ('{"a":1}', '{"A":1}'),
        ("1.5", "1"),
        ("9007199254740992", "9007199254740990"),
    ],
)
def test_json_of_different_values_is_not_equal(one: str, other: str) -> None:
    assert not saved(raw(one)).equals(sent(other))


def test_json_is_compared_by_value_under_any_content_type() -> None:
    assert saved(raw('{"a": 1}'), "text/plain").equals(sent('{"a":1}', "text/plain"))


@pytest.mark.parametrize("text", [b"", b"{", b"{a:1}", b"\xff", b"NaN", b"'a'", b"[" * 5000])
def test_what_is_no_json_has_no_key(text: bytes) -> None:
    assert json_key(text) is None


def nested(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


def test_very_deep_json_still_equals_itself_as_text() -> None:
    assert json_key(nested(600)) is None
    assert saved(raw(nested(600).decode())).equals(sent(nested(600)))


def test_deep_json_is_compared_by_value_up_to_two_hundred_levels() -> None:
    assert saved(raw(nested(200).decode())).equals(sent(b" " + nested(200)))


NUMBERS = (
    st.sampled_from([0, 1, -1, 0.0, -0.0, 1.0, 1.5, 2**53, 1e20, True, False])
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | NUMBERS | st.sampled_from(["", "a", "1", "\u00f6"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


def deep_equal(one: Any, other: Any) -> bool:
    """Equality as in JavaScript: numbers have one type, booleans are no numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        same_keys = one.keys() == other.keys()
        return same_keys and all(deep_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(deep_equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def respelled(value: Any) -> Any:
    """A deeply equal value: keys in the other order, whole numbers of the other type."""
    if isinstance(value, dict):
        return {key: respelled(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [respelled(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


@QUICK
@given(VALUES, VALUES)
def test_json_keys_are_equal_just_if_the_values_are(one: Any, other: Any) -> None:
    same = json_key(orjson.dumps(one)) == json_key(orjson.dumps(other))
    assert same == deep_equal(one, other)


@QUICK
@given(VALUES)
def test_another_spelling_of_a_value_has_the_same_key(value: Any) -> None:
    indented = orjson.dumps(respelled(value), option=orjson.OPT_INDENT_2)
    assert json_key(indented) == json_key(orjson.dumps(value)) is not None


# --- urlencoded -----------------------------------------------------------------------


def form(*fields: tuple[str, str]) -> RequestBody:
    return RequestBody(BodyMode.URLENCODED, fields=fields)


@pytest.mark.parametrize("text", ["a=1&b=x+y", "b=x%20y&a=1", "&a=1&b=x+y&"])
def test_a_form_is_equal_by_its_pairs_in_any_order(text: str) -> None:
    assert saved(form(("a", "1"), ("b", "x y"))).equals(sent(text, FORM))


@pytest.mark.parametrize("text", ["", "a=1", "a=1&b=x+y&b=x+y", "a=1&b=X+y", "a=1&b=x+y&c="])
def test_a_form_with_other_pairs_is_not_equal(text: str) -> None:
    assert not saved(form(("a", "1"), ("b", "x y"))).equals(sent(text, FORM))


def test_an_empty_value_of_a_form_counts() -> None:
    assert saved(form(("a", ""))).equals(sent("a=", FORM))
    assert urlencoded(b"a&b=") == [("a", ""), ("b", "")]


def test_a_raw_body_saved_as_a_form_is_compared_by_its_pairs() -> None:
    assert saved(raw("a=1&b=2"), FORM).equals(sent("b=2&a=1", FORM))
    assert not saved(raw("a=1&b=2"), "text/plain").equals(sent("b=2&a=1", "text/plain"))


# --- form-data ------------------------------------------------------------------------


def form_data(*fields: tuple[str, str]) -> RequestBody:
    return RequestBody(BodyMode.FORMDATA, fields=fields)


def test_form_data_is_equal_by_its_text_fields_in_any_order() -> None:
    body = parts(('b"', "two\r\nlines"), ('a"', "J\u00f6rg"))
    assert saved(form_data(("a", "J\u00f6rg"), ("b", "two\r\nlines"))).equals(sent(body, FORM_DATA))


def test_form_data_with_another_text_is_not_equal() -> None:
    assert not saved(form_data(("a", "1"))).equals(sent(parts(('a"', "2")), FORM_DATA))


def test_files_of_form_data_are_passed_over() -> None:
    body = parts(('a"', "1"), ('photo"; filename="a.png"', "bytes"))
    assert saved(form_data(("a", "1"))).equals(sent(body, FORM_DATA))


def test_repeated_fields_of_form_data_are_kept() -> None:
    body = parts(('a"', "1"), ('a"', "2"))
    assert multipart_text_fields(body, FORM_DATA) == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (parts(('a"', "1")), "multipart/form-data"),
        (parts(('a"', "1")), "multipart/form-data; boundary="),
        (parts(('a"', "1")), "multipart/form-data; boundary=other"),
        (b"nonsense", FORM_DATA),
        (parts(('a"', "1")), "application/json"),
        (b"--cut\r\n" + b"x" * 10_000, FORM_DATA),
    ],
)
def test_what_is_no_form_data_equals_no_saved_form_data(body: bytes, content_type: str) -> None:
    assert not saved(form_data(("a", "1"))).equals(sent(body, content_type))


@QUICK
@given(st.lists(st.sampled_from([b"--cut", b"--", b"\r\n", b"a", b":", b";", b'"', b"="])))
def test_no_body_breaks_the_form_data_parser(pieces: list[bytes]) -> None:
    fields = multipart_text_fields(b"".join(pieces), FORM_DATA)
    assert fields is None or isinstance(fields, list)


@QUICK
@given(st.lists(st.tuples(st.sampled_from("ab"), st.text("xy\r\n-\u00f6", max_size=5))))
def test_form_data_that_is_well_formed_is_read_back(fields: list[tuple[str, str]]) -> None:
    body = parts(*((f'{name}"', value) for name, value in fields))
    assert multipart_text_fields(body, FORM_DATA) == fields


# --- graphql and files ----------------------------------------------------------------


def graphql(query: str, variables: str = "") -> RequestBody:
    return RequestBody(BodyMode.GRAPHQL, query, variables=variables)


@pytest.mark.parametrize(
    ("variables", "body"),
    [
        ('{"id": 7}', {"query": "{me}", "variables": {"id": 7}}),
        ('{"id": 7}', {"variables": {"id": 7.0}, "query": "{me}", "operationName": "x"}),
        ('{"id": 7}', {"query": "{me}", "variables": '{"id":7}'}),
        ("", {"query": "{me}", "variables": {}}),
        ("", {"query": "{me}", "variables": None}),
        ("  ", {"query": "{me}"}),
        ("{}", {"query": "{me}", "variables": ""}),
    ],
)
def test_graphql_is_equal_by_query_and_variables(variables: str, body: dict[str, Any]) -> None:
    assert saved(graphql("{me}", variables)).equals(sent(orjson.dumps(body), JSON))


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{you}", "variables": {"id": 7}},
        {"query": "{me}", "variables": {"id": 8}},
        {"query": "{me}"},
        {"variables": {"id": 7}},
        ["{me}"],
        "{me}",
    ],
)
def test_graphql_of_another_query_or_other_variables_is_not_equal(body: object) -> None:
    assert not saved(graphql("{me}", '{"id": 7}')).equals(sent(orjson.dumps(body), JSON))


@pytest.mark.parametrize("body", [b"", b"anything"])
def test_a_file_equals_nothing(body: bytes) -> None:
    assert not saved(RequestBody(BodyMode.FILE)).equals(sent(body))


# --- a request's own fields -----------------------------------------------------------


def test_fields_are_read_from_either_kind_of_form() -> None:
    assert sent("a=1&b=2", FORM).fields == [("a", "1"), ("b", "2")]
    assert sent(parts(('a"', "1")), FORM_DATA).fields == [("a", "1")]


def test_other_bodies_have_no_fields() -> None:
    assert sent('{"a": 1}', JSON).fields is None
    assert sent("a=1").fields is None


MODES = st.sampled_from(
    [None, raw("a=1"), raw("{}"), form(("a", "1")), form_data(("a", "1")), graphql("{me}")]
)


@QUICK
@given(
    MODES, st.binary(max_size=40), latin_1 | latin_1.map("multipart/form-data; boundary=".__add__)
)
def test_any_body_under_any_content_type_is_equal_or_not(
    body: RequestBody | None, content: bytes, content_type: str
) -> None:
    assert saved(body, content_type).equals(sent(content, content_type)) in (True, False)


ODD_NUMBERS = st.sampled_from(
    ["1.0", "-0", "-0.0", "1e2", "1E2", "9007199254740993", "123456789012345", "0", "-7", "1.5"]
)
ODD_JSON = st.recursive(
    ODD_NUMBERS | st.sampled_from(['"3.5"', '"1e5"', "true", "null", '"f47ac10b-58cc-4372"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda found: "[" + " , ".join(found) + "]")
        | st.lists(inner, max_size=3).map(
            lambda found: "{" + ",".join(f'"k{i}":{v}' for i, v in enumerate(found)) + "}"
        )
    ),
    max_leaves=6,
)


@QUICK
@given(ODD_JSON)
def test_the_quick_way_to_a_json_key_gives_the_same_key(text: str) -> None:
    assert json_key(text.encode()) == bodies._canonical(orjson.loads(text))


@pytest.mark.parametrize("depth", [248, 249, 250, 251])
def test_deep_json_has_a_key_just_where_the_slow_way_gives_one(depth: int) -> None:
    text = b"[" * depth + b"]" * depth
    assert json_key(text) == bodies._canonical(orjson.loads(text))
