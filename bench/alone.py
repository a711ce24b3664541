"""What is measured without load: compiling, the steps of one call, and how fast servers start.

Knows the core's functions and process starts. Must not know what the numbers
are good for.
"""

import gc
import json
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from bench import work
from bench.big_collection import collection
from bench.parts import Bench, available
from bench.processes import free_port, running
from bench.rival_files import postman_collection
from bench.subjects import RIVALS, RUN, Subject, answering, environment
from bench.work import FIRST_NUMBER, Work
from postiche.core.collection import read_collection
from postiche.core.dynamic import Sources
from postiche.core.match import match
from postiche.core.plan import Plan, compile_plan
from postiche.core.render import render
from postiche.dataplane.plans import plan_of
from postiche.model import Mock, MockConfig, MockSources, Request

EXAMPLE_BYTES = {"lean": 700, "usual": 1_500}
"""The size of one example in the collections that are compiled."""
STEP_CALLS = 2_000
STEP_TRIES = 7


def cold_start(bench: Bench) -> None:
    """From the start of a process to its first answer, free to use every core."""
    task = work.static()
    ready = [each for each in (RUN, *RIVALS) if available(bench, each)]
    for number in range(bench.options.cold_starts):
        for subject in ready:
            seconds = _start(bench, subject, task, number)
            bench.results.add("cold start", subject.name, number, seconds=seconds)
            bench.say(f"cold start, round {number + 1}: {subject.name} {seconds:.2f} s")


def _start(bench: Bench, subject: Subject, task: Work, number: int) -> float:
    folder = bench.folder / f"cold-{subject.name}-{number}".replace(" ", "-")
    folder.mkdir()
    port = free_port()
    command = subject.prepare(bench.tools, folder, port, task)
    began = time.perf_counter()
    with running(command, folder, environment(folder)) as process:
        return answering(subject, process, port, task, folder) - began


def compiling(bench: Bench) -> None:
    """CPU time and memory of compiling a big collection, in a process of its own."""
    count = bench.options.compiled
    for size in EXAMPLE_BYTES:
        for number in range(bench.options.rounds):
            command = [sys.executable, "-m", "bench.alone", size, str(count)]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            values: dict[str, float] = json.loads(done.stdout)
            bench.results.add("compile", size, number, **values)
            bench.say(f"compile, {size}: {values['cpu']:.2f} s, {values['memory']:.2f} times")


MOCK = Mock(
    id="m",
    owner=1,
    workspace="w",
    name="bench",
    description="",
    collection="1-c",
    environment=None,
    private=False,
    config=MockConfig(),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def compiled(size: str, count: int) -> dict[str, float]:
    """Compile once for the time and once for the memory, which takes longer to watch.

    The time is that of all a server does with a stored collection: reading its JSON too.
    """
    content = orjson.dumps(collection(count * EXAMPLE_BYTES[size] / 1e6, count))
    sources = MockSources(MOCK, content, None, None)
    gc.collect()
    began = time.process_time()
    plan = plan_of(sources)
    cpu = time.process_time() - began
    del plan
    memory = _plan_bytes(content)
    return {
        "cpu": cpu,
        "memory": memory / len(content),
        "bytes": float(len(content)),
        "examples": float(count),
    }


def _plan_bytes(content: bytes) -> int:
    """The memory of a plan alone: what it was made from is let go."""
    gc.collect()
    tracemalloc.start()
    plan = _planned(orjson.loads(content))
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del plan
    return taken


def _planned(document: object, config: MockConfig | None = None) -> Plan:
    return compile_plan(read_collection(document), None, config)


def steps(bench: Bench) -> None:
    """CPU time of matching and of rendering, called as the data plane calls them."""
    tasks = (
        work.static(),
        work.static("new URLs", query="?n=\1"),
        work.wildcard(),
        work.body(),
        work.text(),
    )
    for task in tasks:
        values = _steps_of(task)
        bench.results.add("steps", task.name, 0, **values)
        bench.say(f"steps, {task.name}: {values['match']:.2f} us, {values['render']:.2f} us")


def _steps_of(task: Work) -> dict[str, float]:
    plan = _planned(
        postman_collection(task.routes), MockConfig(match_body=task.kind in ("body", "text"))
    )
    asked = requests_of(task)
    found = [(match(plan, each), each) for each in asked]
    sources = Sources(random.Random(1), lambda: datetime.now(UTC))

    def render_all() -> None:
        for outcome, each in found:
            render(outcome, each, sources)

    return {
        "match": _per_call(lambda: [match(plan, each) for each in asked], len(asked)),
        "render": _per_call(render_all, len(asked)),
    }


def requests_of(task: Work) -> list[Request]:
    """Requests as the data plane hands them to the core."""
    requests = []
    for number in range(STEP_CALLS):
        route = task.asked[number % len(task.asked)]
        raw = work.numbered(work.request(route, "", (), task.query), FIRST_NUMBER + number)
        line, _, rest = raw.decode("ascii").partition("\r\n")
        head, _, body = rest.partition("\r\n\r\n")
        pairs = (field.partition(": ") for field in head.split("\r\n"))
        headers = tuple((name.lower(), value) for name, _, value in pairs)
        method, target, _ = line.split(" ")
        requests.append(Request(method, target, headers, body.encode("ascii")))
    return requests


def _per_call(do: Callable[[], object], calls: int) -> float:
    """The best of several tries, in microseconds of CPU."""
    tries = []
    for _ in range(STEP_TRIES):
        began = time.process_time()
        do()
        tries.append(time.process_time() - began)
    return min(tries) / calls * 1e6


if __name__ == "__main__":
    print(json.dumps(compiled(sys.argv[1], int(sys.argv[2]))))
