"""What is read as one whole request, and that it is what uvicorn makes of the same bytes."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postiche.dataplane.asgi import target_of
from postiche.dataplane.reading import LONGEST, RequestReader, SentHeaders
from tests.dataplane.wire import connected, settled


def get(target: str = "/a", *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", *headers, "", ""]).encode("latin-1")


def test_a_request_is_read() -> None:
    sent = b"POST /a?b=%20 HTTP/1.1\r\nHost: x\r\nA:  1 \r\nA: 2\r\nContent-Length: 3\r\n\r\nxyz"
    read = RequestReader().read(sent)
    assert read is not None
    assert (read.method, read.target, read.body) == ("POST", "/a?b=%20", b"xyz")
    assert read.headers[0] == (b"host", b"x")
    assert [value.strip() for name, value in read.headers if name == b"a"] == [b"1", b"2"]
    assert len(read.headers) == 4
    assert read.headers[1:3] == list(read.headers)[1:3]


def test_a_chunked_body_is_read() -> None:
    sent = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"
    read = RequestReader().read(sent)
    assert read is not None
    assert read.body == b"abc"


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        (get(), True),
        (get("/a", "A: b"), True),
        (get("/a", "X-Mock-Response-Code: 1"), False),
        (get("/a", "A: x-mock-"), False),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\na", False),
    ],
)
def test_plain_means_that_only_method_and_target_can_matter(sent: bytes, plain: bool) -> None:
    read = RequestReader().read(sent)
    assert read is not None
    assert read.plain is plain


NOT_READ = [
    b"",
    b"GET",
    get()[:-1],
    get() + b"G",
    get() * 2,
    b"\x16\x03\x01",
    get().replace(b"1.1", b"1.0"),
    get("/a", "Connection: close"),
    get("/a", "Expect: 100-continue"),
    get("/a", "Connection: Upgrade", "Upgrade: websocket"),
    get("/a?"),
    get("/a#b"),
    get("http://h/a"),
    b"OPTIONS * HTTP/1.1\r\n\r\n",
    b"CONNECT h:1 HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na",
    get("/a", "A: " + "a" * LONGEST),
]


@pytest.mark.parametrize("sent", NOT_READ)
def test_everything_else_is_not_read_and_leaves_no_trace(sent: bytes) -> None:
    reader = RequestReader()
    assert reader.read(sent) is None
    assert reader.read(get()) is not None


class Seen:
    """An application that keeps the requests which reach it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, list[tuple[bytes, bytes]], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        found = (scope["method"], target_of(scope), scope["headers"], message["body"])
        self.requests.append(found)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=8)


@st.composite
def sendings(draw: st.DrawFn) -> bytes:
    """Bytes that look like a request, more or less."""
    method = draw(st.sampled_from(["GET", "POST", "HEAD", "PURGE"]))
    target = "/" + draw(TEXT.map(lambda text: text.replace(" ", "")))
    headers = [f"{name}:{value}" for name, value in draw(st.lists(st.tuples(NAMES, TEXT)))]
    body = draw(st.binary(max_size=5))
    if body:
        headers.append(f"content-length: {len(body) + draw(st.sampled_from([0, 0, 0, 1]))}")
    end = draw(st.sampled_from(["\r\n"] * 9 + ["\n"]))
    return end.join([f"{method} {target} HTTP/1.1", *headers, "", ""]).encode("latin-1") + body


NAMES = st.sampled_from(["Host", "A", "x-y", "Accept", "cookie", "b ", "", " c"])


def test_what_is_read_is_what_uvicorn_hands_to_an_application(runner: asyncio.Runner) -> None:
    reader = RequestReader()

    @given(sendings())
    @example(b"GET /a HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n")
    def check(sent: bytes) -> None:
        read = reader.read(sent)
        if read is not None:
            found = (read.method, read.target, list(read.headers), read.body)
            assert runner.run(reached(sent)) == [found]

    check()


async def reached(sent: bytes) -> list[tuple[str, str, list[tuple[bytes, bytes]], bytes]]:
    seen = Seen()
    application: Any = seen
    protocol, _ = connected(application, None)
    protocol.data_received(sent)
    await settled()
    protocol.connection_lost(None)
    return seen.requests


def test_headers_are_read_when_first_asked_for() -> None:
    headers = SentHeaders(get("/a", "B: c"))
    assert list(headers) == headers.lines == [(b"b", b"c")]


def test_a_head_that_is_known_is_read_as_if_it_were_not() -> None:
    targets = ["/", "/a?b=c", "/a/%20;x=(1)", "/users/7", "/a?b?c", "/<", "/a#b", "/a?", "//a", "*"]
    for headers in (["Host: x"], ["Host: x", "A: b"], []):
        known = RequestReader()
        for _ in range(3):
            assert known.read(get("/known", *headers)) is not None
        for target in targets:
            found, fresh = (
                known.read(get(target, *headers)),
                RequestReader().read(get(target, *headers)),
            )
            assert (found is None) == (fresh is None), target
            if found is not None and fresh is not None:
                assert (found.method, found.target, found.plain) == ("GET", fresh.target, True)
                assert list(found.headers) == list(fresh.headers)


@pytest.mark.parametrize(
    "sent",
    [
        get("/a", "Host: x").replace(b"GET", b"OPTIONS"),
        get("/a", "Host: x").replace(b"GET", b"FETCH"),
        get("/a", "Host: x").replace(b"1.1", b"1.0"),
        get("/a", "Host: x").replace(b" /a", b" a"),
        get("/a b", "Host: x"),
        get("/\xe9", "Host: x"),
        get("/a\x00", "Host: x"),
    ],
)
def test_only_an_ordinary_request_line_may_stand_before_a_known_head(sent: bytes) -> None:
    known = RequestReader()
    for _ in range(3):
        assert known.read(get("/a", "Host: x")) is not None
    assert known.read(sent) is None


def test_a_target_that_is_too_long_is_not_read_before_a_known_head() -> None:
    known = RequestReader()
    for _ in range(3):
        assert known.read(get("/a", "Host: x")) is not None
    assert known.read(get("/" + "a" * LONGEST, "Host: x")) is None
