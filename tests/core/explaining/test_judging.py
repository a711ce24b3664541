"""Every stage is judged by the matcher's own functions, whatever became of the stages before."""

from typing import Any

import pytest

from postiche.core.explaining.differences import Stage
from postiche.core.explaining.judging import Choice, Points
from postiche.core.paths import Step
from postiche.model import Request
from tests.core.building import example, get, plan, post, raw
from tests.core.explaining.told import differences, verdict

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("config", "asked", "stage"),
    [
        ({}, get("/users/7"), Stage.METHOD),
        ({}, post("/people"), Stage.PATH),
        ({}, post("/users/7", b"", {"x-mock-response-code": "404"}), Stage.DIRECTIVES),
        ({}, post("/users/7", b"", {"x-mock-response-id": "other"}), Stage.DIRECTIVES),
        ({"match_header": True, "headers": ("X-A",)}, post("/users/7"), Stage.HEADERS),
        ({"match_body": True}, post("/users/7"), Stage.BODY),
        ({}, post("/users/7"), None),
    ],
)
def test_the_first_stage_that_does_not_fit_puts_an_example_out(
    config: dict[str, Any], asked: Request, stage: Stage | None
) -> None:
    sends = {**JSON, "X-A": "1"}
    saved = example("/users/{{id}}", method="POST", id="a", sends=sends, sends_body=raw("{}"))
    found = verdict(plan(saved, **config), asked)
    assert found.out_at is stage
    assert (found.points is None) == (stage is not None)


def test_later_stages_are_judged_all_the_same() -> None:
    found = verdict(plan(example("/users/{{id}}?a=1", method="POST")), get("/users/7?a=2"))
    assert found.out_at is Stage.METHOD
    assert found.path.step is Step.WILDCARD
    assert found.query is not None
    assert found.query.partial == 1


def test_points_are_told_by_what_they_are_for() -> None:
    saved = example("/users/{{id}}?a=1&b=2", method="POST", sends=JSON, sends_body=raw("{}"))
    found = verdict(plan(saved), post("/users/7?a=1", "{}", JSON))
    assert found.points == Points(path=80, query=5, body=5)
    assert found.points.total == 90


def test_a_directive_that_chooses_leaves_the_other_stages_no_say() -> None:
    made = plan(example("/a", id="1"), example("/b", id="2"))
    asked = get("/nowhere", {"x-mock-response-id": "2"})
    assert verdict(made, asked, 0).choice is Choice.PASSED_OVER
    assert verdict(made, asked, 1).choice is Choice.ASKED_FOR
    assert verdict(made, asked, 1).out_at is None
    assert verdict(made, asked, 1).points is None


def test_a_body_that_only_could_earn_points_is_compared_for_those_that_are_in() -> None:
    made = plan(example("/", method="POST", sends=JSON, sends_body=raw('{"a":1}')))
    assert differences(made, post("/", '{"a":2}', JSON)) == ["body $.a: sent 2, saved 1"]
    assert differences(made, post("/nowhere", '{"a":2}', JSON)) == [
        "path segment 1: sent nowhere, saved (empty)"
    ]
