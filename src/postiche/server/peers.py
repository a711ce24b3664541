"""What a worker has to do with the other workers of its server.

Knows the board and how workers wake each other. Must not know the store, the
call log, or who starts and stops workers.

A worker that wants every call stored that any of them has answered says so on
the board and wakes the others, which store theirs and say so in turn. Nothing
of it touches the path of a mock call.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from postiche.server.board import Board, Turn

logger = logging.getLogger(__name__)

PATIENCE: Final = 2.0
"""Seconds for which a worker that does not store its calls is waited for."""

_LOOKS_EVERY: Final = 0.002

Flush = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """A worker's place among the others, as it is handed to its process.

    `memory` is the board's descriptor, `wakes` is read by this worker and has
    an end to write to, for each worker, in `bells`.
    """

    column: int
    workers: int
    memory: int
    wakes: int
    bells: tuple[int, ...]


class Peers:
    """The other workers, as one of them sees them. A SharedRevision for its store."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._board = Board(place.memory, place.workers)
        self.newest = self._board.newest
        self.updating = Turn(place.memory)

    def publish(self, revision: int) -> None:
        """Make a revision known to every worker."""
        self._board.publish(self._place.column, revision)

    @asynccontextmanager
    async def flushing(self, flush: Flush) -> AsyncIterator[Flush]:
        """Store this worker's calls, with `flush`, when another asks; how to have all stored."""
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        asked.set()
        task = asyncio.create_task(self._answer_forever(flush, asked))
        loop.add_reader(self._place.wakes, self._woken, asked)

        async def flush_all() -> None:
            await self._flushed_by_all(flush)

        try:
            yield flush_all
        finally:
            loop.remove_reader(self._place.wakes)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _woken(self, asked: asyncio.Event) -> None:
        with suppress(BlockingIOError):
            os.read(self._place.wakes, 4096)
        asked.set()

    async def _answer_forever(self, flush: Flush, asked: asyncio.Event) -> None:
        while True:
            await asked.wait()
            asked.clear()
            wanted = sum(self._board.asked)
            try:
                await flush()
            except Exception:
                logger.exception("the calls could not be stored for another worker")
            self._board.answered[self._place.column] = wanted

    async def _flushed_by_all(self, flush: Flush) -> None:
        wanted = self._ask()
        await flush()
        for _ in range(int(PATIENCE / _LOOKS_EVERY)):
            if not self._is_awaited(wanted):
                return
            await asyncio.sleep(_LOOKS_EVERY)
        logger.warning("another worker has not stored its calls in time; the log may lack some")

    def _ask(self) -> int:
        """Have every other worker store its calls; what `answered` will then be, at least."""
        self._board.asked[self._place.column] += 1
        wanted = sum(self._board.asked)
        for column, bell in enumerate(self._place.bells):
            # A pipe that is full wakes its worker as well.
            with suppress(BlockingIOError):
                if column != self._place.column:
                    os.write(bell, b"!")
        return wanted

    def _is_awaited(self, wanted: int) -> bool:
        columns = set(range(self._place.workers)) - {self._place.column}
        return any(
            self._board.up[column] and self._board.answered[column] < wanted for column in columns
        )
