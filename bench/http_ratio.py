"""How fast the request path is, as a share of a bare server on the same machine.

Starts two servers, each alone on one core: uvicorn with an ASGI application
that always sends the same 180 bytes, and `postiche run` with a collection of
100 routes whose replies are as long. A client on another core sends requests
over kept-alive connections to one and the other in turn. The figure to quote
is the median of the ratios: single rates depend on the machine.

    python bench/http_ratio.py [--rounds 5] [--seconds 2] [--connections 64]
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BODY = json.dumps({"id": 7, "text": "x" * 157})
ROUTES = 100
BARE = f"""
BODY = {BODY.encode()!r}
START = {{"type": "http.response.start", "status": 200, "headers": [
    (b"content-type", b"application/json"), (b"content-length", b"{len(BODY)}")]}}
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send(START)
    await send({{"type": "http.response.body", "body": BODY}})
"""


def collection() -> dict[str, object]:
    """A collection of 100 literal routes and one with a wildcard that the body repeats."""
    routes = [(f"/items/{chr(97 + n // 26)}{chr(97 + n % 26)}", BODY) for n in range(ROUTES)]
    routes.append(("/users/{{userId}}", BODY.replace("xxxxxxxxxx", "{{userId}}", 1)))
    return {
        "info": {
            "name": "bench",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/",
        },
        "item": [
            {
                "name": path,
                "request": {"method": "GET", "url": "https://api.example.com" + path},
                "response": [
                    {
                        "name": path,
                        "code": 200,
                        "originalRequest": {"method": "GET", "url": "{{url}}" + path},
                        "header": [{"key": "Content-Type", "value": "application/json"}],
                        "body": body,
                    }
                ],
            }
            for path, body in routes
        ],
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(*command: str, port: int, cwd: Path) -> Iterator[int]:
    """A server process on the first core, ready to answer."""
    pin = ["taskset", "-c", "0"] if sys.platform == "linux" and (os.cpu_count() or 1) > 1 else []
    process = subprocess.Popen([*pin, *command], cwd=cwd, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            sys.exit(f"no answer on port {port} from: {' '.join(command)}")
        yield port
    finally:
        process.terminate()
        process.wait()


async def connection(port: int, request: bytes, until: float) -> int:
    """Requests one after another over one connection until a time; how many were answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            sys.exit(f"not a 200: {head[:200]!r}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        answered += 1
    writer.close()
    return answered


async def rate(port: int, path: str, connections: int, seconds: float) -> float:
    """Answers per second."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()
    until = time.perf_counter() + seconds
    answered = await asyncio.gather(*(connection(port, request, until) for _ in range(connections)))
    return sum(answered) / seconds


def measure(options: argparse.Namespace, bare: int, mock: int) -> None:
    """Print the rates in turn and the median ratio for each kind of work."""
    for work, path in (("static example", "/items/bc"), ("wildcard, captured", "/users/carol")):
        ratios = []
        for _ in range(options.rounds):
            pair = [
                asyncio.run(rate(port, target, options.connections, options.seconds))
                for port, target in ((bare, "/"), (mock, path))
            ]
            ratios.append(pair[1] / pair[0])
            print(f"{work}: bare {pair[0]:,.0f}/s, postiche {pair[1]:,.0f}/s, {ratios[-1]:.2f}")
        print(f"{work}: median ratio {statistics.median(ratios):.2f} of bare uvicorn")


def main() -> None:
    """Run both servers and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as folder:
        cwd = Path(folder)
        (cwd / "bare.py").write_text(BARE)
        (cwd / "bench.json").write_text(json.dumps(collection()))
        ports = free_port(), free_port()
        uvicorn = [sys.executable, "-m", "uvicorn", "bare:app", "--port", str(ports[0])]
        postiche = [sys.executable, "-m", "postiche", "run", "bench.json", "--quiet"]
        with (
            server(*uvicorn, "--no-access-log", "--log-level", "error", port=ports[0], cwd=cwd),
            server(*postiche, "--port", str(ports[1]), port=ports[1], cwd=cwd),
        ):
            measure(options, *ports)


if __name__ == "__main__":
    main()
