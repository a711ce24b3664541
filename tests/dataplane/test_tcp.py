"""What only shows on a real connection: framing, odd requests, clients that leave."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from tests.dataplane.driver import NOON_AS_HEADER, RecordedCalls, app_of, saved
from tests.dataplane.serving import TIMEOUT, Connection, ask, served

Address = tuple[str, int]
MEGABYTE = 1024 * 1024

RECORDED = RecordedCalls()

HOP_BY_HOP = [
    ("Transfer-Encoding", "chunked"),
    ("Connection", "close"),
    ("Keep-Alive", "timeout=5"),
    ("Content-Length", "1"),
    ("Content-Encoding", "gzip"),
    ("Upgrade", "h2c"),
    ("X-Kept", "yes"),
]

ITEMS = [
    saved("get", "GET", "/a"),
    saved("head", "HEAD", "/a"),
    saved("post", "POST", "/a", body="posted"),
    saved("echo", "POST", "/echo", body="{{$body}}"),
    saved("purge", "PURGE", "/a", body="purged"),
    saved("link", "LINK", "/a", body="linked"),
    saved("cookies", "GET", "/cookies", headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]),
    saved("hops", "GET", "/hops", headers=HOP_BY_HOP),
    saved("empty", "GET", "/empty", code=204),
    saved("unchanged", "GET", "/unchanged", code=304),
    saved("large", "GET", "/large", body="x" * 5 * MEGABYTE),
    saved("slash", "GET", "/p%2Fq", body="an encoded slash"),
    saved("slow", "GET", "/slow"),
]


@pytest.fixture(scope="module", params=["httptools", "h11", "postiche"])
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    app = app_of(*ITEMS, calls=RECORDED, max_body=30 * MEGABYTE)
    with served(app, request.param) as where:
        yield where


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1")


def post(target: str, body: bytes, *headers: str) -> bytes:
    head = [f"POST {target} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def chunked(target: str, *chunks: bytes) -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


def test_a_request_is_answered_with_exactly_one_length_and_date(address: Address) -> None:
    reply = ask(address, get("/a"))
    assert (reply.status, reply.body) == (200, b"hello")
    assert reply.all("content-length") == ["5"]
    assert reply.all("date") == [NOON_AS_HEADER]


def test_a_body_of_20_megabytes_arrives_whole(address: Address) -> None:
    body = b"0123456789abcdef" * (20 * MEGABYTE // 16)
    reply = ask(address, post("/echo", body))
    assert reply.status == 200
    assert reply.body == body


def test_a_chunked_body_arrives_whole(address: Address) -> None:
    assert ask(address, chunked("/echo", b"one ", b"two", b"")).body == b"one two"


def test_a_body_past_the_limit_is_a_413_and_the_connection_lives_on(address: Address) -> None:
    too_long = b"x" * (30 * MEGABYTE + 1)
    with Connection(address) as connection:
        connection.send(post("/a", too_long))
        assert connection.reply().status == 413
        connection.send(get("/a"))
        assert connection.reply().body == b"hello"


def test_a_body_announced_past_the_limit_is_refused_before_it_is_sent(address: Address) -> None:
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
    assert ask(address, head + b"Expect: 100-continue\r\n\r\n").status == 413


def test_a_client_that_waits_for_100_continue_gets_it(address: Address) -> None:
    request = post("/echo", b"hi", "Expect: 100-continue")
    with Connection(address) as connection:
        connection.send(request[:-2])
        assert connection.reply().status_line == "HTTP/1.1 100 Continue"
        connection.send(request[-2:])
        assert connection.reply().body == b"hi"


def test_a_client_that_leaves_within_its_body_disturbs_nobody(address: Address) -> None:
    before = len(RECORDED.calls)
    with Connection(address) as connection:
        connection.send(chunked("/a", b"half of it"))
    with Connection(address) as connection:
        connection.send(post("/a", b"half of it").replace(b": 10", b": 100"))
    assert ask(address, get("/a")).status == 200
    assert [call.method for call in RECORDED.calls[before:]] == ["GET"]


def test_a_broken_chunk_is_the_clients_error(address: Address) -> None:
    with Connection(address) as connection:
        connection.send(chunked("/a", b"fine") + b"not a length\r\n")
        assert connection.reply(to_head=True).status == 400
    assert ask(address, get("/a")).status == 200


def test_head_is_answered_with_the_length_and_no_body(address: Address) -> None:
    head = get("/a").replace(b"GET", b"HEAD", 1)
    with Connection(address) as connection:
        connection.send(head + get("/a"))
        assert connection.reply(to_head=True).all("content-length") == ["5"]
        assert connection.reply().body == b"hello"


@pytest.mark.parametrize(("target", "status"), [("/empty", 204), ("/unchanged", 304)])
def test_replies_without_a_body_leave_the_connection_usable(
    address: Address, target: str, status: int
) -> None:
    with Connection(address) as connection:
        connection.send(get(target) + get("/a"))
        reply = connection.reply()
        assert (reply.status, reply.all("content-length")) == (status, [])
        assert connection.reply().body == b"hello"


def test_cookies_arrive_one_by_one_and_in_order(address: Address) -> None:
    assert ask(address, get("/cookies")).all("set-cookie") == ["a=1", "b=2"]


def test_saved_hop_by_hop_headers_do_not_break_the_reply(address: Address) -> None:
    with Connection(address) as connection:
        connection.send(get("/hops") + get("/a"))
        reply = connection.reply()
        assert reply.body == b"hello"
        assert reply.all("x-kept") == ["yes"]
        assert reply.all("content-length") == ["5"]
        assert not reply.all("connection") + reply.all("upgrade") + reply.all("content-encoding")
        assert connection.reply().body == b"hello"


@pytest.mark.parametrize(("method", "body"), [("PURGE", b"purged"), ("LINK", b"linked")])
def test_any_method_that_the_server_reads_is_matched(
    address: Address, method: str, body: bytes
) -> None:
    assert ask(address, get("/a").replace(b"GET", method.encode(), 1)).body == body


def test_an_encoded_slash_is_not_a_slash(address: Address) -> None:
    assert ask(address, get("/p%2Fq")).body == b"an encoded slash"
    assert RECORDED.calls[-1].path == "/p%2Fq"


@pytest.mark.parametrize(
    "target",
    [
        "/%ZZ",
        "/%",
        "//x",
        "//",
        "/%00",
        "/%ff%fe",
        "/?",
        "/?&&=",
        "/a;b=c",
        "/..//.",
        "/" + "x" * 60_000,
    ],
)
def test_an_odd_target_is_a_miss_and_nothing_worse(address: Address, target: str) -> None:
    assert ask(address, get(target)).status == 404
    assert RECORDED.calls[-1].path == target.removesuffix("?")


def test_an_absolute_target_is_read_as_its_path(address: Address) -> None:
    assert ask(address, get("http://elsewhere/a")).body == b"hello"


def test_pipelined_requests_are_answered_in_order(address: Address) -> None:
    with Connection(address) as connection:
        connection.send(
            get("/a") + post("/echo", b"1") + get("/p%2Fq") + chunked("/echo", b"2", b"")
        )
        bodies = [connection.reply().body for _ in range(4)]
        assert bodies == [b"hello", b"1", b"an encoded slash", b"2"]


def test_a_large_reply_arrives_whole(address: Address) -> None:
    assert ask(address, get("/large")).body == b"x" * 5 * MEGABYTE


def test_a_client_that_does_not_read_holds_up_nobody(address: Address) -> None:
    with Connection(address) as connection:
        connection.send(get("/large") * 20)
        assert ask(address, get("/a")).status == 200


def test_one_delayed_call_holds_up_nobody(address: Address) -> None:
    with Connection(address) as slow:
        slow.send(get("/slow").replace(b"Host", b"x-mock-response-delay: 180000\r\nHost"))
        assert ask(address, get("/a")).status == 200


def test_a_client_that_leaves_during_the_delay_ends_the_call() -> None:
    sleeping, woken = threading.Event(), threading.Event()

    async def sleep(seconds: float) -> None:
        sleeping.set()
        try:
            await asyncio.Event().wait()
        finally:
            woken.set()

    calls = RecordedCalls()
    with served(app_of(saved(), calls=calls, sleep=sleep)) as where:
        with Connection(where) as connection:
            connection.send(get("/a").replace(b"Host", b"x-mock-response-delay: 9\r\nHost"))
            assert sleeping.wait(TIMEOUT)
        assert woken.wait(TIMEOUT)
    assert calls.calls == []


def test_a_preflight_is_answered_without_a_body(address: Address) -> None:
    request = (
        b"OPTIONS /a HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n"
        b"Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a\r\n\r\n"
    )
    with Connection(address) as connection:
        connection.send(request + get("/a"))
        reply = connection.reply()
        assert (reply.status, reply.all("content-length")) == (204, ["0"])
        assert reply.all("access-control-allow-headers") == ["x-a"]
        assert connection.reply().body == b"hello"


def test_a_wish_for_a_websocket_is_served_as_plain_http(address: Address) -> None:
    wish = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nHost"
    assert ask(address, get("/a").replace(b"Host", wish)).body == b"hello"
