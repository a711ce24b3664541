from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.collection import read_collection
from postiche.core.match import match
from postiche.core.plan import compile_plan
from postiche.core.recording.recorder import (
    Added,
    Recorder,
    captured_example,
    new_collection,
    savable_text,
    saved_request,
    set_variable,
)
from postiche.model import Exchange, Headers, Reply, Request

Node = dict[str, Any]
JSON: Headers = (("content-type", "application/json"),)


class Recorded:
    """A collection being recorded."""

    def __init__(self, tree: Node | None = None, **options: Any) -> None:
        numbers = count(1)
        self.tree = tree or new_collection("shop", "c")
        set_variable(self.tree, "baseUrl", "https://shop.test")
        self.recorder = Recorder(
            self.tree, lambda: f"00000000-0000-4000-8000-{next(numbers):012}", **options
        )

    def call(self, method: str, target: str, reply: object = b"", **more: Any) -> Added:
        answer = reply if isinstance(reply, Reply) else Reply(200, (), bytes(reply))  # type: ignore[call-overload]
        return self.recorder.add(Exchange(Request(method, target, **more), answer, "OK"))

    @property
    def items(self) -> list[Node]:
        found: list[Node] = self.tree["item"]
        return found


def answered(tree: Node, request: Request) -> str | None:
    """The body of the example that a mock of the collection answers with."""
    found = match(compile_plan(read_collection(tree)), request).example
    return found.source.body if found else None


def test_calls_of_one_path_are_examples_of_one_request() -> None:
    shop = Recorded()
    assert shop.call("GET", "/users?page=1", b"one").example == "200 OK"
    assert shop.call("GET", "/users?page=2", b"two").example == "200 OK (2)"
    assert shop.call("POST", "/users", Reply(404)).request == "POST /users"
    assert [(item["name"], len(item["response"])) for item in shop.items] == [
        ("GET /users", 2),
        ("POST /users", 1),
    ]


def test_the_same_exchange_is_saved_once_also_in_a_later_recording() -> None:
    shop = Recorded()
    shop.call("POST", "/users", b"one", body=b"x")
    assert shop.call("POST", "/users", b"one", body=b"x") == Added()
    again = Recorded(shop.tree)
    assert again.call("POST", "/users", b"one", body=b"x") == Added()
    assert again.call("POST", "/users", b"one", body=b"y").example == "200 OK (2)"
    assert again.call("POST", "/users", Reply(201, (), b"one"), body=b"x").example
    assert len(shop.items) == 1


def test_ids_become_path_variables_of_the_request_and_stay_in_its_examples() -> None:
    shop = Recorded(ids_to_variables=True)
    uuid = "5daabc50-8451-43f6-922d-96b403b4f28e"
    for target in ("/users/1", "/users/2", f"/users/{uuid}/orders/3", "/users/carol"):
        shop.call("GET", target, target.encode())
    assert [item["name"] for item in shop.items] == [
        "GET /users/:id",
        "GET /users/:id/orders/:id2",
        "GET /users/carol",
    ]
    assert shop.items[1]["request"]["url"]["variable"] == [
        {"key": "id", "value": uuid},
        {"key": "id2", "value": "3"},
    ]
    for target in ("/users/1", "/users/2", "/users/carol"):
        assert answered(shop.tree, Request("GET", target)) == target


TARGETS = st.lists(
    st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?")), max_size=4
).map(lambda parts: "/" + "/".join(parts))
QUERIES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"))


@given(
    st.sampled_from(["GET", "POST"]),
    TARGETS,
    st.none() | QUERIES,
    st.sampled_from([b"", b"text", b'{"a": 1}', b"a=b&c=d", b"\xff\x00"]),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain"]),
)
def test_a_recorded_call_is_answered_by_its_own_example(
    method: str, path: str, query: str | None, body: bytes, kind: str
) -> None:
    """Among all that could be confused with it; nothing in a target is read as a variable."""
    shop = Recorded()
    target = path if query is None else f"{path}?{query}"
    shop.call(method, "/", b"root")
    shop.call(method, path + "/more", b"more")
    request = Request(method, target, (("content-type", kind),), body)
    if shop.call(method, target, b"it", headers=request.headers, body=body).example:
        assert answered(shop.tree, request) in ("it", "root" if path == "/" else "it")


@pytest.mark.parametrize(
    ("kind", "body", "saved"),
    [
        (
            "application/json; charset=utf-8",
            b'{"a":  1}',
            {"mode": "raw", "raw": '{"a":  1}', "options": {"raw": {"language": "json"}}},
        ),
        (
            "application/x-www-form-urlencoded",
            b"a=b%20c&a=",
            {
                "mode": "urlencoded",
                "urlencoded": [
                    {"key": "a", "value": "b c", "type": "text"},
                    {"key": "a", "value": "", "type": "text"},
                ],
            },
        ),
        (
            "multipart/form-data; boundary=X",
            b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--X--\r\n',
            {"mode": "formdata", "formdata": [{"key": "a", "value": "b", "type": "text"}]},
        ),
        ("text/plain", b"hi", {"mode": "raw", "raw": "hi"}),
        ("image/png", b"\xff", {"mode": "file", "file": {}}),
    ],
)
def test_a_body_is_saved_by_its_kind(kind: str, body: bytes, saved: Node) -> None:
    request, note = saved_request(Request("POST", "/", (("content-type", kind),), body))
    assert request["body"] == saved
    assert note == (
        "its request body is not text and is not saved" if saved["mode"] == "file" else None
    )


def test_files_of_a_form_are_told_of() -> None:
    part = b'--X\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n1\r\n--X--\r\n'
    headers = (("content-type", "multipart/form-data; boundary=X"),)
    added = Recorded().call("POST", "/", headers=headers, body=part)
    assert (added.example, added.note) == ("200 OK", "the files of its form are not saved")


def test_only_headers_that_mean_something_are_saved() -> None:
    shop = Recorded()
    sent = (("host", "x"), ("accept", "*/*"), ("content-length", "0"), ("x-mock-response-id", "1"))
    got = (
        *(("date", "now"), ("content-encoding", "identity"), ("connection", "close")),
        *(("x-mock-response-delay", "9"), ("link", "a"), ("link", "b"), ("content-type", "text/x")),
    )
    shop.call("GET", "/", Reply(200, got, b"x"), headers=sent)
    [example] = shop.items[0]["response"]
    assert [each["key"] for each in example["originalRequest"]["header"]] == ["accept"]
    assert [each["value"] for each in example["header"]] == ["a", "b", "text/x"]


@pytest.mark.parametrize(
    ("exchange", "why"),
    [
        (Exchange(Request("GET", "/"), Reply(200), flaw="it broke off"), "it broke off"),
        (Exchange(Request("GET", "/"), Reply(999)), "status 999"),
        (Exchange(Request("GET", "/" + "x" * 70_000), Reply(200)), "longer than"),
        (Exchange(Request("GET", "/"), Reply(200, (), b"\xff")), "not text"),
    ],
)
def test_what_cannot_be_an_example_is_left_out_with_the_reason(
    exchange: Exchange, why: str
) -> None:
    shop = Recorded()
    added = shop.recorder.add(exchange)
    assert added.example is None
    assert why in str(added.note)
    assert shop.items == []


def test_a_body_that_a_mock_would_fill_in_is_told_of() -> None:
    note = "its body holds {{variables}}, which a mock server fills in"
    shop = Recorded()
    assert shop.call("GET", "/1", b"{{$guid}}").note == note
    assert shop.call("GET", "/2", b"{{baseUrl}}/x").note == note
    assert shop.call("GET", "/3", b"{{other}}").note is None


def test_a_token_is_taken_out_of_what_was_saved_before_it_was_known_to_be_one() -> None:
    shop = Recorded()
    shop.call("POST", "/login", b'{"t": "sesame-sesame"}')
    shop.call("GET", "/me", b"me", headers=(("authorization", "Bearer sesame-sesame"),))
    assert "sesame" not in str(shop.tree)
    assert shop.items[0]["response"][0]["body"] == '{"t": "REDACTED"}'
    assert shop.call("POST", "/login", b'{"t": "sesame-sesame"}') == Added()


def test_an_unreadable_collection_is_added_to_all_the_same() -> None:
    tree: Node = {"item": [1, {"item": []}, {"request": "http://x/users", "response": None}, {}]}
    shop = Recorded(tree)
    shop.call("GET", "/users", b"x")
    assert len(tree["item"]) == 4
    assert len(tree["item"][2]["response"]) == 1


def test_a_captured_example_keeps_the_request_as_it_is_saved() -> None:
    request = {"method": "GET", "auth": {"type": "bearer"}, "url": "{{baseUrl}}/a", "header": []}
    exchange = Exchange(Request("GET", "/a"), Reply(200, JSON, b"{}"), "OK")
    item: Node = {"name": "a", "request": request, "response": None}
    example = captured_example(item, exchange, ())
    assert example is not None
    assert example["originalRequest"] == {"method": "GET", "url": "{{baseUrl}}/a", "header": []}
    assert (example["name"], example["_postman_previewlanguage"]) == ("200 OK", "json")
    item["response"] = [{"id": "1", **example}]
    assert captured_example(item, exchange, ()) is None


def test_a_variable_that_is_there_keeps_its_value() -> None:
    tree: Node = {"variable": [{"key": "a", "value": "1"}]}
    assert set_variable(tree, "a", "2") == "1"
    assert set_variable(tree, "b", "2") == "2"
    assert [each["key"] for each in tree["variable"]] == ["a", "b"]


def test_the_text_of_an_exchange_is_its_body() -> None:
    assert savable_text(Exchange(Request("GET", "/"), Reply(200, (), b"hi"))) == "hi"
