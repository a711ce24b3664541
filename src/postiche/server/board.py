"""The memory that the workers of one server share.

Knows how it is laid out, made and handed on, and the lock that goes with it.
Must not know what the numbers on it are good for.

Each number has one process that writes it, and is an aligned word, so none
needs more than a plain store; which process that is, is said with each row.
"""

import asyncio
import fcntl
import mmap
import os
import sys
import tempfile
from types import TracebackType
from typing import Final

_ROWS: Final = 4
_WORD: Final = 8
_FIRST_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 0.02


def new_memory(workers: int) -> int:
    """A descriptor of zeroed memory for a board; child processes may inherit it."""
    memory = os.memfd_create("postiche-board") if sys.platform == "linux" else _unnamed_file()
    os.ftruncate(memory, _ROWS * workers * _WORD)
    return memory


def _unnamed_file() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Board:
    """Four rows of numbers, with a column for each worker.

    `asked` counts how often a worker wanted all calls stored; `answered` is
    the sum of `asked` that it has done this for itself (both written by the
    worker of the column); `up` is 1 while a worker serves (written by their
    supervisor). The first row, the revisions, is written by the worker of the
    column too.
    """

    def __init__(self, memory: int, workers: int) -> None:
        self._map = mmap.mmap(memory, _ROWS * workers * _WORD)
        words = memoryview(self._map).cast("Q")
        rows = [words[row * workers : (row + 1) * workers] for row in range(_ROWS)]
        self._revisions, self.asked, self.answered, self.up = rows
        self._end = workers * _WORD
        self._last = b""
        self._newest = 0

    def newest(self) -> int:
        """The highest revision of all workers."""
        # Comparing bytes costs half of looking for the highest number.
        now = self._map[: self._end]
        if now != self._last:
            self._newest = max(memoryview(now).cast("Q"))
            self._last = now
        return self._newest

    def publish(self, column: int, revision: int) -> None:
        """Note a revision that a worker has written or seen."""
        # A worker that takes the column over begins where the last one ended.
        if revision > self._revisions[column]:
            self._revisions[column] = revision


class Turn:
    """Taken by one task of one process at a time, as an asynchronous context.

    The lock is the system's (POSIX record locks): it belongs to the process,
    whose end, however sudden, gives it back.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._here = asyncio.Lock()

    async def __aenter__(self) -> None:
        """Wait for the turn."""
        await self._here.acquire()
        try:
            pause = _FIRST_PAUSE
            while not self._taken():
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        except BaseException:
            self._here.release()
            raise

    def _taken(self) -> bool:
        try:
            fcntl.lockf(self._memory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the turn to whoever comes next."""
        fcntl.lockf(self._memory, fcntl.LOCK_UN)
        self._here.release()
