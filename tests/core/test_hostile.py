"""Whatever a collection holds and a request says, the core gives a reply that can be sent."""

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.collection import CollectionError, read_collection, read_environment
from postiche.core.dynamic import NAMES
from postiche.core.match import match
from postiche.core.plan import Plan, compile_plan
from postiche.core.render import render
from postiche.model import Headers, MockConfig, Reply, Request

from .arbitrary import json_values, latin_1
from .building import QUICK, sources

Place = tuple[str | int, ...]

BODIES: list[Any] = [
    {"mode": "raw", "raw": '{"a": "{{a}}"}'},
    {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}]},
    {"mode": "formdata", "formdata": [{"key": "a", "value": "1", "type": "text"}]},
    {"mode": "graphql", "graphql": {"query": "{me}", "variables": "{}"}},
]
SAID = (
    "{{id}} {{a}} {{$randomInt}} {{$body}} {{$body 'a.0'}} {{$queryParams 'a'}} "
    "{{$headers 'a'}} {{$pathSegments '1'}}"
)
WHOLE: dict[str, Any] = {
    "info": {"_postman_id": "c", "name": "n"},
    "variable": [{"key": "a", "value": "{{b}}"}, {"key": "b", "value": "1"}],
    "item": [
        {
            "name": "folder",
            "item": [
                {
                    "name": "request",
                    "request": {"method": "GET", "url": {"host": ["{{h}}"], "path": ["x", ":id"]}},
                    "response": [
                        {
                            "id": f"e{number}",
                            "name": "example",
                            "code": 200,
                            "originalRequest": {
                                "method": "GET",
                                "header": [{"key": "Content-Type", "value": "application/json"}],
                                "url": {
                                    "protocol": "https",
                                    "host": ["{{h}}"],
                                    "port": "80",
                                    "path": ["x", ":id"],
                                    "query": [{"key": "a", "value": "{{a}}"}],
                                    "variable": [{"key": "id", "value": "{{id}}"}],
                                },
                                "body": body,
                            },
                            "header": [{"key": "X-A", "value": "{{id}}"}],
                            "body": SAID,
                        }
                        for number, body in enumerate(BODIES)
                    ],
                }
            ],
        },
        {"name": "unanswered", "request": {"method": "GET", "url": "/y"}, "response": []},
    ],
}


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every place below a JSON value, as the keys that lead there."""
    inner: Any = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, below in inner:
        yield (*above, key)
        yield from places(below, (*above, key))


PLACES = list(places(WHOLE))


def change(document: Any, place: Place, value: object) -> None:
    """Put a value at a place, unless an earlier change has taken the place away."""
    *above, last = place
    with suppress(TypeError, LookupError):
        for key in above:
            document = document[key]
        document[last] = value


@st.composite
def spoiled_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A whole collection with any JSON in some of its places."""
    document = copy.deepcopy(WHOLE)
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=4)):
        change(document, place, draw(json_values))
    return document


STEERING = st.sampled_from(
    [
        "content-type",
        "x-mock-response-code",
        "x-mock-response-id",
        "x-mock-response-name",
        "x-mock-match-request-headers",
        "x-mock-match-request-body",
        "x-mock-response-delay",
    ]
)
WORTH_SENDING = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "true",
        "200",
        "e0",
        "content-type, a",
    ]
)
HEADERS = st.lists(st.tuples(STEERING | latin_1, WORTH_SENDING | latin_1), max_size=5)
TARGETS = st.sampled_from(["/x/7", "/X/7/?a=1", "/y", "/x/7?a=1&a=%ff&&=", "*", "//"]) | st.text()
SENT = st.sampled_from([b"{}", b'{"a":["{{a}}"]}', b"a=1", b"--b\r\n\r\n\r\n--b--"]) | st.binary()
METHODS = st.sampled_from(["GET", "GET", "get", "POST"]) | st.text(max_size=5)
REQUESTS = st.builds(Request, METHODS, TARGETS, HEADERS.map(tuple), SENT)
CONFIGS = st.sampled_from(
    [MockConfig(), MockConfig(match_body=True), MockConfig(match_wildcards=False)]
)


def check(reply: Reply) -> None:
    """A reply that any server can send."""
    assert 200 <= reply.status < 600
    for name, value in reply.headers:
        assert name.isascii()
        assert not set(name + value) & set("\r\n\x00")


def ask(plan: Plan, asked: Request) -> None:
    outcome = match(plan, asked)
    assert (outcome.example is None) == (outcome.miss is not None)
    check(render(outcome, asked, sources()))


@QUICK
@given(spoiled_documents(), REQUESTS, CONFIGS)
def test_any_json_in_any_place_of_a_collection_is_refused_or_answers(
    document: object, asked: Request, config: MockConfig
) -> None:
    try:
        collection = read_collection(document)
    except CollectionError:
        return
    ask(compile_plan(collection, None, config), asked)


SOUND = compile_plan(read_collection(WHOLE))


@QUICK
@given(REQUESTS)
def test_any_request_gets_a_reply(asked: Request) -> None:
    ask(SOUND, asked)


@QUICK
@given(st.text(), st.text(), st.lists(st.tuples(st.text(), st.text())).map(tuple), st.binary())
def test_any_text_for_a_request_gets_a_reply(
    method: str, target: str, headers: Headers, body: bytes
) -> None:
    ask(SOUND, Request(method, target, headers, body))


@QUICK
@given(st.dictionaries(st.sampled_from(["id", "name", "values"]), json_values))
def test_any_json_in_an_environment_is_refused_or_compiles(document: object) -> None:
    try:
        environment = read_environment(document)
    except CollectionError:
        return
    plan = compile_plan(read_collection(WHOLE), environment)
    ask(plan, Request("GET", "/x/7"))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_dynamic_variable_can_stand_in_a_header_and_a_body(name: str) -> None:
    response = {
        "originalRequest": {"url": "/"},
        "header": [{"key": "X-A", "value": f"{{{{{name}}}}}"}],
        "body": f"{{{{{name}}}}}",
    }
    plan = compile_plan(read_collection({"item": [{"response": [response]}]}))
    ask(plan, Request("GET", "/"))
