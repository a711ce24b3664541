"""The one sentence that matters, and the reason of each candidate."""

from typing import Any

import pytest

from postiche.core.explaining.corrections import Remedies
from postiche.core.explaining.explain import explain
from postiche.core.explaining.wording import (
    counted,
    more_differences,
    number,
    reason,
    signed,
    summary,
    ways,
)
from postiche.model import Example, Request
from tests.core.building import example, get, plan, post, raw, request, unanswered
from tests.core.explaining.told import explained

USERS = example("/users/{{id}}", method="POST", name="make user", code=201)
CAT = example("/cats/{{id}}", id="c", name="one cat")
SITE = example("/bins", name="york", sends={"X-Site": "york"})
NAMED = example(
    "/bins",
    method="POST",
    name="bob",
    sends={"Content-Type": "application/json"},
    sends_body=raw('{"user":{"name":"Bob"}}'),
)
JSON = {"content-type": "application/json"}


def said(*saved: Example, asked: Request, **config: Any) -> str:
    return summary(explain(plan(*saved, **config), asked))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (get("/users/7"), "GET /users/7 has no example, but POST /users/{{id}} has."),
        (
            get("/dogs/7"),
            "No example has the path of GET /dogs/7; the nearest, GET /cats/{{id}},"
            " differs in path segment 1: sent dogs, saved cats.",
        ),
        (
            get("/cats/7", {"x-mock-response-code": "404"}),
            "No example of GET /cats/7 has status 404, which x-mock-response-code asks for;"
            ' "one cat" has 200.',
        ),
        (
            get("/cats/7", {"x-mock-response-code": "teapot"}),
            "x-mock-response-code: teapot is no status, so no example of GET /cats/7 has it.",
        ),
        (
            get("/cats/7", {"x-mock-response-id": "d"}),
            "No GET example has the id d, which x-mock-response-id asks for.",
        ),
        (
            post("/cats/7", b"", {"x-mock-response-id": "c"}),
            "No POST example has the id c, which x-mock-response-id asks for;"
            ' "one cat" (GET /cats/{{id}}, 200) has it, but is saved for another method.',
        ),
        (
            get("/cats/7", {"x-mock-response-name": "one dog"}),
            'No GET example is named "one dog", which x-mock-response-name asks for;'
            ' the nearest name is "one cat" (GET /cats/{{id}}, 200).',
        ),
        (
            get("/cats/7", {"x-mock-response-id": "c", "x-mock-response-code": "500"}),
            '"one cat" (GET /cats/{{id}}, 200) has the id that is asked for,'
            " but x-mock-response-code asks for 500.",
        ),
        (
            get("/cats/7"),
            '"one cat" (GET /cats/{{id}}, 200) answers with 80 points:'
            " path 80, covered by wildcards.",
        ),
        (
            get("/", {"x-mock-response-id": "c"}),
            '"one cat" (GET /cats/{{id}}, 200) answers: x-mock-response-id: c chose it.',
        ),
    ],
)
def test_summaries_name_the_difference_that_matters(asked: Request, sentence: str) -> None:
    assert said(USERS, CAT, asked=asked) == sentence


def test_a_header_or_body_that_differs_is_named() -> None:
    assert said(SITE, asked=get("/bins"), match_header=True, headers=("X-Site",)) == (
        '"york" (GET /bins, 200) would answer GET /bins,'
        " but for header X-Site: not sent, saved york."
    )
    asked = post("/bins", '{"user":{"name":"Ann"}}', JSON)
    assert said(NAMED, asked=asked, match_body=True) == (
        '"bob" (POST /bins, 200) would answer POST /bins,'
        ' but for body $.user.name: sent "Ann", saved "Bob".'
    )


def test_a_body_without_a_saved_type_says_what_is_missing() -> None:
    it = example("/", method="POST", name="it", sends_body=raw("x"))
    assert said(it, asked=post("/", "x"), match_body=True).endswith(
        "but for Content-Type: neither sent nor saved, and body matching needs it."
    )


def test_a_saved_request_without_example_is_named() -> None:
    made = plan(CAT, without_example=[unanswered("/dogs")])
    assert summary(explain(made, get("/dogs"))) == (
        'The saved request "a request" fits GET /dogs, but has no example to answer with.'
    )


def test_a_collection_without_examples_says_so() -> None:
    assert said(asked=get("/x")) == "GET /x has no example: the collection has none at all."


def test_another_method_on_another_path() -> None:
    assert said(CAT, asked=request("DELETE", "/dogs/1")) == (
        'DELETE /dogs/1 has no example; the nearest is "one cat" (GET /cats/{{id}}, 200):'
        " method: sent DELETE, saved GET."
    )


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (
            example("/X?page=2", name="other"),
            "10 points short: path 90, equal but for case, against 100, identical",
        ),
        (
            example("/x?page=3", name="other"),
            "10 points short: query 0 against +10 (query key page: sent 2, saved 3)",
        ),
        (example("/x?page=2", id="2", name="other"), "equal points, but ids decide,"),
        (example("/x?page=2", id="0", code=404, name="other"), "equal points, but a status of"),
        (example("/x?page=2", name="other"), "equal points, but the one that comes first"),
    ],
)
def test_reasons_of_the_outscored(other: Example, why: str) -> None:
    winner = example("/x?page=2", id="1", name="winner")
    assert reason(explained(plan(winner, other), get("/x?page=2"), "other")).startswith(why)


def test_an_equal_body_that_is_missing_is_a_reason() -> None:
    other = example("/bins", method="POST", name="other", sends=JSON, sends_body=raw("{}"))
    asked = post("/bins", '{"user":{"name":"Bob"}}', JSON)
    assert reason(explained(plan(NAMED, other), asked, "other")) == (
        "5 points short: body 0 against +5, for it is not equal"
    )


def test_other_differences_follow_the_decisive_one() -> None:
    found = explained(plan(USERS), get("/people?a=1"), "make user")
    assert reason(found) == "method: sent GET, saved POST"
    assert more_differences(found) == [
        "number of path segments: sent 1, saved 2",
        "query key a: sent 1, not saved",
    ]


def test_ways_are_lines_to_follow_the_call_first() -> None:
    found = Remedies(("x-mock-response-id: 1",), (("matchBody", False), ("matchWildcards", True)))
    assert ways(found, "curl http://mock/") == [
        "curl http://mock/",
        "the header x-mock-response-id: 1",
        "matchBody off and matchWildcards on in the mock's config",
    ]


@pytest.mark.parametrize(
    ("points", "plain", "with_sign"),
    [(79, "79", "+79"), (3.333, "3.3", "+3.3"), (0, "0", "0"), (-0.0, "0", "0"), (-4, "-4", "-4")],
)
def test_points_read_as_numbers(points: float, plain: str, with_sign: str) -> None:
    assert number(points) == plain
    assert signed(points) == with_sign
    assert counted(1, "point") == "1 point"
