"""Requests between examples: two wildcards, and a literal beside a wildcard."""

from typing import Any

from hypothesis import given, settings

from postiche.core.lint.crossings import crossings
from postiche.model import Example
from tests.core.building import example

from .arbitrary import configs, examples
from .linting import findings, rules, tried

ONE = example("/users/{{id}}", id="2", name="one user", body="1")
ME = example("/{{kind}}/me", id="1", name="me")


def test_a_request_that_two_wildcards_fit_equally_is_told_by_the_one_that_loses() -> None:
    found = [each for each in findings(ONE, ME) if each.rule == "tie-by-id"]
    assert [each.place.request for each in found] == ["one user"]
    assert found[0].message.startswith('GET /users/me fits this example and 200 "me"')
    assert "80 points each" in found[0].message


def test_a_literal_example_ends_the_tie() -> None:
    assert "tie-by-id" not in rules(ONE, ME, example("/users/me", name="both"))


def test_a_literal_id_that_answers_for_others_is_told() -> None:
    seven = example("/users/7?expand=1", name="seven", body="7")
    found = [each for each in findings(ONE, seven) if each.rule == "literal-takes-wildcard"]
    assert [each.place.request for each in found] == ["seven"]
    assert "89 points against 79" in found[0].message
    plain = example("/users/7", name="seven", body="7")
    assert "literal-takes-wildcard" not in rules(ONE, plain)
    same_query = example("/users/{{id}}?expand=1", name="any", body="x")
    assert "literal-takes-wildcard" not in rules(same_query, seven)


def test_a_uuid_is_an_id_as_well() -> None:
    uuid = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    saved = example(f"/users/{uuid}?expand=1", body="7")
    assert "literal-takes-wildcard" in rules(ONE, saved)


def test_a_wildcard_with_a_long_query_takes_requests_to_a_literal_path() -> None:
    query = "&".join(f"p{number}=1" for number in range(11))
    wide = example(f"/users/{{{{id}}}}?{query}", id="1", name="wide", body="1")
    me = example("/users/me", id="2", name="me")
    found = [each for each in findings(wide, me) if each.rule == "wildcard-takes-literal"]
    assert [each.place.request for each in found] == ["me"]
    assert "90 points against 90" in found[0].message


@settings(max_examples=60, deadline=None)
@given(examples, configs)
def test_nothing_is_told_without_wildcards(made: list[Example], config: dict[str, Any]) -> None:
    literal = [each for each in made if "{{" not in each.url and ":" not in each.url]
    assert list(crossings(tried(*literal, **config))) == []
    list(crossings(tried(*made, **config)))
