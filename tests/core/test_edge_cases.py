"""Cases that a review of the core found wrong, each kept right."""

from typing import Any

import orjson
import pytest

from postiche.core.bodies import SentBody, json_key, multipart_text_fields, saved_body
from postiche.core.collection import read_collection
from postiche.core.directives import read_directives
from postiche.core.plan import compile_plan
from postiche.core.reply import content_type
from postiche.core.urls import url_text
from postiche.model import BodyMode, MockConfig, Request, RequestBody

from .building import answered, example, get, plan, planned, post, winner

FORM_DATA = RequestBody(BodyMode.FORMDATA, fields=(("a", "1"),))


def nest(n: int) -> Any:
    return orjson.loads(b"[" * n + b"]" * n)


# --- A: exceptions, hence 5xx ---
@pytest.mark.parametrize("boundary", ["x" * 257, "\u1234"])
def test_bodies_a_boundary_that_no_parser_takes_is_no_form_data(boundary: Any) -> None:
    assert multipart_text_fields(b"x", f"multipart/form-data; boundary={boundary}") is None


def test_render_a_long_boundary_breaks_no_reply() -> None:
    made = plan(example(method="POST", body="{{$body 'a' 'none'}}"))
    asked = post("/", "x", {"content-type": "multipart/form-data; boundary=" + "x" * 300})
    assert answered(made, asked).body == b"none"


@pytest.mark.parametrize("place", ["name", "id", "response"])
def test_collection_deep_json_is_read_or_refused(place: Any) -> None:
    item = {"request": {"url": {"path": [nest(900)]}}, place: nest(900)}
    read_collection(
        {
            "item": [
                item,
                {
                    "name": nest(900),
                    "response": [
                        {
                            "code": nest(900),
                            "name": nest(900),
                            "body": nest(900),
                            "originalRequest": {
                                "url": "/",
                                "header": [{"key": "a", "value": nest(900)}],
                            },
                        }
                    ],
                },
            ]
        }
    )


def test_urls_deep_json_in_a_url_makes_text() -> None:
    assert isinstance(url_text({"host": ["h"], "port": nest(1000), "path": [nest(1000)]}), str)


def test_render_a_position_of_five_thousand_digits_is_no_segment() -> None:
    saved = example(body="{{$pathSegments '" + "1" * 5000 + "' 'none'}}")
    assert answered(plan(saved), get("/")).body == b"none"


def test_bodies_a_lone_surrogate_in_a_field_does_not_stop_a_plan() -> None:
    compile_plan(
        read_collection(
            {
                "item": [
                    {
                        "response": [
                            {
                                "originalRequest": {
                                    "method": "POST",
                                    "url": "/",
                                    "body": {
                                        "mode": "urlencoded",
                                        "urlencoded": [{"key": "a", "value": "\ud800"}],
                                    },
                                }
                            }
                        ]
                    }
                ]
            }
        )
    )


# --- B: wrong answers ---
@pytest.mark.parametrize("variables", ["{{vars}}", "{broken"])
def test_bodies_graphql_with_broken_variables_equals_no_arbitrary_body(variables: Any) -> None:
    saved = saved_body(RequestBody(BodyMode.GRAPHQL, "{me}", variables=variables), ())
    assert not saved.equals(SentBody(post("/", "anything at all")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9223372036854775808", "9223372036854775808.0"),
        ("18446744073709551615", "18446744073709551616"),
        ("9007199254740993", "9007199254740992"),
    ],
)
def test_bodies_large_numbers_are_equal_as_in_javascript(one: Any, other: Any) -> None:
    assert json_key(one.encode()) == json_key(other.encode())


def test_urls_json_scalars_are_written_as_in_json() -> None:
    assert (
        url_text({"path": [True, 1], "query": [{"key": "a", "value": False}]}) == "/true/1?a=false"
    )


def test_reply_completing_a_type_twice_is_completing_it_once() -> None:
    once = content_type('text/plain; charset="x"y')
    assert content_type(once) == once


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1", "disabled": True}]},
        {"mode": "formdata", "formdata": [{"key": "a", "type": "file", "disabled": True}]},
        {"mode": "urlencoded", "urlencoded": ""},
        {"mode": "graphql", "graphql": {"query": "", "variables": ""}},
    ],
)
def test_collection_a_body_that_sends_nothing_is_none(body: Any) -> None:
    read = read_collection(
        {"item": [{"response": [{"originalRequest": {"url": "/", "body": body}}]}]}
    )
    (saved,) = read.examples()
    assert saved.request_body is None


def test_directives_a_header_list_sent_in_two_lines_is_one_list() -> None:
    lines = (("x-mock-match-request-headers", "A"), ("x-mock-match-request-headers", "B"))
    assert read_directives(MockConfig(), Request("GET", "/", lines)).match_headers == {"a", "b"}


def test_match_a_name_saved_with_spaces_around_can_be_asked_for() -> None:
    made = plan(example(name=" padded "))
    assert winner(made, get("/", {"x-mock-response-name": "padded"})) == " padded "


def test_plan_a_path_variable_may_have_a_variable_for_a_suffix() -> None:
    (made,) = planned(plan(example("/users/:id.{{format}}")))
    assert made.path.names == ("id", "format")


def test_render_a_unit_separator_in_a_path_comes_out_as_it_came() -> None:
    made = plan(example("/{{a}}", body="{{a}}"))
    assert answered(made, get("/%1F")).body == b"\x1f"


def test_bodies_a_urlencoded_body_does_not_equal_form_data() -> None:
    sent = SentBody(post("/", "a=1", {"content-type": "application/x-www-form-urlencoded"}))
    assert not saved_body(FORM_DATA, ()).equals(sent)
