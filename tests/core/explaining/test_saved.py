"""What strangers are shown of a saved request: what is written, no values, no credentials."""

import pytest

from postiche.core.explaining.saved import (
    LONGEST,
    NOT_SHOWN,
    SavedRequestView,
    shown_path,
    shown_value,
)
from postiche.model import BodyMode, Example, RequestBody
from tests.core.building import example, plan, planned, raw

SECRET = "s3cret"


def view(saved: Example, *, public: bool = True) -> SavedRequestView:
    made = plan(saved, environment={"token": SECRET, "base": f"https://h/{SECRET}", "who": "ann"})
    return SavedRequestView(planned(made)[0], public=public)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("", "(empty)"),
        ("a\nb\x1b", r"a\nb\x1b"),
        ("é", "é"),
        ("\ud800", r"\ud800"),
    ],
)
def test_values_are_shown_on_one_line(text: str, shown: str) -> None:
    assert shown_value(text) == shown


def test_long_values_are_cut() -> None:
    assert len(shown_value("x" * 1000)) == LONGEST


def test_a_slash_inside_a_segment_is_shown_encoded() -> None:
    assert shown_path("/a\ufdd0b") == "/a%2Fb"


def test_who_may_read_the_environment_sees_its_values() -> None:
    saved = example("/{{who}}?t={{token}}", sends={"Authorization": "Bearer {{token}}"})
    shown = view(saved, public=False)
    assert shown.path == "/ann"
    assert shown.parameter("t", SECRET) == SECRET
    assert shown.header("authorization") == f"Bearer {SECRET}"
    assert not shown.hides_path
    assert not shown.hides_query
    assert not shown.hides_header("authorization")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/users/{{id}}", "/users/{{id}}"),
        ("https://{{host}}/users/:id", "/users/:id"),
        ("/{{who}}/cats", "/{{who}}/cats"),
        ("{{base}}/cats", "/cats"),
    ],
)
def test_strangers_see_a_path_as_it_is_written(url: str, path: str) -> None:
    shown = view(example(url))
    assert shown.path == path
    assert shown.hides_path == ("who" in url or "base" in url)


def test_strangers_see_no_query_values_that_variables_fill_in() -> None:
    shown = view(example("/?page=1&t={{token}}&{{token}}=2"))
    assert shown.parameter("page", "1") == "1"
    assert shown.parameter("t", SECRET) == "{{...}}"
    assert shown.query_key(SECRET) == "{{...}}"
    assert shown.hides_query
    assert not view(example("/?page=1&x={{nobody}}")).hides_query


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("X-Site", "york", "york"),
        ("X-Token", "{{token}}", NOT_SHOWN),
        ("X-Token", "{{nobody}}", "{{nobody}}"),
        ("Authorization", "Bearer spelled-out", NOT_SHOWN),
        ("Cookie", "a=1", NOT_SHOWN),
        ("x-api-key", "k", NOT_SHOWN),
    ],
)
def test_strangers_see_neither_credentials_nor_filled_in_headers(
    name: str, value: str, told: str
) -> None:
    shown = view(example("/", sends={name: value}))
    assert shown.header(name.lower()) == told
    assert shown.hides_header(name.lower()) == (told == NOT_SHOWN)
    assert shown.header("absent") is None
    assert not shown.hides_header("absent")


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        (raw('{"a": 1}'), False),
        (raw('{"a": "{{token}}"}'), True),
        (raw('{"a": "{{nobody}}"}'), False),
        (RequestBody(BodyMode.URLENCODED, fields=(("a", "{{token}}"),)), True),
        (RequestBody(BodyMode.GRAPHQL, "{ a }", variables='{"t": "{{token}}"}'), True),
        (None, False),
    ],
)
def test_strangers_see_no_body_that_variables_fill_in(
    body: RequestBody | None, hidden: bool
) -> None:
    assert view(example("/", sends_body=body)).hides_body == hidden
    assert not view(example("/", sends_body=body), public=False).hides_body


def test_header_names_are_as_the_example_has_them() -> None:
    shown = view(example("/", sends={"X-Site": "york"}))
    assert shown.header_name("x-site") == "X-Site"
    assert shown.header_name("x-team") is None
