"""A request is read as far as somebody asks, and its points add up without dust."""

import pytest

from postiche.core.query import saved_parameters
from postiche.core.reading import Reading, points_of
from postiche.model import MockConfig

from .building import get, post, request


def test_path_and_query_are_decoded() -> None:
    call = Reading(get("/a%41?b=%31&a=x+y"), MockConfig())
    assert (call.path, call.pairs, call.query_count) == ("/aA", (("a", "x y"), ("b", "1")), 2)


def test_an_empty_path_is_a_slash() -> None:
    assert Reading(get("?a=1"), MockConfig()).path == "/"


def test_where_queries_do_not_count_there_are_no_parameters() -> None:
    call = Reading(get("/?a=1"), MockConfig(match_query_params=False))
    assert (call.pairs, call.query, call.query_points(saved_parameters("a=1"))) == ((), {}, 0.0)


def test_each_part_is_read_once() -> None:
    call = Reading(post("/?a=1", "{}", {"x-mock-match-request-body": "true"}), MockConfig())
    assert call.query is call.query
    assert call.body is call.body
    assert call.directives is call.directives
    assert call.wanted_headers is call.wanted_headers


def test_wanted_headers_are_those_listed_and_sent_trimmed() -> None:
    config = MockConfig(match_header=True, headers=("X-A", "X-B"))
    call = Reading(request("GET", "/", {"X-A": " 1 ", "X-C": "2"}), config)
    assert call.wanted_headers == {"x-a": "1"}


@pytest.mark.parametrize(
    ("target", "body", "match_body", "bonus"),
    [
        ("/", "", False, 0.0),
        ("/?a=1", "", False, 10.0),
        ("/", "x", False, 5.0),
        ("/?a=1", "x", False, 15.0),
        ("/?a=1", "x", True, 10.0),
    ],
)
def test_the_bonus_is_the_most_that_query_and_body_can_add(
    target: str, body: str, match_body: bool, bonus: float
) -> None:
    assert Reading(post(target, body), MockConfig(match_body=match_body)).bonus == bonus


@pytest.mark.parametrize(
    ("saved", "target", "points"),
    [("", "/", 0.0), ("", "/?a=1&b=2", -2.0), ("a=1", "/", -1.0), ("a=1", "/?a=1", 10.0)],
)
def test_a_query_adds_its_points(saved: str, target: str, points: float) -> None:
    assert Reading(get(target), MockConfig()).query_points(saved_parameters(saved)) == points


def test_points_add_up_to_nine_digits() -> None:
    assert points_of(100.0, 10 / 3, equal_body=False) == 103.333333333
    assert points_of(70.0, -1.0, equal_body=True) == 74.0
