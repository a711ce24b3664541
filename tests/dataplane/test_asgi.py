import asyncio
from collections.abc import Iterable

import pytest

from postiche.dataplane.asgi import (
    BodyTooLarge,
    ClientGone,
    Message,
    client_left,
    encoded,
    headers_of,
    imf_date,
    read_body,
    send_raw,
    send_reply,
    target_of,
)
from postiche.model import Headers, Reply
from tests.dataplane.driver import (
    NOON,
    NOON_AS_HEADER,
    Answered,
    answered,
    request_parts,
    scope_for,
)

GONE: Message = {"type": "http.disconnect"}


def read(messages: Iterable[Message], headers: Headers = (), limit: int = 100) -> bytes:
    waiting = iter(list(messages))

    async def receive() -> Message:
        return next(waiting)

    return asyncio.run(read_body(receive, headers, limit))


def sent(reply: Reply, method: str = "GET") -> Answered:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(send_reply(send, method, reply, NOON))
    return answered(messages)


@pytest.mark.parametrize(
    "target",
    ["/", "/a?b=c", "/%ZZ", "/a%2Fb?x=%26", "//x", "/a b", "/caf\xe9", "/?", "/a?b?c"],
)
def test_the_target_is_what_stood_on_the_request_line(target: str) -> None:
    assert target_of(scope_for("GET", target)) == target.removesuffix("?")


def test_without_a_raw_path_the_decoded_path_is_encoded_again() -> None:
    scope = scope_for("GET", "/?q=1") | {"path": "/100% caf\xe9", "raw_path": None}
    assert target_of(scope) == "/100%25%20caf%C3%A9?q=1"
    del scope["raw_path"]
    assert target_of(scope) == "/100%25%20caf%C3%A9?q=1"


def test_a_path_that_cannot_be_encoded_is_still_a_target() -> None:
    assert target_of({"path": "/\ud800", "query_string": b""}) == "/%3F"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("http://x/a?b=c", "/a?b=c"),
        ("http://x", "/"),
        ("http://x?b", "/?b"),
        ("", "/"),
        ("*", "/*"),
    ],
)
def test_a_target_always_begins_with_a_slash(target: str, path: str) -> None:
    assert target_of(scope_for("GET", target)) == path


def test_what_a_server_is_mounted_under_is_not_part_of_the_target() -> None:
    scope = scope_for("GET", "/proxy/m/1?a=b", root_path="/proxy")
    assert target_of(scope) == "/m/1?a=b"


def test_request_headers_have_lower_case_names_and_keep_every_byte() -> None:
    scope = {"headers": [(b"X-One", b"\xff"), (b"x-one", b"2")]}
    assert headers_of(scope) == (("x-one", "\xff"), ("x-one", "2"))


def test_a_body_is_read_whole_however_it_comes() -> None:
    assert read(request_parts(b"abc")) == b"abc"
    assert read(request_parts([b"a", b"", b"bc", b""])) == b"abc"
    assert read([{"type": "http.request"}]) == b""


def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert read(request_parts(b"x" * 100)) == b"x" * 100
    assert read(request_parts([b"x" * 60, b"x" * 40])) == b"x" * 100


def test_a_body_past_the_limit_is_too_large() -> None:
    with pytest.raises(BodyTooLarge):
        read(request_parts(b"x" * 101))
    with pytest.raises(BodyTooLarge):
        read(request_parts([b"x" * 60, b"x" * 41]))


def test_a_body_announced_past_the_limit_is_not_even_read() -> None:
    with pytest.raises(BodyTooLarge):
        read([], (("content-length", "101"),))


@pytest.mark.parametrize("length", ["many", "-5", "1e9", "\xb2", "3, 3"])
def test_a_length_that_is_no_number_announces_nothing(length: str) -> None:
    assert read(request_parts(b"abc"), (("content-length", length),)) == b"abc"


def test_a_client_that_leaves_within_its_body_is_gone() -> None:
    with pytest.raises(ClientGone):
        read([GONE])
    with pytest.raises(ClientGone):
        read([{"type": "http.request", "body": b"a", "more_body": True}, GONE])


def test_a_client_has_left_once_the_server_says_so() -> None:
    waiting: list[Message] = [{"type": "http.request", "body": b""}, GONE]

    async def receive() -> Message:
        return waiting.pop(0)

    asyncio.run(client_left(receive))
    assert waiting == []


def test_a_reply_goes_out_with_its_length_and_the_date() -> None:
    answer = sent(Reply(200, (("x-one", "1"),), b"hello"))
    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.headers == [("x-one", "1"), ("date", NOON_AS_HEADER), ("content-length", "5")]


def test_a_saved_date_is_the_only_date() -> None:
    answer = sent(Reply(200, (("Date", "yesterday"),)))
    assert [value for name, value in answer.headers if name == "date"] == ["yesterday"]


def test_a_reply_to_head_keeps_the_length_and_loses_the_body() -> None:
    answer = sent(Reply(200, (), b"hello"), "HEAD")
    assert answer.body == b""
    assert answer.header("content-length") == "5"


@pytest.mark.parametrize("status", [100, 204, 304])
def test_some_statuses_have_neither_body_nor_length(status: int) -> None:
    answer = sent(Reply(status, (), b"hello"))
    assert answer.body == b""
    assert answer.header("content-length") is None


def test_an_empty_body_has_the_length_zero() -> None:
    assert sent(Reply(205)).header("content-length") == "0"


def test_repeated_headers_stay_repeated_and_in_order() -> None:
    cookies = (("Set-Cookie", "a=1"), ("X", ""), ("Set-Cookie", "b=2"))
    assert encoded(cookies) == [(b"set-cookie", b"a=1"), (b"x", b""), (b"set-cookie", b"b=2")]


def test_values_are_latin_1_where_possible_and_utf_8_where_not() -> None:
    assert encoded((("x", "caf\xe9"), ("y", "\u20ac"))) == [
        (b"x", b"caf\xe9"),
        (b"y", b"\xe2\x82\xac"),
    ]
    assert encoded((("x", "\ud800"),)) == [(b"x", b"?")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "empty name"),
        ("two words", "x"),
        ("x:y", "x"),
        ("x\r\ny", "x"),
        ("caf\xe9", "x"),
        ("\u20ac", "x"),
        ("x", "a\r\nset-cookie: b=c"),
        ("x", "a\nb"),
        ("x", "a\0b"),
        ("x", "a\x7fb"),
        ("Content-Length", "3"),
        ("transfer-encoding", "chunked"),
    ],
)
def test_what_would_break_the_reply_is_left_out(name: str, value: str) -> None:
    assert encoded(((name, value), ("kept", "a\tb"))) == [(b"kept", b"a\tb")]


def test_dates_are_written_as_http_wants_them() -> None:
    assert imf_date(784111777) == b"Sun, 06 Nov 1994 08:49:37 GMT"


def test_a_client_that_is_gone_when_the_reply_is_sent_is_no_error() -> None:
    async def send(message: Message) -> None:
        raise ConnectionResetError

    asyncio.run(send_raw(send, 200, [], b""))
