import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from postiche.dataplane.calls import (
    CallWriter,
    NullCalls,
    Retention,
    ToldCalls,
    clipped,
    new_call_id,
)
from postiche.model import Call, CallQuery
from postiche.store import Store, StoreError
from tests.dataplane.driver import MOCK_ID, NOON, opened

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


def writer(store: Any, **settings: Any) -> CallWriter:
    """A call writer whose clock stands at NOON."""
    return CallWriter(store, now=lambda: NOON, **settings)


def record(calls: CallWriter, *targets: str) -> None:
    for target in targets:
        calls.record(replace(BLANK, path=target))


class Failing:
    """A store that takes no calls until it is told to."""

    def __init__(self, store: Store) -> None:
        self.broken = True
        self.attempts = 0
        self.batches: list[int] = []
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def add_calls(self, calls: Sequence[Call]) -> None:
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
        calls = writer(watched, batch=2)
        record(calls, "/1", "/2", "/3", "/4", "/5")
        await calls.flush()
        assert watched.batches == [2, 2, 1]

    play(tmp_path, story)


def test_flushes_at_the_same_time_store_each_call_once(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, batch=1)
        record(calls, "/1", "/2", "/3")
        assert all(await asyncio.gather(calls.flush(), calls.flush(), calls.flush()))
        assert await paths(store) == ["/1", "/2", "/3"]

    play(tmp_path, story)


def test_a_cancelled_flush_stores_each_call_once(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        watched = Failing(store)
        watched.broken = False
        calls = writer(watched, batch=1)
        record(calls, "/1", "/2", "/3")
        flushing = asyncio.create_task(calls.flush())
        while not watched.attempts:
            await asyncio.sleep(0)
        flushing.cancel()
        await calls.flush()
        assert await paths(store) == ["/1", "/2", "/3"]

    play(tmp_path, story)


def test_a_full_buffer_drops_and_counts(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, capacity=2)
        record(calls, "/1", "/2", "/3", "/4")
        assert calls.dropped == 2
        await calls.flush()
        record(calls, "/5")
        await calls.flush()
        assert await paths(store) == ["/1", "/2", "/5"]
        assert calls.dropped == 2

    play(tmp_path, story)


def test_the_buffer_is_bounded_in_bytes_too(tmp_path: Path) -> None:
    large = replace(BLANK, request_body=b"x" * 40_000)

    async def story(store: Store) -> None:
        calls = writer(store, capacity_bytes=100_000)
        for _ in range(3):
            calls.record(large)
        assert calls.dropped == 1
        await calls.flush()
        calls.record(large)
        assert calls.dropped == 1

    play(tmp_path, story)


def test_bodies_are_cut_to_the_limit(tmp_path: Path) -> None:
    async def story(store: Store) -> None:
        calls = writer(store, body_limit=10)
        calls.record(replace(BLANK, request_body=b"x" * 11, response_body=b"y" * 1_000_000))
        await calls.flush()
        (call,) = (await store.calls(MOCK_ID, CallQuery())).calls
        assert (call.request_body, call.response_body) == (b"x" * 10, b"y" * 10)

    play(tmp_path, story)


def test_a_call_within_its_limits_is_kept_as_it_is() -> None:
    call = replace(BLANK, request_body=b"x" * 10, request_headers=(("abc", "de"), ("f", "ghij")))
    assert clipped(call, 10) == call


def test_a_path_and_headers_beyond_reason_are_cut() -> None:
    long = (("a", "x" * 50), ("b", "x" * 100), ("c", "x"))
    call = replace(BLANK, path="/" * 1_000_000, request_headers=long, response_headers=long)
    cut = clipped(call, 100)
    assert len(cut.path) == 16 * 1024
    assert cut.request_headers == cut.response_headers == long[:1]


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
    ids = {new_call_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{4}", i) for i in ids)


def test_a_listener_is_told_every_call() -> None:
    told: list[Call] = []
    ToldCalls(told.append).record(BLANK)
    assert told == [BLANK]


def test_an_error_of_the_listener_stays_with_it(caplog: pytest.LogCaptureFixture) -> None:
    def listen(call: Call) -> None:
        raise BrokenPipeError("nobody reads")

    ToldCalls(listen).record(BLANK)
    assert "nobody reads" in caplog.text


def test_calls_can_be_forgotten() -> None:
    NullCalls().record(BLANK)
