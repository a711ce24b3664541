import asyncio
import base64
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postiche.model import Call, CallPage, CallQuery, Recurrence
from postiche.store import InvalidCursor, Store
from postiche.store.calls import CHUNK, CHUNK_BYTES, DISTINCT, PIECE

from .things import NOON, a_call, a_mock, after

pytestmark = pytest.mark.anyio

_fresh = itertools.count()
AT = NOON.timestamp()


async def ids(store: Store, **query: Any) -> list[str]:
    return [call.id for call in (await store.calls("m1", CallQuery(**query))).calls]


async def pages(store: Store, mock: str, query: CallQuery) -> list[CallPage]:
    found = [await store.calls(mock, query)]
    while found[-1].next_cursor is not None:
        found.append(await store.calls(mock, replace(query, cursor=found[-1].next_cursor)))
    return found


async def test_a_call_comes_back_as_it_was_logged(store: Store) -> None:
    call = a_call(
        type="error",
        status_code=404,
        request_headers=(("a", "1"), ("a", "2"), ("b", "\xe9")),
        request_body=b"\0\xff",
        response_headers=(("c", ""),),
        response_body=b"{}",
        example="e1",
        score=0.75,
    )
    await store.add_calls([call])
    assert await store.calls("m1", CallQuery()) == CallPage((call,))


async def test_nothing_logged_is_an_empty_page(store: Store) -> None:
    await store.add_calls([])
    assert await store.calls("m1", CallQuery()) == CallPage()
    assert await store.count_calls() == 0


async def test_calls_come_newest_first_and_on_demand_oldest_first(store: Store) -> None:
    await store.add_calls([a_call(id="second", served_at=after(2)), a_call(id="first")])
    await store.add_calls([a_call(id="third", served_at=after(2))])
    assert await ids(store) == ["third", "second", "first"]
    assert await ids(store, ascending=True) == ["first", "second", "third"]


async def test_a_mock_sees_its_own_calls(store: Store) -> None:
    await store.add_calls([a_call(id="mine"), a_call(id="other", mock="m2")])
    assert await ids(store) == ["mine"]
    assert await store.count_calls("m1") == 1
    assert await store.count_calls("m3") == 0
    assert await store.count_calls() == 2


async def test_since_and_until_include_their_own_moment(store: Store) -> None:
    await store.add_calls([a_call(id=str(ms), served_at=after(ms)) for ms in range(4)])
    assert await ids(store, since=after(1), until=after(2)) == ["2", "1"]
    assert await ids(store, since=after(3)) == ["3"]
    assert await ids(store, until=after(-1)) == []


FILTERS = {
    "status": ({"status_code": 404}, ["error"]),
    "absurd status": ({"status_code": 10**30}, []),
    "type": ({"type": "success"}, ["post", "get"]),
    "type in capitals": ({"type": "ERROR"}, ["error"]),
    "method": ({"method": "POST"}, ["post"]),
    "method in small letters": ({"method": "get"}, ["error", "get"]),
    "path with its query": ({"path": "/Users?Page=1"}, ["get"]),
    "path in other letters": ({"path": "/uSERS?pAGE=1"}, ["get"]),
    "path without its query": ({"path": "/Users"}, []),
    "accented path": ({"path": "/CAF\xc9"}, ["post"]),
    "every field must fit": ({"path": "/caf\xe9", "method": "GET"}, []),
    "two fields": ({"path": "/caf\xe9", "method": "post"}, ["post"]),
    "no wildcards in paths": ({"path": "/%"}, []),
}


@pytest.mark.parametrize(("query", "expected"), FILTERS.values(), ids=FILTERS)
async def test_calls_are_filtered(store: Store, query: dict[str, Any], expected: list[str]) -> None:
    await store.add_calls(
        [
            a_call(id="get", path="/Users?Page=1"),
            a_call(id="post", method="POST", path="/caf\xe9"),
            a_call(id="error", type="error", status_code=404, path="/nowhere"),
        ]
    )
    assert await ids(store, **query) == expected


async def test_a_cursor_is_given_until_the_last_page(store: Store) -> None:
    await store.add_calls([a_call(id=str(number)) for number in range(4)])
    found = await pages(store, "m1", CallQuery(limit=2))
    assert [[call.id for call in page.calls] for page in found] == [["3", "2"], ["1", "0"]]


async def test_a_cursor_is_safe_in_a_url(store: Store) -> None:
    await store.add_calls([a_call(), a_call()])
    cursor = (await store.calls("m1", CallQuery(limit=1))).next_cursor
    assert cursor is not None
    assert cursor.rstrip("=").replace("-", "").replace("_", "").isalnum()


async def test_filters_hold_from_page_to_page(store: Store) -> None:
    methods = ["GET", "POST"] * 4
    await store.add_calls([a_call(id=str(at), method=verb) for at, verb in enumerate(methods)])
    found = await pages(store, "m1", CallQuery(method="post", limit=3))
    assert [call.id for page in found for call in page.calls] == ["7", "5", "3", "1"]


@pytest.mark.parametrize("limit", [0, -1, -(10**30)])
async def test_a_page_of_no_size_is_empty(store: Store, limit: int) -> None:
    await store.add_calls([a_call()])
    assert await store.calls("m1", CallQuery(limit=limit)) == CallPage()


async def test_an_absurd_page_size_gives_all(store: Store) -> None:
    await store.add_calls([a_call()])
    assert await store.calls("m1", CallQuery(limit=10**30)) == CallPage((a_call(),))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(st.integers(0, 4), max_size=12),
    between=st.lists(st.lists(st.integers(-2, 6), max_size=3), max_size=5),
    limit=st.integers(1, 5),
    ascending=st.booleans(),
)
async def test_pages_neither_skip_nor_repeat_while_calls_arrive(
    store: Store, before: list[int], between: list[list[int]], limit: int, ascending: bool
) -> None:
    mock = f"paged-{next(_fresh)}"

    def logged(name: str, moments: list[int]) -> list[Call]:
        return [a_call(id=f"{name}-{ms}", mock=mock, served_at=after(ms)) for ms in moments]

    first = [replace(call, id=str(at)) for at, call in enumerate(logged("", before))]
    await store.add_calls(first)
    query = CallQuery(limit=limit, ascending=ascending)
    found = [await store.calls(mock, query)]
    arriving = iter(between)
    while (cursor := found[-1].next_cursor) is not None:
        await store.add_calls(logged("new", next(arriving, [])))
        found.append(await store.calls(mock, replace(query, cursor=cursor)))
    seen = [call for page in found for call in page.calls if "new" not in call.id]
    in_order = sorted(first, key=lambda call: (call.served_at, int(call.id)))
    assert seen == (in_order if ascending else in_order[::-1])


async def test_a_cursor_outlives_the_call_it_points_at(store: Store) -> None:
    await store.add_calls([a_call(id=str(ms), served_at=after(ms)) for ms in range(4)])
    first = await store.calls("m1", CallQuery(limit=2, ascending=True))
    await store.prune_calls(before=after(2), keep=10)
    rest = await ids(store, ascending=True, cursor=first.next_cursor)
    assert rest == ["2", "3"]


async def test_an_emptied_log_does_not_reuse_positions(store: Store) -> None:
    await store.add_calls([a_call(id="1"), a_call(id="2"), a_call(id="3")])
    first = await store.calls("m1", CallQuery(limit=2, ascending=True))
    await store.prune_calls(before=NOON, keep=0)
    await store.add_calls([a_call(id="4")])
    assert await ids(store, ascending=True, cursor=first.next_cursor) == ["4"]


def encoded(*, direction: int = 0, size: int = 16) -> str:
    return base64.urlsafe_b64encode(bytes([direction]) + b"\x7f" * size).decode()


GARBAGE = {
    "empty": "",
    "not base64": "!!!",
    "not ascii": "\xe9\ud800\0",
    "too short": encoded(size=3),
    "too long": encoded(size=40),
    "a time beyond all times": encoded(),
    "unknown direction": encoded(direction=7),
    "padding missing": "AAAA",
}


@pytest.mark.parametrize("cursor", GARBAGE.values(), ids=GARBAGE)
async def test_garbage_is_no_cursor(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await store.calls("m1", CallQuery(cursor=cursor))


@given(cursor=st.text(st.sampled_from("AQz09-_=+/. \0\xe9\ud800")))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_text_is_refused_as_a_cursor(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await store.calls("m1", CallQuery(cursor=cursor))


@pytest.mark.parametrize("ascending", [True, False])
async def test_a_cursor_serves_one_direction(store: Store, ascending: bool) -> None:
    await store.add_calls([a_call(), a_call()])
    page = await store.calls("m1", CallQuery(limit=1, ascending=ascending))
    with pytest.raises(InvalidCursor):
        await store.calls("m1", CallQuery(cursor=page.next_cursor, ascending=not ascending))


async def test_a_cursor_with_anything_added_is_refused(store: Store) -> None:
    await store.add_calls([a_call(), a_call()])
    cursor = (await store.calls("m1", CallQuery(limit=1))).next_cursor
    assert cursor is not None
    for spoilt in (cursor + "!", "\n" + cursor, cursor.lower() + "=", cursor.rstrip("=")):
        with pytest.raises(InvalidCursor):
            await store.calls("m1", CallQuery(cursor=spoilt))


async def test_pruning_takes_what_is_older_than_a_time(store: Store) -> None:
    await store.add_calls([a_call(id=str(ms), served_at=after(ms)) for ms in range(4)])
    await store.add_calls([a_call(mock="m2", served_at=after(1))])
    assert await store.prune_calls(before=after(2), keep=10) == 3
    assert await ids(store) == ["3", "2"]
    assert await store.count_calls("m2") == 0


async def test_pruning_keeps_the_newest_of_each_mock(store: Store) -> None:
    await store.add_calls([a_call(id=str(ms), served_at=after(ms)) for ms in (3, 1, 2, 3)])
    await store.add_calls([a_call(mock="m2"), a_call(mock="m2")])
    assert await store.prune_calls(before=NOON, keep=2) == 2
    assert await ids(store) == ["3", "3"]
    assert await store.count_calls("m2") == 2


async def test_calls_of_one_moment_are_pruned_in_the_order_they_came(store: Store) -> None:
    await store.add_calls([a_call(id=str(at)) for at in range(5)])
    assert await store.prune_calls(before=NOON, keep=2) == 3
    assert await ids(store) == ["4", "3"]


async def test_both_rules_of_pruning_hold_at_once(store: Store) -> None:
    await store.add_calls([a_call(id=str(ms), served_at=after(ms)) for ms in range(6)])
    assert await store.prune_calls(before=after(2), keep=3) == 3
    assert await ids(store) == ["5", "4", "3"]


async def test_nothing_to_prune_takes_nothing(store: Store) -> None:
    assert await store.prune_calls(before=NOON, keep=0) == 0
    await store.add_calls([a_call()])
    assert await store.prune_calls(before=NOON, keep=10**30) == 0
    assert await store.prune_calls(before=NOON + timedelta(days=1), keep=-5) == 1


async def test_calls_need_no_mock_to_be_logged_and_survive_a_new_mock(store: Store) -> None:
    await store.add_calls([a_call()])
    await store.add_mock(a_mock())
    assert await store.count_calls("m1") == 1


async def test_pruning_may_be_of_some_mocks_only(store: Store) -> None:
    batch = [a_call(mock=mock, served_at=after(ms)) for ms in range(3) for mock in ("m1", "m2")]
    await store.add_calls(batch)
    assert await store.prune_calls(before=NOON, keep=1, mocks=["m2", "none"]) == 2
    assert await store.count_calls("m1") == 3
    assert await store.count_calls("m2") == 1


async def test_a_long_log_is_pruned_in_pieces_and_calls_arrive_in_between(store: Store) -> None:
    old = a_call(served_at=after(-1))
    await store.add_calls([Recurrence(old, str(number), AT - 1) for number in range(3 * PIECE)])
    pruning = asyncio.create_task(store.prune_calls(before=NOON, keep=10))
    counts = []
    while not pruning.done():
        await store.add_calls([a_call(id="new")])
        counts.append(await store.count_calls())
    assert await pruning == 3 * PIECE
    assert any(PIECE < count < 3 * PIECE for count in counts)
    assert set(await ids(store)) == {"new"}


async def test_headers_and_bodies_come_on_demand(store: Store) -> None:
    headers = {"request_headers": (("a", "1"),), "response_headers": (("b", "2"),)}
    bodies = {"request_body": b"in", "response_body": b"out"}
    await store.add_calls([a_call(**headers, **bodies)])
    light = await store.calls("m1", CallQuery(headers=False, bodies=False))
    assert light.calls == (a_call(),)
    assert (await store.calls("m1", CallQuery(bodies=False))).calls == (a_call(**headers),)
    assert (await store.calls("m1", CallQuery(headers=False))).calls == (a_call(**bodies),)


@pytest.mark.parametrize("shared", [1, 100, DISTINCT + 1])
@pytest.mark.parametrize("rows", [1, CHUNK, 2 * CHUNK + 1])
async def test_a_batch_is_stored_whole_and_in_order(store: Store, shared: int, rows: int) -> None:
    kinds = [a_call(path=f"/{number}", request_body=b"x" * number) for number in range(shared)]
    batch = [Recurrence(kinds[at * 7 % shared], str(at), AT) for at in range(rows)]
    await store.add_calls(batch)
    page = await store.calls("m1", CallQuery(ascending=True, limit=10_000))
    assert list(page.calls) == [replace(call, id=id) for call, id, _ in batch]


async def test_large_calls_are_stored_whole_and_in_order(store: Store) -> None:
    batch = [a_call(id=str(at), response_body=b"x" * CHUNK_BYTES) for at in range(4)]
    await store.add_calls(batch)
    page = await store.calls("m1", CallQuery(ascending=True))
    assert list(page.calls) == batch


@given(
    kinds=st.lists(
        st.builds(
            a_call,
            path=st.text(max_size=3),
            response_name=st.text(max_size=3),
            example=st.none() | st.text(max_size=3),
            score=st.none() | st.floats(0, 1),
            request_headers=st.lists(st.tuples(st.text(max_size=2), st.text())).map(tuple),
            response_body=st.binary(max_size=5),
        ),
        min_size=1,
        max_size=3,
    ),
    picks=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**12), st.booleans()), max_size=9),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
async def test_a_recurrence_is_stored_as_the_call_it_stands_for(
    store: Store, kinds: list[Call], picks: list[tuple[int, int, bool]]
) -> None:
    mock = f"recurring-{next(_fresh)}"
    made: list[Call | Recurrence] = []
    expected = []
    for number, (kind, micros, recurs) in enumerate(picks):
        like = replace(kinds[kind % len(kinds)], mock=mock)
        at = NOON + timedelta(microseconds=micros)
        made.append(
            Recurrence(like, str(number), at.timestamp())
            if recurs
            else replace(like, id=str(number), served_at=at)
        )
        cut = at.replace(microsecond=at.microsecond // 1000 * 1000)
        expected.append(replace(like, id=str(number), served_at=cut))
    await store.add_calls(made)
    page = await store.calls(mock, CallQuery(ascending=True))
    assert list(page.calls) == sorted(expected, key=lambda call: (call.served_at, int(call.id)))
