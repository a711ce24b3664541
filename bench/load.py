"""Load: what wrk does to a server, and what it says of it.

Knows wrk. Must not know what servers there are, nor what becomes of the
numbers.
"""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from math import ceil
from pathlib import Path

from bench.processes import Server, ServerFailed, on_core
from bench.work import FIRST_NUMBER, Route, Work, expected, numbered, requests

SCRIPT = Path(__file__).with_name("load.lua")
CHECKED = 10_000
"""How many requests of a work are checked, at the most."""
PATIENCE = 300.0
"""Seconds for one answer: the first call compiles, and a collection may have 100,000 examples."""
LONGEST = 60.0
"""Seconds of load after which a server that answered nothing has failed."""
_FAILURES = ("refused", "unread", "unwritten", "not_2xx", "timeouts")
_MARK = "BENCH "


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of wrk found. Latencies in microseconds; `cpu` per request, too.

    `busy` is the share of the time in which the server used a core: well below
    one, the load generator was the slower of the two.
    """

    rate: float
    p50: float
    p90: float
    p99: float
    cpu: float
    busy: float
    requests: int


@dataclass
class Generator:
    """wrk on a core of its own. `numbers` never come twice, so that new URLs stay new."""

    wrk: Path
    core: int | None
    folder: Path
    _numbers: "count[int]" = field(default_factory=lambda: count(FIRST_NUMBER, 5_000_000))
    _files: "count[int]" = field(default_factory=count)

    def requests_file(self, work: Work, prefixes: Sequence[str]) -> Path:
        """The requests of a work, for mocks at all the prefixes, in a file for wrk."""
        path = self.folder / f"requests-{next(self._files)}"
        path.write_bytes(b"\0".join(in_turn(work, prefixes)) + b"\0")
        return path

    def run(self, server: Server, file: Path, connections: int, seconds: float) -> Measured:
        """Measure. Raises ServerFailed if anything but a 2xx came back.

        A server that answered nobody in that time, and did nothing wrong, gets longer.
        """
        command = [str(self.wrk), "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s"]
        command += ["-s", str(SCRIPT), f"http://127.0.0.1:{server.port}"]
        command += ["--", str(file), str(next(self._numbers))]
        cpu, began = server.cpu_seconds(), time.perf_counter()
        done = subprocess.run(on_core(self.core, command), capture_output=True, text=True)
        took, used = time.perf_counter() - began, server.cpu_seconds() - cpu
        if done.returncode:
            raise ServerFailed(f"{server.name}: wrk failed: {done.stderr.strip()[-300:]}")
        if seconds < LONGEST and not any(
            summary(done.stdout)[key] for key in ("requests", *_FAILURES)
        ):
            return self.run(server, file, connections, seconds * 4)
        return measured(server.name, done.stdout, used, took)


def in_turn(work: Work, prefixes: Sequence[str]) -> list[bytes]:
    """The requests in the order they are sent: with many mocks, each gets its turn."""
    if len(prefixes) == 1:
        return requests(work, prefixes[0])
    asked = len(work.asked)
    by_prefix = [requests(work, prefix) for prefix in prefixes]
    return [each[number % asked] for number, each in enumerate(by_prefix)]


def measured(name: str, output: str, cpu_seconds: float, seconds: float) -> Measured:
    """What wrk printed, and the CPU time of the server. Raises ServerFailed for bad answers."""
    said = summary(output)
    failed = {key: said[key] for key in _FAILURES if said[key]}
    if failed or not said["requests"]:
        raise ServerFailed(f"{name}: {said['requests']:.0f} answers, and {failed}")
    return Measured(
        rate=said["requests"] / said["microseconds"] * 1e6,
        p50=said["p50"],
        p90=said["p90"],
        p99=said["p99"],
        cpu=cpu_seconds / said["requests"] * 1e6,
        busy=cpu_seconds / seconds,
        requests=int(said["requests"]),
    )


def summary(output: str) -> dict[str, float]:
    """The line that load.lua prints at the end. Raises ServerFailed if there is none."""
    lines = [line for line in output.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise ServerFailed(f"wrk printed no summary: {output.strip()[-300:]}")
    found: dict[str, float] = json.loads(lines[-1].removeprefix(_MARK))
    return found


def check(server: Server, work: Work, *, constant: bool) -> None:
    """Send requests one by one and compare the bodies. Raises ServerFailed.

    Every example is asked for once, or CHECKED of them, evenly spread; of many
    mocks, each one once. A `constant` server is right if it answers at all.
    """
    asked = len(work.asked)
    pairs: list[tuple[bytes, Route]] = [
        (request, work.asked[place % asked])
        for place, request in enumerate(in_turn(work, server.prefixes))
    ]
    pairs = pairs[:: ceil(len(pairs) / CHECKED)]
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        for number, (request, route) in enumerate(pairs, FIRST_NUMBER):
            body = _answer(server, connection, numbered(request, number))
            if not constant and not _same(body, expected(route, number)):
                raise ServerFailed(f"{server.name}: {request[:80]!r} was answered {body[:300]!r}")


def _same(body: bytes, wanted: bytes) -> bool:
    """Whether it is what was saved: byte for byte, or as JSON that a server wrote anew."""
    if body == wanted:
        return True
    try:
        return bool(json.loads(body) == json.loads(wanted))
    except ValueError:
        return False


def _answer(server: Server, connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    answer = http.client.HTTPResponse(connection)
    try:
        answer.begin()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ServerFailed(f"{server.name}: no answer to {request[:80]!r}: {error!r}") from None
    if answer.status != 200:
        raise ServerFailed(f"{server.name}: {request[:80]!r} was answered {answer.status} {body!r}")
    return body
