"""Which examples answer nothing: what is said, and that nothing said is refuted."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.core.lint.reach import unreached
from postiche.core.match import match
from postiche.model import BodyMode, Example, Request, RequestBody
from tests.core.building import example, raw

from .arbitrary import configs, examples, plain_requests
from .linting import findings, one, rules, tried

NEVER = {"unreachable", "never-chosen", "shadowed-by-wildcard", "wildcards-off"}
JSON = {"Content-Type": "application/json"}


def post(id: str | None = None, body: str | None = None, reply: str = "") -> Example:
    """An example of a JSON body sent to /a."""
    sends_body = None if body is None else raw(body)
    name = "bare" if body is None else "full"
    return example(
        "/a", method="POST", id=id, name=name, sends=JSON, sends_body=sends_body, body=reply
    )


@settings(max_examples=150, deadline=None)
@given(examples, st.lists(plain_requests, max_size=6), configs)
def test_an_example_said_never_to_answer_answers_nothing(
    made: list[Example], requests: list[Request], config: dict[str, Any]
) -> None:
    trial = tried(*made, **config)
    found = list(unreached(trial))
    dead = {each.place for each in found if each.rule in NEVER}
    assert all("never" in each.message for each in found if each.rule in NEVER)
    places = {subject.planned: subject.place for subject in trial.subjects}
    own = [subject.own for subject in trial.subjects]
    for asked in (*requests, *own):
        winner = match(trial.plan, asked).example
        assert winner is None or places[winner] not in dead


@settings(max_examples=150, deadline=None)
@given(examples, configs)
def test_every_example_that_loses_its_own_request_is_told(
    made: list[Example], config: dict[str, Any]
) -> None:
    trial = tried(*made, **config)
    told = {each.place.request for each in unreached(trial)}
    lost = {
        subject.place.request
        for subject in trial.subjects
        if match(trial.plan, subject.own).example is not subject.planned
    }
    assert lost <= told


def test_the_lower_id_wins_and_the_name_still_brings_the_other() -> None:
    finding = one(example("/a", id="1", name="first"), example("/a", id="2", name="second"))
    assert (finding.rule, finding.place.request) == ("duplicate-example", "second")
    finding = one(
        example("/a", id="1", name="first", body="1"),
        example("/a", id="2", name="second", body="2"),
    )
    assert (finding.rule, finding.place.request) == ("never-chosen", "second")
    assert '200 "first" fits every request as well' in finding.message
    assert "its id, which sorts first" in finding.message
    assert "Send x-mock-response-name: second" in finding.message


def test_what_no_header_brings_is_an_error() -> None:
    alike = [example("/a", name="same", body=body) for body in ("1", "2")]
    finding = one(*alike)
    assert (finding.rule, finding.severity) == ("unreachable", "error")
    assert "its place in the file" in finding.message


def test_an_id_brings_what_no_name_does() -> None:
    alike = [example("/a", id=body, name="same", body=body) for body in ("1", "2")]
    assert "x-mock-response-id: 2" in one(*alike).message


def test_errors_saved_for_the_same_request_are_told_in_one_finding() -> None:
    saved = [example("/a", name=f"n{code}", code=code, body="x") for code in (404, 200)]
    finding = one(*saved)
    assert (finding.rule, finding.place.request) == ("code-only", "n404")
    assert finding.place.example is None
    assert '404 "n404" answers only if x-mock-response-code asks' in finding.message


def test_a_broad_wildcard_with_the_lower_id_shadows_a_narrow_one() -> None:
    narrow, broad = (
        example("/users/{{id}}", id="2", name="user"),
        example("/{{kind}}/{{id}}", id="1", name="any"),
    )
    found = findings(narrow, broad)
    assert [each.place.request for each in found if each.rule == "shadowed-by-wildcard"] == ["user"]
    renamed = example("/{{kind}}/{{id}}", id="3", name="any")
    assert "shadowed-by-wildcard" not in rules(narrow, renamed)


def test_a_body_tells_examples_apart_although_body_matching_is_off() -> None:
    assert rules(post(body='{"a": 1}'), post(body='{"a": 2}')) == []


def test_an_example_without_a_body_loses_to_one_with_a_body_and_a_lower_id() -> None:
    finding = one(post(id="2"), post(id="1", body="{}", reply="x"))
    assert (finding.rule, finding.place.request) == ("never-chosen", "bare")


def test_an_unknown_query_value_loses_to_a_known_one_only_where_that_comes_first() -> None:
    unknown = example("/a?q={{x}}", id="2", name="unknown")
    assert "never-chosen" in rules(unknown, example("/a?q=1", id="1", body="x"))
    assert "never-chosen" not in rules(unknown, example("/a?q=1", id="3", body="x"))


def test_mixed_ids_leave_it_open_who_wins() -> None:
    found = findings(
        example("/a", id="2", name="late", body="1"),
        example("/a", id="1", name="early", body="2"),
        example("/b", name="without an id"),
    )
    assert [(each.rule, each.place.request) for each in found] == [("loses-own-request", "late")]
    assert "both have 100 points" in found[0].message


@pytest.mark.parametrize(
    ("body", "sends", "why"),
    [
        (raw("{}"), {}, "no Content-Type header"),
        (RequestBody(BodyMode.FILE), {"Content-Type": "image/png"}, "not saved as text"),
    ],
)
def test_body_matching_can_put_out_an_example_for_good(
    body: RequestBody, sends: dict[str, str], why: str
) -> None:
    saved = example("/a", method="POST", sends=sends, sends_body=body)
    finding = one(saved, match_body=True)
    assert finding.rule == "refuses-own-request"
    assert why in finding.message
    assert rules(saved) == []


def test_header_matching_tells_examples_apart() -> None:
    both = [example("/a", sends={"X-A": value}, body=value) for value in ("1", "2")]
    finding = one(*both)
    assert finding.rule == "unreachable"
    assert finding.message.endswith("or match their request headers, which differ.")
    assert rules(*both, match_header=True, headers=("x-a",)) == []
