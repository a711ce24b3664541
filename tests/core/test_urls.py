"""A saved URL becomes text from its parts, and text becomes a path and a query."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.urls import path_variable, shown, split_url, url_text

from .building import QUICK

HOST = {"host": ["api", "test"]}


def path_of(text: str) -> str:
    return shown(split_url(text).path)


def query_of(text: str) -> str:
    return shown(split_url(text).query)


# --- from parts to text ---------------------------------------------------------------


def test_a_url_that_is_a_string_is_taken_as_it_stands() -> None:
    assert url_text("{{url}}/users?a=1") == "{{url}}/users?a=1"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"protocol": "https", **HOST, "path": ["users", "7"]}, "https://api.test/users/7"),
        ({"host": "api.test", "path": "users/7"}, "api.test/users/7"),
        ({"host": "api.test", "path": "/users/7"}, "api.test/users/7"),
        ({"host": ["{{url}}"], "port": "8080", "path": ["users"]}, "{{url}}:8080/users"),
        ({"host": ["localhost"], "port": 8080}, "localhost:8080"),
        ({"protocol": "{{scheme}}", **HOST, "path": ["a"]}, "{{scheme}}://api.test/a"),
        ({"protocol": "https", "path": ["users"]}, "/users"),
        ({**HOST, "path": ["users", ""]}, "api.test/users/"),
        ({**HOST, "path": [""]}, "api.test/"),
        ({**HOST, "path": "/"}, "api.test/"),
        ({**HOST, "path": []}, "api.test"),
        ({**HOST, "path": [{"type": "string", "value": "users"}, 7]}, "api.test/users/7"),
        ({**HOST, "path": ["users"], "hash": "top"}, "api.test/users"),
        ({}, ""),
    ],
)
def test_the_parts_of_a_url_make_its_text(parts: dict[str, Any], text: str) -> None:
    assert url_text(parts) == text


def test_the_parts_win_over_a_raw_text_that_disagrees() -> None:
    assert url_text({"raw": "https://old/path", **HOST, "path": ["new"]}) == "api.test/new"


def test_raw_stands_in_where_there_are_no_parts() -> None:
    assert url_text({"raw": "https://api.test/users"}) == "https://api.test/users"


def test_a_raw_that_is_no_text_is_nothing() -> None:
    assert url_text({"raw": 7}) == ""


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ([{"key": "a", "value": "1"}, {"key": "b", "value": ""}], "/?a=1&b="),
        ([{"key": "flag", "value": None}], "/?flag"),
        ([{"key": "flag"}], "/?flag"),
        ([{"key": None, "value": "1"}], "/?=1"),
        ([{"key": "n", "value": 7}], "/?n=7"),
        ([{"key": "a", "value": "1"}, {"key": "b", "value": "2", "disabled": True}], "/?a=1"),
        ([{"key": "a", "value": "1", "disabled": True}], "/"),
        ([{"key": "a", "value": "x&y#z"}], "/?a=x%26y%23z"),
        ([{"key": "a=b", "value": "c=d"}], "/?a%3Db=c=d"),
        ([{"key": "a", "value": "{{b&c}}"}], "/?a={{b&c}}"),
        ("a=1&b=2", "/?a=1&b=2"),
        ("", "/"),
        (None, "/"),
        (["a=1", 7, None], "/"),
    ],
)
def test_enabled_query_parameters_follow_the_path(query: object, text: str) -> None:
    assert url_text({"path": [""], "query": query}) == text


@pytest.mark.parametrize(
    ("path", "variables", "text"),
    [
        (["users", ":id"], [{"key": "id", "value": "7"}], "/users/7"),
        (["users", ":id"], [{"id": "id", "value": "7"}], "/users/7"),
        (["users", ":id"], [{"key": "id", "value": 7}], "/users/7"),
        (["users", ":id"], [{"key": "id", "value": ""}], "/users/:id"),
        (["users", ":id"], [{"key": "id", "value": None}], "/users/:id"),
        (["users", ":id"], [{"key": "id", "value": "7", "disabled": True}], "/users/:id"),
        (["users", ":id"], [{"key": "other", "value": "7"}], "/users/:id"),
        (["users", ":id"], [{"key": "id", "value": "{{user}}"}], "/users/{{user}}"),
        (["users", ":id.json"], [{"key": "id", "value": "7"}], "/users/7.json"),
        (["users", ":id.json"], [{"key": "id.json", "value": "7"}], "/users/7"),
        (["users", ":id.json"], [{"key": "id", "value": ""}], "/users/:id.json"),
        ("users/:id", [{"key": "id", "value": "7"}], "/users/7"),
        (["users", "a:id"], [{"key": "id", "value": "7"}], "/users/a:id"),
        (["users", ":"], [{"key": "", "value": "7"}], "/users/:"),
        (["users", ":id"], "nonsense", "/users/:id"),
        (["users", ":id"], ["nonsense"], "/users/:id"),
    ],
)
def test_a_path_variable_is_replaced_by_its_value_if_it_has_one(
    path: object, variables: object, text: str
) -> None:
    assert url_text({"path": path, "variable": variables}) == text


@pytest.mark.parametrize(
    ("segment", "parts"),
    [
        (":id", ("id", "")),
        (":id.json", ("id", ".json")),
        (":id.tar.gz", ("id", ".tar.gz")),
        (":", None),
        (":.json", None),
        ("id", None),
        ("a:id", None),
        ("", None),
    ],
)
def test_a_path_variable_is_a_colon_a_name_and_maybe_a_suffix(
    segment: str, parts: tuple[str, str] | None
) -> None:
    assert path_variable(segment) == parts


SCALARS = st.none() | st.booleans() | st.integers(-9, 9999) | st.text(max_size=6)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
PARTS = ("raw", "protocol", "host", "port", "path", "query", "variable", "hash")


@QUICK
@given(st.dictionaries(st.sampled_from(PARTS), JSON))
def test_any_json_in_any_part_makes_some_text_that_splits(parts: dict[str, Any]) -> None:
    assert split_url(url_text(parts)).path.startswith("/")


# --- from text to path and query ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("https://api.test/users/7", "/users/7"),
        ("https://api.test:8080/users", "/users"),
        ("https://me:secret@api.test/users", "/users"),
        ("api.test/users", "/users"),
        ("localhost:8080/users", "/users"),
        ("{{url}}/users", "/users"),
        ("{{scheme}}://{{host}}:{{port}}/users", "/users"),
        ("{{a/b}}/users", "/users"),
        ("/users", "/users"),
        ("//accounts", "//accounts"),
        ("https://api.test", "/"),
        ("https://api.test/", "/"),
        ("https://api.test?a=1", "/"),
        ("{{url}}", "/"),
        ("", "/"),
        ("  /users  ", "/users"),
        ("/users/", "/users/"),
        ("/users#top", "/users"),
        ("/users?next=https://other.test/path", "/users"),
        ("/go/https://other.test", "/go/https://other.test"),
        ("/users/{{a?b#c/d}}/e", "/users/{{a?b#c/d}}/e"),
    ],
)
def test_only_the_path_of_a_url_is_kept(text: str, path: str) -> None:
    assert path_of(text) == path


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("/users?a=1&b=2", "a=1&b=2"),
        ("/users?a=1#top", "a=1"),
        ("/users#top?a=1", ""),
        ("/users?", ""),
        ("/users?a=b?c", "a=b?c"),
        ("https://api.test?a=1", "a=1"),
        ("/users?a={{x&y=z}}", "a={{x&y=z}}"),
    ],
)
def test_the_query_is_what_stands_between_question_mark_and_hash(text: str, query: str) -> None:
    assert query_of(text) == query


def test_a_variable_name_cannot_split_the_path_into_more_segments() -> None:
    assert split_url("/users/{{a/b}}").path.count("/") == 2


@QUICK
@given(st.text(alphabet="/?#:{}a&= ", max_size=20))
def test_any_text_has_a_path(text: str) -> None:
    assert split_url(text).path.startswith("/")
