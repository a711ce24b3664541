import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postiche.dataplane.calls import (
    BATCH,
    BODY_LIMIT,
    RECORD_BYTES,
    Buffer,
    CallWriter,
    Noted,
    NullCalls,
    Retention,
    ToldCalls,
    new_call_ids,
)
from postiche.model import Call, CallQuery, Recurrence, Reply
from postiche.store import Store, StoreError, open_store
from tests.dataplane.driver import MOCK_ID, NOON, opened

AT = NOON.timestamp()
BLANK = Call("id", MOCK_ID, NOON, "an example", "success", 200, "GET", "/a")

Story = Callable[[Store], Awaitable[None]]


def play(folder: Path, story: Story) -> None:
    async def run() -> None:
        async with opened(folder) as store:
            await story(store)

    asyncio.run(run())


async def paths(store: Store) -> list[str]:
    page = await store.calls(MOCK_ID, CallQuery(ascending=True))
    return [call.path for call in page.calls]


def noted(target: str = "/a", *, mock: str = MOCK_ID, **more: Any) -> Noted:
    """A call that was answered, without headers and bodies unless given."""
    given: dict[str, Any] = {"headers": (), "body": b"", "reply": Reply(200)}
    return Noted(mock, "GET", target, name="an example", **given | more)


def writer(store: Any, **settings: Any) -> CallWriter:
    """A call writer whose clock stands at NOON."""
    return CallWriter(store, now=lambda: NOON, **settings)


SHARED = noted()
"""A call that happens again and again."""


def record(calls: CallWriter, *targets: str) -> None:
    for target in targets:
        calls.record(noted(target), AT)


class Failing:
    """A store that takes no calls until it is told to."""

    def __init__(self, store: Store) -> None:
        self.broken = True
        self.attempts = 0
        self.batches: list[int] = []
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def add_calls(self, calls: Sequence[Call | Recurrence]) -> None:
        self.attempts += 1
        if self.broken:
            raise StoreError("the disk is full")
        self.batches.append(len(calls))
        await self._store.add_calls(calls)


def test_what_was_recorded_is_stored_once_flushed(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store)
        record(calls, "/1", "/2")
        assert await paths(store) == []
        assert await calls.flush()
        assert await paths(store) == ["/1", "/2"]
        assert await calls.flush()
        assert await paths(store) == ["/1", "/2"]

    play(tmp_path, story)


def test_calls_are_stored_in_the_background(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, interval=0)
        calls.start()
        for target in ("/1", "/2"):
            record(calls, target)
            while (await paths(store))[-1:] != [target]:
                await asyncio.sleep(0)
        await calls.close()
        assert await paths(store) == ["/1", "/2"]

    play(tmp_path, story)


def test_calls_are_gathered_for_the_interval(tmp_path: Path) -> None:
    slept: list[float] = []

    async def story(store: Store) -> None:
        over = asyncio.Event()

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await over.wait()

        calls = writer(store, interval=0.25, sleep=sleep, retention=Retention(every=300))
        calls.start()
        record(calls, "/1")
        while len(slept) < 2:
            await asyncio.sleep(0)
        assert await paths(store) == []
        await calls.close()

    play(tmp_path, story)
    assert sorted(slept) == [0.25, 300]


def test_closing_stores_what_is_left(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, interval=1000)
        calls.start()
        record(calls, "/1")
        await calls.close()
        await calls.close()
        assert await paths(store) == ["/1"]

    play(tmp_path, story)


def test_calls_go_to_the_store_in_batches(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        watched = Failing(store)
        watched.broken = False
        calls = writer(watched)
        for _ in range(2 * BATCH + 1):
            calls.record(SHARED, AT)
        await calls.flush()
        assert watched.batches == [BATCH, BATCH, 1]

    play(tmp_path, story)


def test_a_batch_of_large_calls_is_short(tmp_path: Path) -> None:
    large = noted(body=b"x" * BODY_LIMIT)

    async def story(store: Store) -> None:
        watched = Failing(store)
        watched.broken = False
        calls = writer(watched)
        for _ in range(100):
            calls.record(large, AT)
        await calls.flush()
        assert len(watched.batches) > 1
        assert sum(watched.batches) == 100

    play(tmp_path, story)


def test_flushes_at_the_same_time_store_each_call_once(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store)
        record(calls, "/1", "/2", "/3")
        assert all(await asyncio.gather(calls.flush(), calls.flush(), calls.flush()))
        assert await paths(store) == ["/1", "/2", "/3"]

    play(tmp_path, story)


def test_a_cancelled_flush_stores_each_call_once(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        watched = Failing(store)
        watched.broken = False
        calls = writer(watched)
        record(calls, "/1", "/2", "/3")
        flushing = asyncio.create_task(calls.flush())
        while not watched.attempts:
            await asyncio.sleep(0)
        flushing.cancel()
        await calls.flush()
        assert await paths(store) == ["/1", "/2", "/3"]

    play(tmp_path, story)


def test_a_full_buffer_drops_and_counts(tmp_path: Path) -> None:
    room_for_two = 2 * (noted("/1").size + RECORD_BYTES)

    async def story(store: Store) -> None:
        calls = writer(store, capacity_bytes=room_for_two)
        record(calls, "/1", "/2", "/3", "/4")
        assert (calls.recorded, calls.dropped, calls.waiting) == (4, 2, 2)
        await calls.flush()
        record(calls, "/5")
        await calls.flush()
        assert await paths(store) == ["/1", "/2", "/5"]
        assert (calls.recorded, calls.dropped, calls.settled) == (5, 2, 5)

    play(tmp_path, story)


def test_the_buffer_counts_bodies_of_a_megabyte(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, capacity_bytes=10_000_000, body_limit=1_000_000)
        for _ in range(20):
            calls.record(noted(body=b"x" * 1_000_000), AT)
        assert calls.dropped == 11
        await calls.flush()
        calls.record(noted(body=b"x" * 1_000_000), AT)
        assert calls.dropped == 11

    play(tmp_path, story)


def test_what_many_calls_share_is_counted_once(tmp_path: Path) -> None:
    shared = noted(body=b"x" * 60_000)

    async def story(store: Store) -> None:
        calls = writer(store, capacity_bytes=shared.size + 100 * RECORD_BYTES)
        for _ in range(2):
            for _ in range(101):
                calls.record(shared, AT)
            await calls.flush()
        assert calls.dropped == 2
        assert await store.count_calls() == 200

    play(tmp_path, story)


def test_while_calls_are_dropped_it_is_said_how_many(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, capacity_bytes=0, interval=0)
        calls.start()
        record(calls, "/1", "/2")
        while not caplog.text:
            record(calls, "/3")
            await asyncio.sleep(0)
        for _ in range(20):
            record(calls, "/4")
            await asyncio.sleep(0)
        await calls.close()

    play(tmp_path, story)
    assert caplog.text.count("too many or too large") == 1


def test_bodies_are_cut_to_the_limit(tmp_path: Path) -> None:
    large = noted(body=b"x" * 11, reply=Reply(200, body=b"y" * 1_000_000))

    async def story(store: Store) -> None:
        calls = writer(store, body_limit=10, capacity_bytes=100_000)
        calls.record(large, AT)
        calls.record(large, AT)
        await calls.flush()
        for call in (await store.calls(MOCK_ID, CallQuery())).calls:
            assert (call.request_body, call.response_body) == (b"x" * 10, b"y" * 10)
        assert calls.dropped == 0

    play(tmp_path, story)


def test_a_call_within_its_limits_is_kept_as_it_is() -> None:
    headers = ((b"abc", b"de"), (b"f", b"ghij"))
    small = noted(body=b"x" * 10, headers=headers)
    assert replace(small.cut(10).call(AT), id="") == replace(small.call(AT), id="")


def test_a_path_and_headers_beyond_reason_are_cut() -> None:
    sizes = {"a": 50, "b": 100, "c": 1}
    raw = [(name.encode(), b"x" * size) for name, size in sizes.items()]
    sent = tuple((name, "x" * size) for name, size in sizes.items())
    cut = noted("/" * 1_000_000, headers=raw, reply=Reply(200, sent)).cut(100).call(AT)
    assert len(cut.path) == 16 * 1024
    assert cut.request_headers == cut.response_headers == (("a", "x" * 50),)


def test_what_was_noted_becomes_a_row_of_the_log() -> None:
    headers = [(b"Accept", b"caf\xe9"), (b"X-Api-Key", b" PMAK-1"), (b"x-api-key", b"theirs")]
    reply = Reply(201, (("a", "b"),), b"out")
    made = noted(headers=headers, body=b"in", reply=reply, example="e", score=0.5).call(AT + 0.001)
    assert made == Call(
        made.id,
        MOCK_ID,
        NOON + timedelta(milliseconds=1),
        "an example",
        "success",
        201,
        "GET",
        "/a",
        (("accept", "caf\xe9"), ("x-api-key", "PMAK-***"), ("x-api-key", "theirs")),
        b"in",
        (("a", "b"),),
        b"out",
        "e",
        0.5,
    )
    assert noted(error=True).call(AT).type == "error"


# --- superseding


Act = tuple[str, float] | None
ACTS = st.lists(
    st.none() | st.tuples(st.sampled_from("abc"), st.integers(0, 4).map(lambda ms: AT + ms / 1000)),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(acts=ACTS, keep=st.integers(1, 4))
def test_superseding_leaves_the_log_as_if_all_were_stored_and_pruned(
    acts: list[Act], keep: int
) -> None:
    """An act is a call of a mock at a time, the clock jumping, or None for a flush."""

    async def logged(store: Store, flushed: bool) -> dict[str, list[str]]:
        calls = writer(store, retention=Retention(keep_per_mock=keep if flushed else 1000))
        for number, act in enumerate(acts):
            if act is not None:
                calls.record(noted(f"/{number}", mock=act[0]), act[1])
            elif flushed:
                await calls.flush()
        await calls.flush()
        assert calls.settled == calls.recorded == sum(act is not None for act in acts)
        await store.prune_calls(before=NOON, keep=keep)
        pages = {mock: await store.calls(mock, CallQuery()) for mock in "abc"}
        return {mock: [call.path for call in page.calls] for mock, page in pages.items()}

    async def both() -> None:
        outcomes = []
        for flushed in (True, False):
            store = await open_store("sqlite://")
            outcomes.append(await logged(store, flushed))
            await store.close()
        assert outcomes[0] == outcomes[1]

    asyncio.run(both())


def test_calls_that_newer_ones_supersede_are_not_written(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        watched = Failing(store)
        watched.broken = False
        calls = writer(watched, retention=Retention(keep_per_mock=3))
        record(calls, *(f"/{number}" for number in range(10)))
        await calls.flush()
        assert watched.batches == [3]
        assert await paths(store) == ["/7", "/8", "/9"]
        assert (calls.settled, calls.dropped, calls.waiting) == (10, 0, 0)

    play(tmp_path, story)


@given(
    acts=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3))  # a call of one of four, or
        | st.just("sift")
        | st.integers(1, 5),  # so many stored
        max_size=60,
    ),
    keep=st.integers(1, 5),
)
def test_the_buffer_gives_back_all_the_room_it_took(acts: list[Any], keep: int) -> None:
    some = [noted(mock=str(number % 2), body=b"x" * number * 500) for number in range(4)]
    buffer = Buffer(20_000)
    for act in acts:
        if act == "sift":
            list(buffer.sift(keep))
        elif isinstance(act, int):
            buffer.forget(min(act, len(buffer.batch())))
        else:
            buffer.add(some[act[0]], AT + act[1])
        assert 0 <= buffer.taken <= 20_000
    list(buffer.sift(keep))
    buffer.forget(len(buffer.batch()))
    assert buffer.taken == 0


def test_calls_recorded_while_others_are_sifted_wait_for_the_next_time() -> None:
    buffer = Buffer(1_000_000)
    first, second = noted("/1"), noted("/2")
    buffer.add(first, AT)
    sifting = buffer.sift(10)
    next(sifting)
    buffer.add(second, AT)
    list(sifting)
    assert buffer.batch() == [(first, AT)]
    list(buffer.sift(10))
    assert buffer.batch() == [(first, AT), (second, AT)]


def test_a_log_is_pruned_as_it_grows(tmp_path: Path) -> None:
    retention = Retention(keep_per_mock=1500)

    async def story(store: Store) -> None:
        calls = writer(store, retention=retention)
        for _ in range(4):
            for _ in range(1200):
                calls.record(SHARED, AT)
            await calls.flush()
            assert await store.count_calls() <= 1500 + retention.slack

    play(tmp_path, story)


# --- a store that fails


def test_a_store_that_fails_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(store: Store) -> None:
        failing = Failing(store)
        calls = writer(failing)
        record(calls, "/1", "/2")
        assert not await calls.flush()
        assert not await calls.flush()
        record(calls, "/3")
        failing.broken = False
        assert await calls.flush()
        assert await paths(store) == ["/1", "/2", "/3"]
        assert calls.dropped == 0

    play(tmp_path, story)
    assert caplog.text.count("the disk is full") == 1
    assert caplog.text.count("written again") == 1


def test_a_store_that_fails_is_tried_again_ever_more_slowly(tmp_path: Path) -> None:
    slept: list[float] = []

    async def story(store: Store) -> None:
        failing = Failing(store)

        async def sleep(seconds: float) -> None:
            if seconds < 300:
                slept.append(seconds)
                failing.broken = len(slept) < 12
                await asyncio.sleep(0)
            else:
                await asyncio.Event().wait()

        calls = writer(failing, interval=0.1, sleep=sleep, retention=Retention(every=300))
        calls.start()
        record(calls, "/1")
        while not failing.batches:
            await asyncio.sleep(0)
        await calls.close()
        assert await paths(store) == ["/1"]

    play(tmp_path, story)
    assert slept[:4] == [0.1, 0.2, 0.4, 0.8]
    assert slept[-1] == 30


def test_closing_gives_up_on_a_store_that_fails_and_counts_what_is_lost(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        failing = Failing(store)
        calls = writer(failing, interval=1000)
        calls.start()
        record(calls, "/1", "/2")
        await calls.close()
        assert failing.attempts == 1
        assert calls.dropped == 2

    play(tmp_path, story)


def test_old_calls_and_all_but_the_newest_are_pruned(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        ages = {"/old": 8, "/1": 6, "/2": 5, "/3": 4}
        await store.add_calls(
            [
                replace(BLANK, path=path, served_at=NOON - timedelta(days=age))
                for path, age in ages.items()
            ]
        )
        kept = Retention(max_age=timedelta(days=7), keep_per_mock=2)
        calls = writer(store, retention=kept)
        calls.start()
        while len(await paths(store)) == 4:
            await asyncio.sleep(0)
        await calls.close()
        assert await paths(store) == ["/2", "/3"]

    play(tmp_path, story)


def test_pruning_comes_round_again_and_survives_failures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[float] = []

    async def story(store: Store) -> None:
        class NeverPruned(Failing):
            async def prune_calls(self, **limits: object) -> int:
                raise StoreError("locked")

        async def sleep(seconds: float) -> None:
            rounds.append(seconds)
            await asyncio.sleep(0)

        calls = writer(NeverPruned(store), sleep=sleep, retention=Retention(every=7))
        calls.start()
        while len(rounds) < 3:
            await asyncio.sleep(0)
        await calls.close()

    play(tmp_path, story)
    assert rounds[:3] == [7, 7, 7]
    assert "locked" in caplog.text


def test_ids_look_like_postmans_and_never_repeat() -> None:
    ids = {*new_call_ids(500), *new_call_ids(500)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{4}", i) for i in ids)


def test_a_listener_is_told_every_call() -> None:
    told: list[Call] = []
    ToldCalls(told.append).record(noted("/told"), AT)
    assert [(call.path, call.served_at) for call in told] == [("/told", NOON)]


def test_an_error_of_the_listener_stays_with_it(caplog: pytest.LogCaptureFixture) -> None:
    def listen(call: Call) -> None:
        raise BrokenPipeError("nobody reads")

    ToldCalls(listen).record(noted(), AT)
    assert "nobody reads" in caplog.text


def test_calls_can_be_forgotten() -> None:
    NullCalls().record(noted(), AT)
