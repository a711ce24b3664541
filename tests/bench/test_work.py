"""The work is what it says: distinct routes, replies of one length, requests that parse."""

import json

import pytest

from bench import work

WORKS = (
    *(work.static(), work.wildcard(), work.body(), work.text()),
    *(work.spread(10), work.spread(1_000)),
)


@pytest.mark.parametrize("task", WORKS, ids=lambda task: task.name)
def test_every_reply_has_the_same_length_and_is_another_one(task: work.Work) -> None:
    replies = {work.expected(route, work.FIRST_NUMBER) for route in task.routes}
    assert len(replies) == len(task.routes)
    assert {len(reply) for reply in replies} == {work.REPLY_BYTES}


@pytest.mark.parametrize("task", WORKS[:4], ids=lambda task: task.name)
def test_works_have_as_many_routes_as_they_say(task: work.Work) -> None:
    assert len(task.routes) == work.ROUTES
    assert len(task.asked) == (work.CANDIDATES if task.kind in ("body", "text") else work.ROUTES)


def test_candidates_differ_in_their_body_alone() -> None:
    asked = work.body().asked
    assert len({(route.method, route.path) for route in asked}) == 1
    assert len({route.sent for route in asked}) == work.CANDIDATES
    assert {len(route.sent) for route in asked} < set(range(170, 230))


def test_bodies_are_saved_in_other_words_or_in_the_same() -> None:
    assert all(json.loads(route.saved) == json.loads(route.sent) for route in work.body().asked)
    assert all(route.saved != route.sent for route in work.body().asked)
    assert all(route.saved == route.sent for route in work.text().asked)


def test_a_spread_asks_for_the_same_number_whatever_the_size() -> None:
    assert len(work.spread(10).asked) == len(work.spread(1_000).asked) == work.ROUTES
    assert len(set(work.spread(1_000).asked)) == work.ROUTES


def test_a_request_as_it_goes_over_the_wire() -> None:
    route = work.Route(f"/users/{work.CAPTURE}", "{}")
    sent = work.request(route, "/m/1", ("X-A: b",), "?n=\x01")
    assert work.numbered(sent, 7) == (
        b"GET /m/1/users/7?n=7 HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: b\r\n\r\n"
    )


def test_a_request_with_a_body_says_how_long_it_is() -> None:
    sent = work.request(work.Route("/orders", "{}", "POST", '{"a":1}'), "")
    assert sent.endswith(b'Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}')
