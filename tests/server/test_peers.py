"""Workers that have each other's calls stored, in one process: each has its own place."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from postiche.server import peers as module
from postiche.server.board import Board, new_memory
from postiche.server.peers import Flush, Peers, Place


class Calls:
    """Calls that a worker has answered and stored."""

    def __init__(self, *, seconds: float = 0.0, fails: bool = False) -> None:
        self.answered = 0
        self.stored = 0
        self._seconds = seconds
        self._fails = fails

    async def flush(self) -> None:
        """Store what was answered before."""
        answered = self.answered
        await asyncio.sleep(self._seconds)
        if self._fails:
            raise RuntimeError("no room")
        self.stored = answered


@dataclass(frozen=True)
class Crew:
    """For each worker, what stores the calls of all, and what wakes it."""

    flushes: list[Flush]
    bells: list[int]


@asynccontextmanager
async def together(
    calls: Sequence[Calls], up: Sequence[int], memory: int | None = None
) -> AsyncIterator[Crew]:
    """Workers with these calls; `up` says which of them serve."""
    pipes = [os.pipe() for _ in calls]
    own_memory = memory is None
    memory = new_memory(len(calls)) if memory is None else memory
    board = Board(memory, len(calls))
    async with AsyncExitStack() as stack:
        flushes = []
        for column, own in enumerate(calls):
            for end in pipes[column]:
                os.set_blocking(end, False)
                stack.callback(os.close, end)
            bells = tuple(bell for _, bell in pipes)
            place = Place(column, len(calls), memory, pipes[column][0], bells)
            board.up[column] = up[column]
            flushes.append(await stack.enter_async_context(Peers(place).flushing(own.flush)))
        yield Crew(flushes, [bell for _, bell in pipes])
    if own_memory:
        os.close(memory)


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


def test_whoever_asks_finds_the_calls_of_all() -> None:
    async def main() -> None:
        calls = [Calls(seconds=0.01), Calls(seconds=0.03), Calls()]
        async with together(calls, [1, 1, 1]) as crew:
            for round_number in range(5):
                for each in calls:
                    each.answered += 1
                await crew.flushes[round_number % 3]()
                assert [each.stored for each in calls] == [each.answered for each in calls]

    run(main)


def test_all_may_ask_at_once() -> None:
    async def main() -> None:
        calls = [Calls(seconds=0.005) for _ in range(4)]
        async with together(calls, [1, 1, 1, 1]) as crew:
            for _ in range(5):
                for each in calls:
                    each.answered += 1
                before = [each.answered for each in calls]
                await asyncio.gather(*(flush() for flush in crew.flushes * 3))
                assert [each.stored for each in calls] == before

    run(main)


def test_a_worker_that_does_not_serve_is_not_waited_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        calls = [Calls(), Calls(seconds=60)]
        async with together(calls, [1, 0]) as crew:
            calls[0].answered = 1
            await asyncio.wait_for(crew.flushes[0](), 1)
            assert calls[0].stored == 1

    run(main)
    assert not caplog.records


def test_a_worker_that_hangs_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)

    async def main() -> None:
        async with together([Calls(), Calls(seconds=60)], [1, 1]) as crew:
            await asyncio.wait_for(crew.flushes[0](), 10)

    run(main)
    assert "has not stored its calls in time" in caplog.text


def test_a_worker_that_cannot_store_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with together([Calls(), Calls(fails=True)], [1, 1]) as crew:
            await asyncio.wait_for(crew.flushes[0](), 1)
            await asyncio.wait_for(crew.flushes[0](), 1)

    run(main)
    assert "could not be stored for another worker" in caplog.text
    assert "in time" not in caplog.text


def test_a_pipe_full_of_asks_is_enough() -> None:
    async def main() -> None:
        calls = [Calls(), Calls()]
        async with together(calls, [1, 1]) as crew:
            with suppress(BlockingIOError):
                while True:
                    os.write(crew.bells[1], b"!" * 4096)
            calls[1].answered = 1
            await crew.flushes[0]()
            assert calls[1].stored == 1

    run(main)


def test_a_worker_that_takes_a_place_over_owes_nothing() -> None:
    async def main() -> None:
        memory = new_memory(2)
        async with together([Calls(), Calls()], [1, 1], memory) as crew:
            await crew.flushes[0]()
        Board(memory, 2).answered[0] = 0  # as if it had died before it could say so
        async with together([Calls(), Calls()], [1, 1], memory) as crew:
            await asyncio.wait_for(crew.flushes[1](), 1)
        os.close(memory)

    run(main)
