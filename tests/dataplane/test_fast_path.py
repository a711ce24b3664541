"""The fast path answers as the ASGI path does, byte for byte, or leaves the request to it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.core.collection import read_collection, read_environment
from postiche.core.plan import Plan, compile_plan
from postiche.dataplane.answer import Answer, answer_of
from postiche.dataplane.app import MockApp
from postiche.dataplane.fast_path import LONGEST_BODY
from postiche.dataplane.locate import at_root, by_path
from postiche.dataplane.plans import FixedMocks, MockEntry
from postiche.dataplane.remembered import ENTRIES
from postiche.model import Call, Delay, MockConfig, Reply, ServerResponse
from tests.conformance.corpus import Case, every_case, model_config, path_of
from tests.dataplane.driver import (
    NOON,
    NOON_AS_HEADER,
    RecordedCalls,
    collection,
    frozen,
    saved,
)
from tests.dataplane.wire import talk

BODY_ITEM = saved("json", "POST", "/things", code=201, body='{"made": true}')
BODY_ITEM["response"][0]["originalRequest"] = {
    "method": "POST",
    "header": [{"key": "Content-Type", "value": "application/json"}],
    "url": "{{url}}/things",
    "body": {"mode": "raw", "raw": '{"name": "a"}'},
}
ITEMS = [
    saved("a", "GET", "/a"),
    saved("a not found", "GET", "/a", code=404, body="none"),
    saved("head", "HEAD", "/a"),
    saved("options", "OPTIONS", "/a"),
    saved("query", "GET", "/a?page=2", body="page 2"),
    saved("user", "GET", "/users/{{id}}", body="user {{id}}"),
    saved("echo", "POST", "/echo", body="{{$body}}"),
    saved("agent", "GET", "/agent", body="{{$headers 'user-agent' 'nobody'}}"),
    saved("number", "GET", "/number", body="{{$randomInt}}"),
    saved("empty", "GET", "/empty", code=204, body=""),
    saved("unchanged", "GET", "/unchanged", code=304),
    saved("dated", "GET", "/dated", headers=[("Date", "then"), ("Set-Cookie", "a=1")]),
    BODY_ITEM,
]
CONFIGS = [
    MockConfig(),
    MockConfig(match_body=True),
    MockConfig(match_header=True, headers=("user-agent",)),
    MockConfig(match_query_params=False, match_wildcards=False),
]


class Pair:
    """One mock behind both paths, each with its own log."""

    def __init__(self, entry: MockEntry, locate: Any = None) -> None:
        self.slow_calls, self.fast_calls = RecordedCalls(), RecordedCalls()
        self.locate = locate or at_root("m")
        self.mocks = FixedMocks({"m": entry})
        self.app = self._app(self.slow_calls)
        self.fast_app = self._app(self.fast_calls)
        self.fast = self.fast_app.fast_path(NOON.timestamp)

    def _app(self, calls: RecordedCalls) -> MockApp:
        return MockApp(self.mocks, calls, frozen(), locate=self.locate, sleep=at_once)

    def compare(self, chunks: list[bytes], runner: asyncio.Runner) -> None:
        """The same bytes to both; what comes back, and what is logged, must be the same."""
        slow = runner.run(talk(self.app, None, chunks))
        fast = runner.run(talk(self.fast_app, self.fast.answer, chunks))
        assert fast == slow
        assert told(self.fast_calls) == told(self.slow_calls)


async def at_once(_seconds: float) -> None:
    """Waiting, without the wait."""


def told(calls: RecordedCalls) -> list[Call]:
    """Everything the log says but ids; it is then empty."""
    found = [replace(call, id="") for call in calls.calls]
    calls.calls.clear()
    return found


def entry_with(config: MockConfig | None = None, **more: Any) -> MockEntry:
    return MockEntry(compile_plan(read_collection(collection(*ITEMS)), None, config), **more)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


PATHS = ["/a", "/A/", "/a?page=2", "/a?page=3&x=%20y", "/users/7", "/users/%C3%A9", "/echo"]
PATHS += [
    "/things",
    "/agent",
    "/empty",
    "/unchanged",
    "/dated",
    "/nothing",
    "/a?",
    "//a",
    "/a#b",
    "/number",
]
PATHS += ["http://h/a", "*", "/a?x", "/%zz", "/\xc3\xa9"]
HEADERS = ["User-Agent: one", "User-Agent: two", "Accept: */*", "X-Mock-Response-Code: 404"]
HEADERS += ["x-mock-response-name: a not found", "X-API-Key: PMAK-secret", "Cookie: a=1", "A:  b "]
HEADERS += ["Expect: 100-continue", "Connection: close", "Connection: keep-alive", "A: x-mock-no"]
HEADERS += ["Connection: Upgrade\r\nUpgrade: h2c", "X-Mock-Match-Request-Body: true", "Bad Header"]
METHODS = ["GET", "GET", "GET", "HEAD", "POST", "POST", "OPTIONS", "DELETE", "PURGE", "FETCH"]
BODIES = [
    b"",
    b'{"name": "a"}',
    b'{ "name" : "a" }',
    b"other",
    b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
]


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """One request as it might be sent, mostly well-formed."""
    version = draw(st.sampled_from(["1.1"] * 8 + ["1.0", "2.0"]))
    line = f"{draw(st.sampled_from(METHODS))} {draw(st.sampled_from(PATHS))} HTTP/{version}"
    headers = draw(st.lists(st.sampled_from(HEADERS[:-1]), max_size=3))
    headers += draw(st.sampled_from([[]] * 20 + [[HEADERS[-1]]]))
    body = draw(st.sampled_from(BODIES))
    if body and draw(st.booleans()):
        headers += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    elif body:
        headers.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return "\r\n".join([line, "Host: x", *headers, "", ""]).encode("latin-1") + body


@st.composite
def conversations(draw: st.DrawFn) -> list[bytes]:
    """Requests on one connection: sent one by one, all at once, or cut anywhere."""
    sent = draw(st.lists(requests(), min_size=1, max_size=6))
    sent = [each for each in sent for _ in range(draw(st.integers(1, 3)))]
    way = draw(st.sampled_from(["one by one", "one by one", "at once", "cut"]))
    if way == "one by one":
        return sent
    stream = b"".join(sent)
    cuts = draw(st.lists(st.integers(0, len(stream)), max_size=5)) if way == "cut" else []
    ends = [0, *sorted(cuts), len(stream)]
    return [stream[a:b] for a, b in pairwise(ends) if b > a]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_both_paths_answer_every_connection_alike(
    config: MockConfig, runner: asyncio.Runner
) -> None:
    pair = Pair(entry_with(config))

    @settings(max_examples=150, deadline=None)
    @given(conversations())
    def check(chunks: list[bytes]) -> None:
        pair.compare(chunks, runner)

    check()


def test_both_paths_answer_the_whole_corpus_alike(runner: asyncio.Runner) -> None:
    answered = 0
    for case in every_case():
        pair = Pair(MockEntry(plan_of_case(case)))
        sent = bytes_of(case)
        pair.compare([sent] * 3, runner)
        answered += pair.fast.answer(sent) is not None
    assert answered > 300  # the rest are preflights, delays, targets and bodies that wait


def plan_of_case(case: Case) -> Plan:
    environment = None if case.environment is None else read_environment(case.environment)
    return compile_plan(read_collection(case.collection), environment, model_config(case))


def bytes_of(case: Case) -> bytes:
    lines = [f"{case.method} {path_of(case.target)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in case.headers]
    if case.body:
        lines.append(f"Content-Length: {len(case.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + case.body


# --- what is answered, what is kept --------------------------------------------------


def get(target: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def test_an_answer_has_status_headers_date_and_body() -> None:
    answer = Pair(entry_with()).fast.answer(get("/a"))
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"hello"
    assert head.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n")
    assert head.endswith(f"\r\ndate: {NOON_AS_HEADER}\r\ncontent-length: 5".encode())


def test_the_date_moves_on() -> None:
    moments = iter([NOON.timestamp() + seconds for seconds in (0, 0.9, 1.1, 61)])
    pair = Pair(entry_with())
    fast = pair.fast_app.fast_path(lambda: next(moments))
    dates = [
        answer.partition(b"date: ")[2][17:25]
        for _ in range(4)
        if (answer := fast.answer(get("/a")))
    ]
    assert dates == [b"12:00:00", b"12:00:00", b"12:00:01", b"12:01:01"]


def test_every_answer_is_logged_whether_it_was_remembered_or_not() -> None:
    pair = Pair(entry_with())
    for number in (1, 1, 1, 2):
        assert pair.fast.answer(get("/a?page=2", f"A: {number}"))
    logged = [
        (call.path, call.example, dict(call.request_headers)["a"]) for call in told(pair.fast_calls)
    ]
    assert logged == [("/a?page=2", "id of query", each) for each in "1112"]


@pytest.mark.parametrize(
    "sent",
    [
        get("/a")[:-1],
        get("/a") + get("/a"),
        get("/a") + b"GET",
        get("/a", "Connection: close"),
        get("/a", "Expect: 100-continue"),
        get("/a").replace(b"1.1", b"1.0"),
        get("/a").replace(b"GET", b"OPTIONS"),
        get("/a", "x-mock-response-delay: 5"),
        b"nonsense",
        b"",
    ],
)
def test_what_is_not_one_plain_request_is_left_to_the_asgi_path(sent: bytes) -> None:
    pair = Pair(entry_with())
    assert pair.fast.answer(sent) is None
    assert told(pair.fast_calls) == []
    assert pair.fast.answer(get("/a"))


@pytest.mark.parametrize(
    "entry",
    [
        entry_with(private=True),
        entry_with(active=False),
        entry_with(MockConfig(delay=Delay(10))),
    ],
    ids=["private", "inactive", "delayed"],
)
def test_mocks_that_ask_for_more_are_left_to_the_asgi_path(entry: MockEntry) -> None:
    assert Pair(entry).fast.answer(get("/a")) is None


def test_other_places_are_left_to_the_asgi_path() -> None:
    pair = Pair(entry_with(), by_path())
    assert pair.fast.answer(get("/mocks")) is None
    assert pair.fast.answer(get("/m/unknown/a")) is None
    assert pair.fast.answer(get("/m/m/a"))


def test_a_large_reply_is_left_to_the_asgi_path() -> None:
    large = plan_with(saved("large", "GET", "/large", body="x" * (LONGEST_BODY + 1)))
    assert Pair(MockEntry(large)).fast.answer(get("/large")) is None


def plan_with(*items: dict[str, Any]) -> Plan:
    return compile_plan(read_collection(collection(*items)))


def test_chance_is_never_repeated() -> None:
    pair = Pair(entry_with())
    answers = {pair.fast.answer(get("/number")) for _ in range(20)}
    assert len(answers) > 5


def test_an_active_server_response_answers() -> None:
    response = ServerResponse("s", "m", "down", 503, (), None, "out", NOON, NOON, 7, 7)
    entry = entry_with(server_response=response, server_reply=Reply(503, (), b"out"))
    pair = Pair(entry)
    answers = [pair.fast.answer(get("/a", f"n: {number}")) for number in range(4)]
    assert all(answer and answer.startswith(b"HTTP/1.1 503 ") for answer in answers)
    assert [call.response_name for call in told(pair.fast_calls)] == ["down"] * 4


def test_a_new_revision_makes_it_forget() -> None:
    pair = Pair(entry_with())
    before = [pair.fast.answer(get("/a")) or b"" for _ in range(3)][-1]
    pair.mocks.replace({"m": MockEntry(plan_with(saved("new", "GET", "/a", body="changed")))})
    after = pair.fast.answer(get("/a")) or b""
    assert (before[-5:], after[-7:]) == (b"hello", b"changed")


def test_a_flood_of_urls_drives_out_nothing_that_is_in_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = 0

    def counted(*arguments: Any) -> Answer:
        nonlocal made
        made += 1
        return answer_of(*arguments)

    monkeypatch.setattr("postiche.dataplane.fast_path.answer_of", counted)
    pair = Pair(entry_with())
    pair.fast_calls.record = lambda *_: None  # type: ignore[method-assign]
    for number in range(2 * ENTRIES):
        pair.fast.answer(get(f"/users/{number}"))
        pair.fast.answer(get("/a", f"n: {number}"))
        pair.fast.answer(get(f"/users/{number}"))
    assert made == 2 * ENTRIES + 2  # a path that comes for the first time takes the short way


def test_a_failure_is_left_to_the_asgi_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("postiche.dataplane.fast_path.answer_of", broken)
    assert Pair(entry_with()).fast.answer(get("/a")) is None
