import random
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from postiche.core.dynamic import Sources
from postiche.core.recording.sending import NotSendable, Place, Sendable, places, sendable
from postiche.core.recording.upstream import Target
from postiche.core.variables import Scope

Node = dict[str, Any]
SOURCES = Sources(random.Random(1), lambda: datetime(2026, 11, 22, tzinfo=UTC))
VALUES = {"base": "https://shop.test:8443/v1", "id": "7", "empty": "", "token": "s3cret"}


def ready(request: object, *folders: Node, tree: Node | None = None) -> Sendable:
    place = Place({"name": "r", "request": request}, folders)
    return sendable(place, tree or {}, Scope(dict(VALUES)), SOURCES)


def get(url: object, **more: object) -> Node:
    return {"method": "GET", "url": url, **more}


def raw(text: str, language: str | None = None) -> Node:
    options = {"options": {"raw": {"language": language}}} if language else {}
    return {"mode": "raw", "raw": text, **options}


@pytest.mark.parametrize(
    ("url", "target", "called"),
    [
        ("{{base}}/users/{{id}}", Target("https", "shop.test", 8443), "/v1/users/7"),
        ("shop.test/a b?q=ä&r=%20", Target("http", "shop.test", 80), "/a%20b?q=%C3%A4&r=%20"),
        ("http://shop.test", Target("http", "shop.test", 80), "/"),
        (
            {
                "host": ["{{base}}"],
                "path": ["users", ":id"],
                "variable": [{"key": "id", "value": "{{id}}"}],
                "query": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "disabled": True}],
            },
            Target("https", "shop.test", 8443),
            "/v1/users/7?a=1",
        ),
    ],
)
def test_a_url_is_filled_in(url: object, target: Target, called: str) -> None:
    sent = ready(get(url))
    assert (sent.target, sent.request.target) == (target, called)


def test_headers_are_sent_but_for_disabled_ones() -> None:
    header = [
        {"key": "X-Id", "value": "{{id}}"},
        {"key": "X-Off", "value": "x", "disabled": True},
        {"key": "X-Name", "value": "é"},
    ]
    sent = ready(get("{{base}}", header=header)).request
    assert sent.headers == (("x-id", "7"), ("x-name", "\xc3\xa9"))


@pytest.mark.parametrize(
    ("body", "kind", "content"),
    [
        (raw('{"id": {{id}}}', "json"), "application/json", b'{"id": 7}'),
        (raw("ü"), "text/plain", "ü".encode()),
        (
            {"mode": "urlencoded", "urlencoded": [{"key": "a b", "value": "{{id}}&"}]},
            "application/x-www-form-urlencoded",
            b"a+b=7%26",
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{a}", "variables": '{"b": {{id}}}'}},
            "application/json",
            orjson.dumps({"query": "{a}", "variables": {"b": 7}}),
        ),
        (None, None, b""),
        ({"mode": "raw", "raw": "x", "disabled": True}, None, b""),
    ],
)
def test_a_body_is_sent_as_its_mode_says(body: object, kind: str | None, content: bytes) -> None:
    sent = ready(get("{{base}}", body=body)).request
    assert (sent.header("content-type"), sent.body) == (kind, content)


def test_a_content_type_of_ones_own_is_kept_except_for_form_data() -> None:
    header = [{"key": "Content-Type", "value": "application/vnd.x"}]
    assert ready(get("x.test", header=header, body=raw("a"))).request.headers == (
        ("content-type", "application/vnd.x"),
    )
    form = {"mode": "formdata", "formdata": [{"key": 'a"', "value": "ü"}]}
    sent = ready(get("x.test", header=header, body=form)).request
    kind = sent.header("content-type") or ""
    boundary = kind.removeprefix("multipart/form-data; boundary=")
    assert sent.body.startswith(f"--{boundary}\r\nContent-Disposition: form-data".encode())
    assert 'name="a%22"\r\n\r\nü\r\n'.encode() in sent.body
    assert sent.body.endswith(f"--{boundary}--\r\n".encode())


BEARER = {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]}
SENT_BEARER = (("authorization", "Bearer s3cret"),)


@pytest.mark.parametrize(
    ("auth", "headers", "query"),
    [
        (BEARER, SENT_BEARER, ""),
        ({"type": "bearer", "bearer": {"token": "{{token}}"}}, SENT_BEARER, ""),
        (
            {"type": "basic", "basic": {"username": "me", "password": "{{token}}"}},
            (("authorization", "Basic bWU6czNjcmV0"),),
            "",
        ),
        (
            {"type": "apikey", "apikey": {"key": "X-Key", "value": "{{token}}"}},
            (("x-key", "s3cret"),),
            "",
        ),
        (
            {"type": "apikey", "apikey": {"key": "k", "value": "{{token}}&", "in": "query"}},
            (),
            "?k=s3cret%26",
        ),
        ({"type": "oauth2", "oauth2": {"accessToken": "{{token}}"}}, SENT_BEARER, ""),
        ({"type": "noauth"}, (), ""),
        (None, (), ""),
    ],
)
def test_authorization_is_added(auth: object, headers: object, query: str) -> None:
    sent = ready(get("x.test/a", auth=auth))
    assert sent.request.headers == headers
    assert sent.request.target == "/a" + query


def test_authorization_comes_from_the_nearest_that_has_one() -> None:
    none, folder, empty = {"type": "noauth"}, {"auth": BEARER}, {"name": "x"}
    tree = {"auth": {"type": "digest"}}
    assert ready(get("x.test"), folder, empty, tree=tree).request.headers == SENT_BEARER
    assert ready(get("x.test"), tree={"auth": BEARER}).request.headers == SENT_BEARER
    assert ready(get("x.test", auth=none), folder, tree=tree).request.headers == ()


def test_names_that_an_authorization_uses_are_secrets() -> None:
    key = {"type": "apikey", "apikey": {"key": "X-Key", "value": "v"}}
    assert ready(get("x.test", auth=key)).secrets == ("x-key",)
    key["apikey"]["in"] = "query"  # type: ignore[index]
    assert ready(get("x.test", auth=key)).secrets == ("X-Key",)


def test_dynamic_variables_are_filled_in() -> None:
    assert ready(get("x.test/{{$randomInt}}")).request.target[1:].isdigit()


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (None, "it has no request"),
        ({"method": "GET"}, "it has no url"),
        (get("{{nowhere}}/a/{{other}}"), "no value for {{nowhere}}, {{other}}"),
        (get("x.test/:id"), "the path variable :id has no value"),
        (get("ftp://x.test"), "its URL cannot be used: give a URL"),
        (get("http://u:p@x.test"), "leave user and password out"),
        (get("x.test", auth={"type": "awsv4"}), "its authorization, awsv4, is not supported"),
        (get("x.test", auth={"type": "oauth2", "oauth2": {}}), "oauth2, is not supported"),
        (get("x.test", body={"mode": "file", "file": {"src": "/x"}}), "it sends a file"),
        (
            get("x.test", body={"mode": "formdata", "formdata": [{"key": "f", "type": "file"}]}),
            "it sends a file",
        ),
        (get("x.test", body=raw("{{nothing}}")), "no value for {{nothing}}"),
        (get("x.test", header=[{"key": "a", "value": "b\nc"}]), "a header value holds"),
        (
            get("x.test", body={"mode": "graphql", "graphql": {"query": "q", "variables": "{"}}),
            "its GraphQL variables are not JSON",
        ),
    ],
)
def test_what_cannot_be_sent_as_meant_is_refused(request_: object, why: str) -> None:
    with pytest.raises(NotSendable) as refused:
        ready(request_)
    assert why in str(refused.value)


def test_every_request_has_its_place() -> None:
    tree = {
        "item": [
            {"name": "a", "item": [{"name": "b", "request": "x"}, 1]},
            {"name": "c", "response": [{"name": "d"}]},
        ]
    }
    found = list(places(tree))
    assert [(place.path, len(place.examples)) for place in found] == [("a / b", 0), ("c", 1)]
