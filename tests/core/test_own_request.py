"""An example's own request is the one that the matcher gives the most points."""

import pytest
from hypothesis import given

from postiche.core.match import Reading, passes
from postiche.core.own_request import (
    SAMPLE,
    as_sent,
    own_request,
    sample_query,
    sample_segments,
    target_of,
)
from postiche.core.paths import judge_path, path_pattern
from postiche.core.plan import plan_example
from postiche.core.variables import Scope
from postiche.model import BodyMode, Example, MockConfig, Request, RequestBody

from .building import QUICK, example, raw
from .lint.arbitrary import any_example


def own(saved: Example, **variables: str) -> Request:
    scope = Scope(variables)
    return own_request(saved, plan_example(saved, 0, scope).path, scope)


@QUICK
@given(any_example())
def test_the_path_of_an_own_request_fits(saved: Example) -> None:
    planned = plan_example(saved, 0, Scope())
    path = Reading(own(saved), MockConfig()).path
    verdict = judge_path(planned.path, path, wildcards=True)
    assert verdict.score >= (80 if planned.path.names else 100)
    assert all(SAMPLE in value for value in verdict.captured.values())


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://h/users/{{id}}?page=1", f"/users/{SAMPLE}?page=1"),
        ("{{base}}/a b/ü?q=ä c", "/v1/a%20b/%C3%BC?q=%C3%A4%20c"),
        ("/files/:name.json?x={{y}}&{{k}}=1", f"/files/{SAMPLE}.json?x={SAMPLE}&%7B%7Bk%7D%7D=1"),
        ("/a%2Fb/%25?x=%26", "/a%2Fb/%25?x=%26"),
        ("https://h", "/"),
    ],
)
def test_the_target_is_encoded_and_wildcards_have_a_sample(url: str, target: str) -> None:
    assert own(example(url), base="https://h/v1").target == target


def test_headers_are_filled_in_and_steer_nothing() -> None:
    sends = {"X-Name": "{{who}}", "X-Mock-Response-Code": "404"}
    assert own(example("/", sends=sends), who="Zoë").headers == (("x-name", as_sent("Zoë")),)


@pytest.mark.parametrize(
    "body",
    [
        raw('{"a": "{{who}}"}'),
        RequestBody(BodyMode.URLENCODED, fields=(("a", "{{who}} & co"), ("b", ""))),
        RequestBody(BodyMode.FORMDATA, fields=(('a "quoted"', "{{who}}"),)),
        RequestBody(BodyMode.GRAPHQL, "{ a }", variables='{"who": "{{who}}"}'),
    ],
    ids=lambda body: body.mode.value,
)
def test_a_body_of_every_mode_equals_the_saved_one(body: RequestBody) -> None:
    types = {
        BodyMode.RAW: "application/json",
        BodyMode.GRAPHQL: "application/json",
        BodyMode.URLENCODED: "application/x-www-form-urlencoded",
        BodyMode.FORMDATA: "multipart/form-data",
    }
    saved = example("/", method="POST", sends={"Content-Type": types[body.mode]}, sends_body=body)
    scope = Scope({"who": "Zoë"})
    call = Reading(own(saved, who="Zoë"), MockConfig(match_body=True))
    assert passes(call, plan_example(saved, 0, scope))


def test_what_is_in_a_file_is_not_known() -> None:
    body = RequestBody(BodyMode.FILE)
    assert own(example("/", method="POST", sends_body=body)).body == b""


def test_graphql_variables_that_are_no_json_are_sent_as_text() -> None:
    body = RequestBody(BodyMode.GRAPHQL, "{ a }", variables="{{broken")
    assert own(example("/", sends_body=body)).body == b'{"query":"{ a }","variables":"{{broken"}'


def test_parts_of_a_target_can_be_replaced() -> None:
    segments = sample_segments(path_pattern("/a/{{b}}"))
    assert target_of([*segments, "c/d"], sample_query("x=1&&y")) == f"/a/{SAMPLE}/c%2Fd?x=1&y"
