"""What is measured over HTTP: which servers do which work, round after round.

Knows the order of measurements. Must not know what the numbers are good for:
that is for targets, tables and charts.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench import work
from bench.installing import Tools
from bench.load import Generator, check
from bench.processes import Cores, Server
from bench.results import Results
from bench.subjects import (
    BARE,
    BARE_ASGI,
    LOG_OFF,
    LOG_ON,
    NGINX,
    RIVALS,
    Subject,
    has_workers,
    started,
    with_workers,
)
from bench.work import Work

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured. Times in seconds."""

    rounds: int = 3
    seconds: float = 3.0
    connections: int = 64
    warmup: float = 1.0
    examples: tuple[int, ...] = (10, 10_000, 100_000)
    mocks: int = 5_000
    calls: tuple[int, ...] = (1_000_000, 10_000_000)
    compiled: int = 10_000
    cold_starts: int = 5


@dataclass(frozen=True, slots=True)
class Bench:
    """All that a part needs. `warmup` in the options multiplies each subject's own."""

    options: Options
    tools: Tools
    cores: Cores
    folder: Path
    load: Generator
    results: Results
    say: Say


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject that does a work, under the name that the results have for it."""

    name: str
    subject: Subject
    work: Work


Running = tuple[Entry, Server]
"""A server that is up, and what it is there for."""


def rivals(bench: Bench) -> None:
    """nginx, Postiche and every rival that can do the work."""
    for task in (work.static(), work.wildcard(), work.body(), work.text()):
        subjects = [NGINX, LOG_ON, LOG_OFF, *(each for each in RIVALS if task.kind in each.can)]
        compare(bench, task.name, [Entry(each.name, each, task) for each in subjects])


def heads(bench: Bench) -> None:
    """Static work with the request heads of a browser, and with heads that never come twice."""
    browser = work.static("browser headers", extra=work.BROWSER)
    unique = work.static("new heads", extra=(f"X-Request-Id: {work.COUNTER.decode()}",))
    for part, task in (("browser headers", browser), ("new heads", unique)):
        compare(bench, part, [Entry(each.name, each, task) for each in (NGINX, LOG_ON, LOG_OFF)])


def connections(bench: Bench) -> None:
    """Static work over other numbers of connections."""
    for count in (1, 512):
        entries = [Entry(each.name, each, work.static()) for each in (NGINX, LOG_ON, LOG_OFF)]
        compare(bench, f"{count} connections", entries, connections=count)


def examples(bench: Bench) -> None:
    """Collections of very different sizes, with URLs known and with URLs that are all new."""
    sizes = bench.options.examples
    with _up(bench, "examples", [_sized(size) for size in sizes]) as running:
        _rounds(bench, "examples", running)
        new = f"?n={work.COUNTER.decode()}"
        _rounds(bench, "new URLs", [_asking(each, query=new) for each in running])
        few, *_, many = running
        _rounds(bench, "every example", [_asking(each, every=True) for each in (few, many)])


def _sized(size: int) -> Entry:
    return Entry(f"{size:,}", LOG_OFF, work.spread(size))


def _asking(running: Running, *, query: str = "", every: bool = False) -> Running:
    """The same server, asked for other URLs."""
    entry, server = running
    routes = entry.work.routes
    asked = routes if every else entry.work.asked
    return replace(entry, work=replace(entry.work, asked=asked, query=query)), server


def mocks(bench: Bench) -> None:
    """One mock server, and as many as 5,000, on one `postiche serve`."""
    task = work.spread(20)
    compare(
        bench,
        "mocks",
        [
            Entry(f"{count:,}", replace(LOG_OFF, mocks=count), task)
            for count in (1, bench.options.mocks)
        ],
    )


def layers(bench: Bench) -> None:
    """Servers that send a constant, then Postiche with one thing more to do at a time."""
    number = work.COUNTER.decode()
    plain = work.static()
    compare(
        bench,
        "layers",
        [
            Entry(BARE.name, BARE, plain),
            Entry(BARE_ASGI.name, BARE_ASGI, plain),
            Entry("static", LOG_OFF, plain),
            Entry("call log", LOG_ON, plain),
            Entry("browser headers", LOG_OFF, replace(plain, extra=work.BROWSER)),
            Entry("new heads", LOG_OFF, replace(plain, extra=(f"X-Request-Id: {number}",))),
            Entry("new URLs", LOG_OFF, replace(plain, query=f"?n={number}")),
            Entry("wildcard", LOG_OFF, work.wildcard()),
            Entry("body", LOG_OFF, work.body()),
        ],
    )


def workers(bench: Bench) -> None:
    """One worker and two, on all cores, which the load generator has to share with them."""
    if not has_workers():
        bench.results.skipped["workers"] = "this Postiche has no --workers"
        return
    shared = replace(bench, cores=Cores(None, None), load=replace(bench.load, core=None))
    compare(
        shared,
        "workers",
        [Entry(str(count), with_workers(count), work.static()) for count in (1, 2)],
    )


def memory(bench: Bench) -> None:
    """Resident memory of one server after so many calls, all of them logged."""
    with _serving(bench, "memory", Entry(LOG_ON.name, LOG_ON, work.static())) as server:
        file = bench.load.requests_file(work.static(), server.prefixes)
        called = 0
        for number, wanted in enumerate(bench.options.calls):
            while called < wanted:
                found = bench.load.run(
                    server, file, bench.options.connections, bench.options.seconds
                )
                called += found.requests
            values = {"calls": float(called), "resident": float(server.resident_bytes())}
            bench.results.add("memory", f"{wanted:,}", number, **values)
            bench.say(f"memory: {called:,} calls, {values['resident'] / 1e6:.1f} MB")


def compare(
    bench: Bench, part: str, entries: Sequence[Entry], *, connections: int | None = None
) -> None:
    """Start all, measure them in turn, each round anew, and end them."""
    with _up(bench, part, entries) as running:
        _rounds(bench, part, running, connections=connections)


@contextmanager
def _up(bench: Bench, part: str, entries: Sequence[Entry]) -> Iterator[list[Running]]:
    """Those that can be had: started, right, warm, and paused."""
    with ExitStack() as stack:
        running = []
        for entry in entries:
            if available(bench, entry.subject):
                server = stack.enter_context(_serving(bench, part, entry))
                server.pause()
                running.append((entry, server))
        yield running


def _rounds(
    bench: Bench, part: str, running: Sequence[Running], *, connections: int | None = None
) -> None:
    """Measure in turn; whoever is not measured is paused."""
    options = bench.options
    asked = [bench.load.requests_file(entry.work, server.prefixes) for entry, server in running]
    for number in range(options.rounds):
        for (entry, server), file in zip(running, asked, strict=True):
            server.resume()
            found = bench.load.run(
                server, file, connections or options.connections, options.seconds
            )
            values = asdict(found) | {"resident": float(server.resident_bytes())}
            server.pause()
            bench.results.add(part, entry.name, number, **values)
            bench.say(
                f"{part}, round {number + 1}: {entry.name} {found.rate:,.0f}/s, "
                f"{found.cpu:.1f} us of CPU, p99 {found.p99 / 1000:.2f} ms"
            )


def available(bench: Bench, subject: Subject) -> bool:
    """Whether a subject can be run here; the reason why not goes to the results."""
    missing = bench.tools.why_not(*subject.needs)
    if missing is not None:
        bench.results.skipped[subject.name] = missing
    return missing is None


@contextmanager
def _serving(bench: Bench, part: str, entry: Entry) -> Iterator[Server]:
    """A server that has answered every request rightly, and then a while under load."""
    bench.say(f"{part}: starting {entry.name}")
    folder = bench.folder / f"{part} {entry.name}".replace(" ", "-")
    try:
        with started(entry.subject, entry.work, bench.tools, folder, bench.cores.server) as server:
            _warm(bench, server, entry)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _warm(bench: Bench, server: Server, entry: Entry) -> None:
    """See that the answers are right, then call it for a while."""
    check(server, entry.work, constant=entry.subject.constant)
    file = bench.load.requests_file(entry.work, server.prefixes)
    seconds = max(1.0, entry.subject.warmup * bench.options.warmup)
    bench.load.run(server, file, bench.options.connections, seconds)
