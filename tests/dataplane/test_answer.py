"""What a mock answers, and for which other requests the answer holds."""

import pytest

from postiche.core.errors import MockError
from postiche.dataplane.answer import Settled, answer_of, failure, noted_of
from postiche.dataplane.plans import MockEntry
from postiche.model import MockConfig, Reply, Request, ServerResponse
from tests.dataplane.driver import NOON, frozen, plan, saved

ITEMS = [
    saved("fixed", path="/fixed"),
    saved("captured", path="/users/{{id}}", body="{{id}}"),
    saved("segment", path="/segment", body="{{$pathSegments '0'}} {{$queryParams 'q'}}"),
    saved("header", path="/header", body="{{$headers 'a'}}"),
    saved("body", path="/body", body="{{$body}}"),
    saved("random", path="/random", body="{{$randomInt}}"),
    saved("time", path="/time", headers=[("X-At", "{{$timestamp}}")]),
]


@pytest.mark.parametrize(
    ("target", "settled"),
    [
        ("/fixed", Settled.BY_TARGET),
        ("/users/7", Settled.BY_TARGET),
        ("/segment?q=1", Settled.BY_TARGET),
        ("/header", Settled.BY_REQUEST),
        ("/body", Settled.BY_REQUEST),
        ("/random", Settled.ANEW),
        ("/time", Settled.ANEW),
        ("/nothing/like/it", Settled.BY_TARGET),
    ],
)
def test_an_answer_says_how_far_it_holds(target: str, settled: Settled) -> None:
    entry = MockEntry(plan(*ITEMS))
    assert answer_of(entry, Request("GET", target), frozen()).settled is settled


@pytest.mark.parametrize(
    ("target", "settled"),
    [
        ("/fixed", Settled.BY_REQUEST),
        ("/random", Settled.ANEW),
        ("/nothing/like/it", Settled.BY_REQUEST),
    ],
)
@pytest.mark.parametrize(
    "config", [MockConfig(match_body=True), MockConfig(match_header=True, headers=("a",))]
)
def test_matching_of_headers_or_bodies_takes_the_whole_request(
    target: str, settled: Settled, config: MockConfig
) -> None:
    entry = MockEntry(plan(*ITEMS, config=config))
    assert answer_of(entry, Request("GET", target), frozen()).settled is settled


def test_an_example_answers_by_name_id_and_score() -> None:
    answer = answer_of(MockEntry(plan(*ITEMS)), Request("GET", "/fixed"), frozen())
    assert (answer.name, answer.example, answer.score) == ("fixed", "id of fixed", 100.0)
    assert (answer.error, answer.reply.body) == (False, b"hello")


def test_a_miss_is_an_error() -> None:
    answer = answer_of(MockEntry(plan(*ITEMS)), Request("GET", "/nothing/like/it"), frozen())
    assert answer.error
    assert answer.reply.status == 404
    assert answer == failure(MockError.NO_MATCH) or answer.name == failure(MockError.NO_MATCH).name


def test_an_active_server_response_answers_everything() -> None:
    response = ServerResponse("s", "m", "down", 503, (), None, "out", NOON, NOON, 7, 7)
    entry = MockEntry(plan(), server_response=response, server_reply=Reply(503, (), b"out"))
    answer = answer_of(entry, Request("GET", "/"), frozen())
    assert (answer.name, answer.reply.body, answer.settled) == ("down", b"out", Settled.BY_TARGET)


def test_a_call_is_noted_with_its_answer() -> None:
    answer = answer_of(MockEntry(plan(*ITEMS)), Request("GET", "/fixed"), frozen())
    noted = noted_of("m", "GET", "/fixed", [(b"a", b"b")], b"body", answer)
    call = noted.call(NOON.timestamp())
    assert (call.mock, call.method, call.path, call.served_at) == ("m", "GET", "/fixed", NOON)
    assert (call.request_headers, call.request_body) == ((("a", "b"),), b"body")
    assert (call.response_name, call.example, call.score) == ("fixed", "id of fixed", 100.0)
    assert (call.type, call.status_code, call.response_body) == ("success", 200, b"hello")
