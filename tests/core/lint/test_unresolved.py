"""Variables that nothing gives a value, told by where they stand."""

from typing import Any

import pytest

from postiche.model import Example
from tests.core.building import example, raw

from .linting import findings, rules

HEADERS = {"Content-Type": "text/plain"}


@pytest.mark.parametrize(
    ("saved", "config", "expected"),
    [
        (example("{{host}}/a"), {}, []),
        (example("{{protocol}}://{{host}}/a"), {}, []),
        (example("/users/{{id}}"), {}, ["path-wildcard"]),
        (example("/users/:id"), {}, []),
        (example("/users/{{id}}", headers=HEADERS, body="{{id}}"), {}, ["path-wildcard"]),
        (example("/a?q={{x}}&r=1"), {}, ["unresolved-in-query"]),
        (example("/a?q={{x}}"), {"match_query_params": False}, []),
        (example("/a", sends={"X-A": "{{x}}"}), {}, []),
        (
            example("/a", sends={"X-A": "{{x}}"}),
            {"match_header": True, "headers": ("x-a",)},
            ["unresolved-where-matched"],
        ),
        (example("/a", sends_body=raw("{{x}}")), {}, ["unresolved-in-body"]),
        (
            example("/a", sends=HEADERS, sends_body=raw("{{x}}")),
            {"match_body": True},
            ["unresolved-where-matched"],
        ),
        (example("/a", headers=HEADERS, body="{{x}}"), {}, ["unresolved-in-response"]),
        (example("/a", headers={"X-A": "{{x}}"}), {}, ["unresolved-in-response"]),
        (example("/a", headers=HEADERS, body="{{$guid}} {{$body 'a' 'b'}}"), {}, []),
        (example("/a", headers=HEADERS, body="{{$headers 'absent'}}"), {}, []),
        (example("/a", headers=HEADERS, body="{{$randomFistName}}"), {}, ["unknown-token"]),
        (example("/a", headers=HEADERS, body="{{$body a}}"), {}, ["unknown-token"]),
    ],
)
def test_what_a_missing_value_does_depends_on_the_place(
    saved: Example, config: dict[str, Any], expected: list[str]
) -> None:
    assert rules(saved, **config) == expected


def test_environment_and_collection_give_values() -> None:
    saved = example("/users/{{id}}?q={{x}}", headers=HEADERS, body="{{id}} {{x}}")
    assert rules(saved, variables={"id": "1"}, environment={"x": "2"}) == []


def test_a_variable_is_told_once_for_all_examples_and_rules() -> None:
    found = findings(*(example(f"/{n}/{{{{id}}}}", name=f"e{n}", code=201) for n in range(3)))
    assert [(each.rule, each.place.request) for each in found] == [("path-wildcard", "e0")]
    assert '{{id}} (also in 2 more, such as "e1")' in found[0].message


def test_a_misspelt_dynamic_variable_is_corrected() -> None:
    [finding] = findings(example("/a", headers=HEADERS, body="{{$randomFistName}}"))
    assert finding.message.endswith("Did you mean $randomFirstName?")


@pytest.mark.parametrize(
    ("url", "variables", "expected"),
    [
        ("{{base}}/a", {"base": "https://h/"}, True),
        ("{{base}}/a", {"base": "https://h"}, False),
        ("{{base}}/a", {"base": ""}, False),
        ("https://h/a/{{x}}/b", {"x": ""}, True),
        ("https://h/a/{{x}}", {"x": ""}, True),
        ("https://{{x}}/b", {"x": ""}, False),
        ("https://h/a?q={{x}}", {"x": ""}, False),
    ],
)
def test_a_variable_that_leaves_an_empty_segment_is_named(
    url: str, variables: dict[str, str], expected: bool
) -> None:
    found = findings(example(url), variables=variables)
    assert [each.rule for each in found] == ["empty-segment"] * expected
