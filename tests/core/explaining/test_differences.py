"""What differs is told down to the key, header or field, exactly when the matcher says so."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from postiche.core.bodies import json_key
from postiche.core.explaining.differences import MAX_DIFFERENCES, Stage
from postiche.core.match import body_fits
from postiche.model import BodyMode, Example, Request, RequestBody
from tests.core.arbitrary import json_values
from tests.core.building import QUICK, example, get, plan, post, raw
from tests.core.explaining.test_explain import REQUESTS
from tests.core.explaining.told import differences, verdict
from tests.core.test_match_whole import CONFIG, any_example

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("saved", "sent", "told"),
    [
        ("/users/7", "/users/7", []),
        ("/users/{{id}}", "/users/7", []),
        ("/users", "/people", ["path segment 1: sent people, saved users"]),
        (
            "/a/b/c",
            "/a/x/y",
            ["path segment 2: sent x, saved b", "path segment 3: sent y, saved c"],
        ),
        ("/users", "/users/7/cat", ["number of path segments: sent 3, saved 1"]),
        ("/users/{{id}}", "/users/7/", ["trailing slash: sent /, not saved"]),
        ("/users/{{id}}/", "/users/7", ["trailing slash: not sent, saved /"]),
        ("/users/{{id}}", "/users/", ["path segment 2: sent (empty), saved {{id}}"]),
        ("/a%2Fb", "/zzzz%2Fq", ["path segment 1: sent zzzz%2Fq, saved a%2Fb"]),
    ],
)
def test_paths(saved: str, sent: str, told: list[str]) -> None:
    assert differences(plan(example(saved)), get(sent)) == told


@pytest.mark.parametrize(
    ("saved", "sent", "told"),
    [
        ("a=1", "a=1", []),
        ("page=1", "page=2", ["query key page: sent 2, saved 1"]),
        ("page=1", "", ["query key page: not sent, saved 1"]),
        ("", "debug=1", ["query key debug: sent 1, not saved"]),
        ("a=", "a=1", ["query key a: sent 1, saved (empty)"]),
        ("a={{x}}", "a=1", ["query key a: sent 1, saved {{...}}"]),
        ("a=1&a=2", "a=2", ["query key a: not sent, saved 1"]),
        ("a=1", "b=1", ["query key a: not sent, saved 1", "query key b: sent 1, not saved"]),
    ],
)
def test_queries(saved: str, sent: str, told: list[str]) -> None:
    assert differences(plan(example(f"/x?{saved}")), get(f"/x?{sent}")) == told


def test_queries_that_do_not_count_do_not_differ() -> None:
    assert differences(plan(example("/x?a=1"), match_query_params=False), get("/x?a=2")) == []


def test_headers_in_force_are_named_as_they_are_saved_or_asked_for() -> None:
    made = plan(
        example("/", sends={"X-Site": "york"}), match_header=True, headers=("x-site", "X-Team")
    )
    assert differences(made, get("/", {"x-site": "hull", "x-team": "red"})) == [
        "header X-Site: sent hull, saved york",
        "header X-Team: sent red, not saved",
    ]
    assert differences(made, get("/")) == ["header X-Site: not sent, saved york"]


@pytest.mark.parametrize(
    ("saved", "sent", "told"),
    [
        (
            '{"user":{"name":"Bob"}}',
            '{"user":{"name":"Ann"}}',
            ['$.user.name: sent "Ann", saved "Bob"'],
        ),
        ('{"a":1}', '{"a":1,"b":2}', ["$.b: sent 2, not saved"]),
        ('{"a":1,"b":2}', '{"a":1}', ["$.b: not sent, saved 2"]),
        ("[1,2]", "[1]", ["$[1]: not sent, saved 2"]),
        ('{"a b":1}', '{"a b":2}', ['$["a b"]: sent 2, saved 1']),
        ("true", "1", ["$: sent 1, saved true"]),
        ("1", "1.0", []),
        ('{"a":[{"b":null}]}', '{"a":[{"b":0}]}', ["$.a[0].b: sent 0, saved null"]),
    ],
)
def test_json_bodies(saved: str, sent: str, told: list[str]) -> None:
    made = plan(example("/", method="POST", sends=JSON, sends_body=raw(saved)), match_body=True)
    assert differences(made, post("/", sent, JSON)) == [f"body {each}" for each in told]


def test_deeply_nested_json_is_followed_to_its_end() -> None:
    nested = '{"a":' * 240 + "1" + "}" * 240
    made = plan(example("/", method="POST", sends=JSON, sends_body=raw(nested)), match_body=True)
    [told] = differences(made, post("/", nested.replace("1", "2"), JSON))
    assert told.endswith("sent 2, saved 1")


def test_no_more_differences_than_anybody_reads() -> None:
    saved, sent = str(list(range(1000))), str(list(range(1, 1001)))
    made = plan(example("/", method="POST", sends=JSON, sends_body=raw(saved)), match_body=True)
    assert len(differences(made, post("/", sent, JSON))) == MAX_DIFFERENCES


@pytest.mark.parametrize(
    ("body", "headers", "sent", "told"),
    [
        (raw("two bins"), {}, "two cats", ["body line 1, column 5: sent two cats, saved two bins"]),
        (raw("a\nb\nc"), {}, "a\nb\nx", [r"body line 3, column 1: sent a\nb\nx, saved a\nb\nc"]),
        (raw("x"), {}, "", ["body: not sent, saved x"]),
        (None, {}, "x", ["body: sent x, not saved"]),
        (
            RequestBody(BodyMode.URLENCODED, fields=(("a", "1"), ("b", "2"))),
            FORM,
            "a=1&b=3&c=4",
            ["body field b: sent 3, saved 2", "body field c: sent 4, not saved"],
        ),
        (
            RequestBody(BodyMode.GRAPHQL, "{ a }", variables='{"n":1}'),
            JSON,
            '{"query":"{ a }","variables":{"n":2}}',
            ["body $.variables.n: sent 2, saved 1"],
        ),
        (
            RequestBody(BodyMode.FORMDATA, fields=(("a", "1"),)),
            {"content-type": "multipart/form-data; boundary=x"},
            "no form",
            ["body: sent no form, saved a=1"],
        ),
        (
            RequestBody(BodyMode.FILE),
            {"content-type": "image/png"},
            "png",
            ["body: sent 3 bytes, saved a file, which equals nothing"],
        ),
    ],
)
def test_other_bodies(
    body: RequestBody | None, headers: dict[str, str], sent: str, told: list[str]
) -> None:
    sends = headers or {"content-type": "text/plain"}
    made = plan(example("/", method="POST", sends=sends, sends_body=body), match_body=True)
    assert differences(made, post("/", sent, sends)) == told


@pytest.mark.parametrize(
    ("saved", "sent", "told"),
    [
        ("text/plain", "application/json", "sent application/json, saved text/plain"),
        ("text/plain", None, "not sent, saved text/plain"),
        (None, "text/plain", "sent text/plain, not saved"),
        (None, None, "neither sent nor saved"),
    ],
)
def test_content_types(saved: str | None, sent: str | None, told: str) -> None:
    sends = {"content-type": saved} if saved else {}
    made = plan(example("/", method="POST", sends=sends, sends_body=raw("x")), match_body=True)
    asked = post("/", "x", {"content-type": sent} if sent else {})
    assert differences(made, asked) == [f"Content-Type: {told}"]


def test_what_is_shown_stays_on_one_line() -> None:
    made = plan(example("/?a=1"))
    [told] = differences(made, get("/?a=%0a%1b[31m" + "x" * 500))
    assert told.isprintable()
    assert len(told) < 120


@QUICK
@given(any_example(), REQUESTS, CONFIG)
def test_a_stage_has_differences_exactly_if_the_matcher_says_it_does_not_fit(
    saved: Example, asked: Request, config: dict[str, Any]
) -> None:
    found = verdict(plan(saved, **config), asked)
    stages = {each.stage for each in found.differences}
    assert (Stage.METHOD in stages) == (not found.method_fits)
    assert (Stage.PATH in stages) == (found.path.step is None)
    assert (Stage.HEADERS in stages) == (not found.headers_fit)
    if found.query is not None:
        assert (Stage.QUERY in stages) == bool(found.query.partial + found.query.missing)
    if found.call.directives.match_body:
        assert (Stage.BODY in stages) == (not body_fits(found.call, found.example))


@QUICK
@given(json_values, json_values)
def test_json_bodies_differ_in_some_field_exactly_if_they_are_not_equal(
    saved: object, sent: object
) -> None:
    texts = orjson.dumps(saved).decode(), orjson.dumps(sent).decode()
    made = plan(example("/", method="POST", sends=JSON, sends_body=raw(texts[0])), match_body=True)
    told = differences(made, post("/", texts[1], JSON))
    assert bool(told) == (json_key(texts[0].encode()) != json_key(texts[1].encode()))
