"""What the call log costs: the CPU of a call, and how long the event loop stalls meanwhile.

Run it as `python bench/call_log.py [calls per second] [seconds]`. Calls are
recorded at that rate, in bursts as of 64 connections, and stored in a SQLite
file. `CPU` is all that the log takes of the process, from recording to storing,
for each call recorded, beyond a run without a log. `stalls` are how much later
than asked for a timer fires on the recording event loop, which never rests, as
that of a server under full load. Meant for one core:
`taskset -c 0 python bench/call_log.py`.
"""

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from postiche.dataplane.calls import CallWriter, Noted, Retention
from postiche.model import Reply
from postiche.store import open_store

RATE = 80_000
SECONDS = 5.0
BURST = 64
"""Calls between two turns of the loop: as many as there are connections."""
ROUTES = 100
HEADERS = ((b"host", b"127.0.0.1:4000"), (b"user-agent", b"bench"), (b"accept", b"*/*"))
REPLY_HEADERS = (("content-type", "application/json"), ("access-control-allow-origin", "*"))
BODY = b'{"text":"' + b"x" * 169 + b'"}'
EVERYTHING = 10_000_000
TICK = 0.001
"""Seconds between two looks at how late the loop is."""


def prepared(mocks: int) -> list[Noted]:
    """The calls of a hundred prepared replies, spread over so many mocks."""
    return [
        Noted(
            f"{number % mocks:08}-0000-4000-8000-000000000000",
            "GET",
            f"/route/{number}",
            HEADERS,
            b"",
            Reply(200, REPLY_HEADERS, BODY),
            f"route {number}",
            example=f"{number:08}-0000-4000-8000-000000000000",
            score=1.0,
        )
        for number in range(max(ROUTES, mocks))
    ]


class Load:
    """Records calls at a rate, and watches the loop that it runs on."""

    def __init__(self, rate: float, seconds: float, *, busy: bool) -> None:
        self.recorded = 0
        self.stalls: list[float] = []
        self._rate = rate
        self._seconds = seconds
        self._rest = 0.0 if busy else BURST / rate

    async def run(self, calls: CallWriter | None, noted: list[Noted]) -> None:
        """Take part in the loop's turns until the time is over."""
        chosen = random.Random(0).choices(noted, k=BURST * 97)
        watch = asyncio.create_task(self._watch())
        begun = time.perf_counter()
        while (elapsed := time.perf_counter() - begun) < self._seconds:
            while self.recorded < elapsed * self._rate:
                self._burst(calls, chosen)
            await asyncio.sleep(self._rest)
        watch.cancel()

    def _burst(self, calls: CallWriter | None, chosen: list[Noted]) -> None:
        start = self.recorded % len(chosen)
        self.recorded += BURST
        for noted in chosen[start : start + BURST]:
            at = time.time()
            if calls is not None:
                calls.record(noted, at)

    async def _watch(self) -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            self.stalls.append(1000 * (time.perf_counter() - due))


async def loaded(load: Load, mocks: int, keep: int | None) -> tuple[float, int]:
    """Seconds of CPU until all is stored, and calls dropped; without a `keep` nothing is logged."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'postiche.db'}")
        calls = CallWriter(store, retention=Retention(keep_per_mock=keep or 0))
        calls.start()
        begun = time.process_time()
        await load.run(None if keep is None else calls, prepared(mocks))
        await calls.close()
        spent = time.process_time() - begun
        await store.close()
    return spent, calls.dropped


def report(name: str, mocks: int, keep: int | None, rate: float, seconds: float) -> None:
    """Run the same load on an idle loop, for the CPU, and on a busy one, for the stalls."""
    alone, idle = (Load(rate, seconds, busy=False) for _ in range(2))
    busy = Load(rate, seconds, busy=True)
    least, _ = asyncio.run(loaded(alone, mocks, None))
    spent, _ = asyncio.run(loaded(idle, mocks, keep))
    _, dropped = asyncio.run(loaded(busy, mocks, keep))
    cost = 1e6 * (spent - least) / idle.recorded if keep else 0.0
    stalls = sorted(busy.stalls)
    middle, high = stalls[len(stalls) // 2], stalls[len(stalls) * 99 // 100]
    print(
        f"{name:28} {cost:7.2f} {busy.recorded / seconds:9,.0f} {dropped / busy.recorded:8.1%}"
        f" {middle:8.2f} {high:8.2f} {stalls[-1]:8.2f}",
        flush=True,
    )


def main() -> None:
    """Print a table of all that is measured."""
    rate = float(sys.argv[1]) if len(sys.argv) > 1 else RATE
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    print(f"{'':28} {'CPU':>7} {'calls':>9} {'dropped':>8} {'stalls':>8} {'':8} {'ms':>8}")
    print(f"{'':28} {'us/call':>7} {'/s':>9} {'':8} {'median':>8} {'99 %':>8} {'longest':>8}")
    report("no log", 1, None, rate, seconds)
    for keep in (10_000, EVERYTHING):
        for mocks in (1, 100):
            report(f"keep {keep:,}, mocks {mocks}", mocks, keep, rate, seconds)


if __name__ == "__main__":
    main()
