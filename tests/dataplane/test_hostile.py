"""Whatever bytes a client sends: an answer below 500, framed, and no more than one."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.dataplane.app import MockApp
from postiche.model import MockConfig
from tests.dataplane.driver import app_of, call, saved
from tests.dataplane.serving import Connection, served

ITEMS = [
    saved("plain"),
    saved("other", "POST", "/users/{{id}}?q={{q}}", body="{{id}} {{$body 'a.b'}} {{$body}}"),
    saved(
        "echo",
        "GET",
        "/{{anything}}/1",
        headers=[
            ("X-Echo", "{{$headers 'x-echo'}} {{anything}} {{$queryParams 'q'}}"),
            ("X-{{anything}}", "x"),
            ("Content-Type", "{{$headers 'content-type'}}"),
        ],
        body="{{$pathSegments '0'}} {{$randomFullName}} {{$guid}}",
    ),
    saved("no content", "DELETE", "/a", code=204),
]
STRICT = MockConfig(headers=("x-echo", "Accept"), match_header=True, match_body=True)
APPS = [app_of(*ITEMS), app_of(*ITEMS, config=STRICT)]

latin = st.text(st.characters(max_codepoint=255), max_size=40)
names = latin | st.sampled_from(
    [
        "content-length",
        "content-type",
        "host",
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
        "x-api-key",
        "x-echo",
        "x-mock-match-request-body",
        "x-mock-match-request-headers",
        "x-mock-response-code",
        "x-mock-response-id",
        "x-mock-response-name",
    ]
)
types = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "/",
    ]
)
values = latin | types | st.sampled_from(["true", "200", "echo", "plain", "id of plain"])
methods = st.sampled_from(["GET", "POST", "OPTIONS", "DELETE", "HEAD"]) | latin
paths = st.sampled_from(["/a", "/users/%ff", "/%ZZ/1", "/x\xff/1", "//", ""]) | latin
targets = st.builds(lambda path, query: path + query, paths, st.just("") | latin.map("?".__add__))
bodies = st.binary(max_size=60) | st.sampled_from([b'{"a":{"b":1}}', b"[" * 2000, b"a=%ff&&=b"])


@settings(deadline=None, max_examples=300)
@given(
    app=st.sampled_from(APPS),
    method=methods,
    target=targets,
    headers=st.lists(st.tuples(names, values), max_size=6),
    body=bodies,
)
def test_no_request_is_answered_with_a_5xx(
    app: MockApp, method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    answer = call(app, method, target, headers, body)
    assert answer.status < 500
    lengths = [int(value) for name, value in answer.headers if name == "content-length"]
    assert len(lengths) == (answer.status != 204 or method == "OPTIONS")
    assert method == "HEAD" or sum(lengths) == len(answer.body)
    assert answer.header("access-control-allow-origin") == "*"
    assert not any("\n" in name + value or "\0" in value for name, value in answer.headers)


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with served(APPS[0]) as where:
        yield where


on_a_line = st.binary(max_size=60).map(lambda text: text.translate(None, b"\r\n"))


@settings(deadline=None, max_examples=100)
@given(target=on_a_line, name=on_a_line, value=on_a_line)
def test_no_bytes_on_the_wire_are_answered_with_a_5xx(
    address: tuple[str, int], target: bytes, name: bytes, value: bytes
) -> None:
    with Connection(address) as connection:
        connection.send(b"GET /%s HTTP/1.1\r\n%s: %s\r\n\r\n" % (target, name, value))
        reply = connection.reply()
    assert 200 <= reply.status < 500
