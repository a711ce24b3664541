"""What is advised: the simplest that works, and nothing that does not."""

from typing import Any

import pytest

from postiche.core.explaining.corrections import MAX_RIVALS
from postiche.core.explaining.explain import explain
from postiche.model import BodyMode, Example, Request, RequestBody
from tests.core.building import example, get, plan, post, raw
from tests.core.explaining.told import explained

JSON = {"content-type": "application/json"}


def line(
    *saved: Example, asked: Request, name: str = "it", public: bool = False, **more: Any
) -> str | None:
    """The command that is advised for the example with a name."""
    call = explained(plan(*saved, **more), asked, name, public=public).remedies.call
    return None if call is None else call.line("http://mock")


def test_only_what_is_wrong_is_put_right() -> None:
    it = example("/users/{{id}}", name="it")
    assert line(it, asked=get("/usrs/7?a=1")) == "curl 'http://mock/users/7?a=1'"
    assert line(it, asked=post("/users/7")) == "curl http://mock/users/7"


def test_the_saved_query_is_sent_where_another_example_would_win() -> None:
    it, other = example("/x?a=1", name="it"), example("/x?a=2", name="other")
    assert line(it, other, asked=get("/x?a=2")) == "curl 'http://mock/x?a=1'"


def test_a_wildcard_is_filled_with_what_no_other_example_answers() -> None:
    it, other = example("/x/{{id}}", name="it"), example("/x/1", name="other")
    assert line(it, other, asked=get("/x/1")) == "curl http://mock/x/any"


def test_a_wildcard_that_is_off_is_sent_as_it_is_written() -> None:
    sent = line(example("/x/{{id}}", name="it"), asked=get("/x/1"), match_wildcards=False)
    assert sent == "curl http://mock/x/%7B%7Bid%7D%7D"


def test_headers_in_force_and_what_put_them_in_force_are_sent() -> None:
    it = example("/", name="it", sends={"X-Site": "york"})
    asked = get("/", {"x-mock-match-request-headers": "X-Site", "x-other": "1"})
    assert line(it, asked=asked) == (
        "curl -H 'X-Site: york' -H 'x-mock-match-request-headers: X-Site' http://mock/"
    )


def test_a_header_that_curl_would_send_is_left_out_where_the_example_has_none() -> None:
    it = example("/", name="it")
    sent = line(it, asked=get("/", {"accept": "x"}), match_header=True, headers=("Accept",))
    assert sent == "curl -H accept: http://mock/"


@pytest.mark.parametrize(
    ("body", "type_", "told"),
    [
        (raw('{"a":1}'), JSON, """-H 'content-type: application/json' --data-raw '{"a":1}'"""),
        (
            RequestBody(BodyMode.FORMDATA, fields=(("a", "1"),)),
            {"content-type": "multipart/form-data"},
            "--form-string a=1",
        ),
        (
            RequestBody(BodyMode.URLENCODED, fields=(("a", "b c"),)),
            {"content-type": "application/x-www-form-urlencoded"},
            "--data-raw a=b+c",
        ),
        (RequestBody(BodyMode.GRAPHQL, "{ a }"), JSON, '"query":"{ a }"'),
        (RequestBody(BodyMode.FILE), {"content-type": "image/png"}, "x-mock-response-name: it"),
    ],
)
def test_bodies_are_sent_as_postman_would(
    body: RequestBody, type_: dict[str, str], told: str
) -> None:
    it = example("/", method="POST", name="it", sends=type_, sends_body=body)
    sent = line(it, asked=post("/", "x"), match_body=True)
    assert sent is not None
    assert told.lower() in sent.lower()


def test_an_example_that_no_request_brings_is_asked_for() -> None:
    twins = example("/", id="1", name="other"), example("/", id="2", name="it")
    assert line(*twins, asked=get("/")) == "curl -H 'x-mock-response-id: 2' http://mock/"


def test_where_nothing_works_nothing_is_advised() -> None:
    twins = example("/", name="it", body="1"), example("/", name="it", body="2")
    loser = explain(plan(*twins), get("/")).candidates[1]
    assert loser.remedies.call is None
    assert loser.remedies.headers == ()


def test_strangers_are_given_a_call_that_tells_them_nothing() -> None:
    it = example("/{{secret}}", id="1", name="it", sends={"X-A": "{{secret}}"})
    sent = line(it, asked=get("/x"), public=True, environment={"secret": "s3"})
    assert sent == "curl -H 'x-mock-response-id: 1' http://mock/x"
    assert line(it, asked=get("/x"), environment={"secret": "s3"}) == "curl http://mock/s3"


@pytest.mark.parametrize(
    ("config", "asked", "switches"),
    [
        ({"match_body": True}, post("/x", "b"), (("matchBody", False),)),
        ({"match_header": True, "headers": ("X",)}, post("/x"), (("matchHeader", False),)),
        (
            {"match_header": True, "headers": ("X",), "match_body": True},
            post("/x", "b"),
            (("matchBody", False), ("matchHeader", False)),
        ),
        ({"match_wildcards": False}, post("/x"), (("matchWildcards", True),)),
        ({}, post("/x/y"), ()),
    ],
)
def test_switches_are_the_fewest_that_let_an_example_in(
    config: dict[str, Any], asked: Request, switches: tuple[tuple[str, bool], ...]
) -> None:
    it = example("/{{any}}", method="POST", name="it", sends={"X": "1"}, sends_body=raw("a"))
    assert explained(plan(it, **config), asked, "it").remedies.switches == switches


def test_headers_begin_with_the_gentlest() -> None:
    it = example("/x", method="POST", id="1", name="it", code=404, sends_body=raw("a"))
    ok = example("/x", method="POST", id="0", name="ok", code=200, sends_body=raw("a"))
    assert explained(plan(ok, it), post("/x"), "it").remedies.headers == (
        "x-mock-response-code: 404",
    )
    assert explained(plan(it, match_body=True), post("/x", "b"), "it").remedies.headers == (
        "x-mock-match-request-body: false",
        "x-mock-response-id: 1",
    )


def test_on_a_crowded_path_only_asking_is_tried() -> None:
    crowd = [
        example("/x", id=f"{i:03}", name=str(i), sends={"X": "1"}) for i in range(MAX_RIVALS + 1)
    ]
    made = plan(*crowd, match_header=True, headers=("X",))
    found = explained(made, get("/x"), "0").remedies
    assert found.switches == ()
    assert found.headers == ("x-mock-response-id: 000",)
