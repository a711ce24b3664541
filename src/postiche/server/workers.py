"""Several processes that answer on the same sockets: starting, watching, stopping them.

Knows processes, signals, and what a worker is told at its start. Must not know
what a worker does with it (that is in `worker`), nor the store.

A worker and its supervisor hold the two ends of a link. Each end closes with
its process, however that ends: so the supervisor learns that a worker is gone,
and no worker outlives its supervisor.
"""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

from postiche.server.board import Board, new_memory
from postiche.server.failures import Failure
from postiche.server.listening import DRAIN_SECONDS
from postiche.server.peers import Place

logger = logging.getLogger(__name__)

READY: Final = b"R"
"""What a worker says once it answers."""

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds until a worker that ended is started again; doubled while it does not last."""

LASTING: Final = 30.0
"""Seconds after which a worker counts as one that lasts."""

KILLED_AFTER: Final = DRAIN_SECONDS + 10
"""Seconds after which a worker that was asked to stop is stopped."""


class WorkerFailure(Failure):
    """A worker ended before it had answered anything; it has said why itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is told: the settings, the descriptors of its sockets, and its place."""

    settings: Mapping[str, Any]
    main: Sequence[int]
    mocks: Sequence[int]
    place: Place

    def written(self) -> bytes:
        """One line for the link."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Job":
        """The job that a line stands for."""
        told = json.loads(line)
        place = told["place"]
        return cls(**told | {"place": Place(**place | {"bells": tuple(place["bells"])})})


@dataclass(frozen=True, slots=True)
class Work:
    """What all workers have in common."""

    count: int
    settings: Mapping[str, Any]
    main: Sequence[socket.socket]
    mocks: Sequence[socket.socket]


async def supervise(work: Work, ready: Callable[[], None]) -> None:
    """Keep `work.count` workers serving until SIGINT or SIGTERM, then let them finish.

    `ready` is called once all of them answer. A second SIGINT does not wait
    for answers under way. The sockets are closed. Raises WorkerFailure if a
    worker cannot even start.
    """
    with ExitStack() as stack:
        crew = _Crew(work, stack)
        with _told_by_signals(crew):
            await crew.serve(ready)


class _Worker:
    """A process and this end of the link to it."""

    def __init__(self, job: Job) -> None:
        self.link, theirs = socket.socketpair()
        with theirs, ExitStack() as unless_started:
            unless_started.callback(self.link.close)
            self.process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-P", "-m", "postiche.server.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), *_descriptors(job)),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                # Ctrl-C reaches every process of a terminal's group; workers hear of it from here.
                start_new_session=True,
            )
            unless_started.pop_all()
        self.link.setblocking(False)
        self.link.send(job.written())

    async def hears(self) -> bytes:
        """What the worker says next; nothing once it is gone."""
        try:
            return await asyncio.get_running_loop().sock_recv(self.link, 1)
        except ConnectionError:
            return b""

    async def ended(self) -> int:
        """Wait for its end; the exit code, or a signal's number below zero."""
        while await self.hears():
            pass
        return await asyncio.to_thread(self.process.wait)

    def close(self) -> None:
        """End it, if need be without asking."""
        self.process.kill()
        self.process.wait()
        self.link.close()


class _Crew:
    """All workers of a server."""

    def __init__(self, work: Work, stack: ExitStack) -> None:
        self._work = work
        self._memory = new_memory(work.count)
        stack.callback(os.close, self._memory)
        self._board = Board(self._memory, work.count)
        self._pipes = [_pipe(stack) for _ in range(work.count)]
        self._workers: dict[int, _Worker] = {}
        self._waited_for = set(range(work.count))
        self._stopping = asyncio.Event()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Keep every column of the board occupied until told to stop."""
        columns = range(self._work.count)
        keepers = [asyncio.create_task(self._keep(column, ready)) for column in columns]
        try:
            await asyncio.gather(*keepers)
        finally:
            for keeper in keepers:
                keeper.cancel()
            for worker in self._workers.values():
                worker.close()
            await asyncio.gather(*keepers, return_exceptions=True)

    def stop(self) -> None:
        """Take no more connections, and let answers under way finish."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        for opened in (*self._work.main, *self._work.mocks):
            opened.close()
        self.send(signal.SIGTERM)
        asyncio.get_running_loop().call_later(KILLED_AFTER, self.send, signal.SIGKILL)

    def interrupt(self) -> None:
        """Stop; the second time, at once."""
        if self._stopping.is_set():
            self.send(signal.SIGINT)
        self.stop()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to every worker there is."""
        for worker in self._workers.values():
            worker.process.send_signal(number)

    async def _keep(self, column: int, ready: Callable[[], None]) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            how = await self._work_of_one(column, ready)
            if self._stopping.is_set():
                return
            if column in self._waited_for:
                raise WorkerFailure(f"a worker could not start: it {how}")
            pause = FIRST_PAUSE if time.monotonic() - began > LASTING else pause
            logger.error("worker %d %s and is started again", column + 1, how)
            if await self._stopped_within(pause):
                return
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _work_of_one(self, column: int, ready: Callable[[], None]) -> str:
        """Start a worker and wait for its end; how it ended."""
        try:
            worker = _Worker(self._job(column))
        except OSError as error:
            return f"got no process ({error.strerror})"
        self._workers[column] = worker
        if await worker.hears() == READY:
            self._begins(column, ready)
        code = await worker.ended()
        self._board.up[column] = 0
        self._workers.pop(column).close()
        return _how(code)

    def _job(self, column: int) -> Job:
        work = self._work
        bells = tuple(bell for _, bell in self._pipes)
        return Job(
            settings=work.settings,
            main=[opened.fileno() for opened in work.main],
            mocks=[opened.fileno() for opened in work.mocks],
            place=Place(column, work.count, self._memory, self._pipes[column][0], bells),
        )

    def _begins(self, column: int, ready: Callable[[], None]) -> None:
        self._board.up[column] = 1
        if self._waited_for:
            self._waited_for.discard(column)
            if not self._waited_for and not self._stopping.is_set():
                ready()

    async def _stopped_within(self, seconds: float) -> bool:
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([stopping], timeout=seconds)
        stopping.cancel()
        return self._stopping.is_set()


def _descriptors(job: Job) -> Iterator[int]:
    yield from (*job.main, *job.mocks, job.place.memory, job.place.wakes, *job.place.bells)


def _pipe(stack: ExitStack) -> tuple[int, int]:
    """A pipe that never makes anyone wait: the end to read from, the end to write to."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
        stack.callback(os.close, end)
    return ends


def _how(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"


@contextmanager
def _told_by_signals(crew: _Crew) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    told = {signal.SIGINT: crew.interrupt, signal.SIGTERM: crew.stop}
    for number, tell in told.items():
        loop.add_signal_handler(number, tell)
    try:
        yield
    finally:
        for number in told:
            loop.remove_signal_handler(number)
